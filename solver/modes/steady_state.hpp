#pragma once
#include <functional>

#include "solver/flow/propagator.hpp"

namespace hypofp {

/// Told the residual reached (relative, as SteadyState's).
using SteadyProgress = std::function<void(double residual)>;

/// The steady state F of the generator: sparse direct (LU, refined) where that pays, else matrix-free (BiCGStab(2), with stretches of
/// propagation where it stalls; six vectors). `radius` = numerical radius of A.
/// Throws ComputationError where the residual stays above 1e-10. The matrix-free search starts at `guess`, else at M. Collective.
SteadyState find_steady_state(const Operator& A, double radius, Propagator& propagator, const SteadyProgress& progress = {},
                              Vector guess = nullptr);

/// Fills in residual, norm and mass of phi_F.
void measure_steady_state(double radius, SteadyState& F);

/// Only the direct solve; its residual is the caller's to judge.
SteadyState steady_state_direct(const Operator& A, double radius);
/// Only the matrix-free solve.
SteadyState steady_state_krylov(const Operator& A, double radius, Propagator& propagator, const SteadyProgress& progress = {},
                                Vector guess = nullptr);

/// Vectors held while F is found; a direct solve counts the matrix and its factors in vectors (d = 1: 700 each).
double vectors_of_steady_state(bool direct);

}  // namespace hypofp
