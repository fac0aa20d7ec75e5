#pragma once
#include <vector>

#include "operators/generator.hpp"

namespace hypofp {

/// Largest eigenvalue of the symmetric part of A: the numerical abscissa, d/dt log ||phi|| <= it. Zero at eps = 0.
/// Lanczos without reorthogonalisation to a per cent, at most `steps` pairs of applications; three vectors. From above where
/// it has not converged (Ritz value plus residual). Collective.
double numerical_abscissa(const Generator& generator, int steps);

/// Support function at eps = 0, found on a d = 1 grid of the case's axes: needs no grid of the case. Angles as below.
std::vector<double> unperturbed_support(const Model& model, const GridSpec& spec);

/// Support function of the numerical range W(A): support(angle) = max Re(e^{-i angle} z) over z in W(A), at angles k pi/8,
/// k = 0..8 (W is symmetric about the real axis). At eps = 0 the generator is a Kronecker sum of d equal pair operators,
/// so W is d times the pair's, found by Lanczos on a d = 1 grid of the same axes. With eps, B = skew + diagonal adds its own
/// bounds. `abscissa` as above. Estimates from inside by a per cent or so; users add a margin and check. Collective.
std::vector<double> support_function(const Generator& generator, double abscissa);

}  // namespace hypofp
