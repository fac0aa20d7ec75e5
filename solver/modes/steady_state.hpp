#pragma once
#include <functional>
#include <string>

#include "solver/flow/propagator.hpp"

namespace hypofp {

/// Cells of a d = 1 grid up to which the sparse direct solve is used; beyond, its factors cost more time and memory than Krylov
/// (quickstart at 100^2: 0.39 s and 0.08 s, at 400^2: 50 s and 11 s).
constexpr PetscInt64 direct_limit = 10000;

struct SteadyState {
  Vector phi;             ///< phi_F of unit mass; null at eps = 0, where F = M
  double residual = 0;    ///< ||A phi_F|| / (||A|| ||phi_F||), ||A|| as its numerical radius (below the 2-norm)
  double norm = 1;        ///< ||F/M||_* = ||phi_F||
  double mass = 1;
  std::string method = "F = M exactly (eps = 0)";
};

/// Told the residual reached (relative, as above).
using SteadyProgress = std::function<void(double residual)>;

/// The steady state F of the generator: sparse direct (LU, refined) for d = 1 up to 10,000 cells, else matrix-free
/// (BiCGStab(2), with stretches of propagation where it stalls; six vectors). `radius` = numerical radius of A.
/// Throws ComputationError where the residual stays above 1e-10. Collective.
SteadyState find_steady_state(const Generator& generator, double radius, Propagator& propagator, const SteadyProgress& progress = {});

/// Fills in residual, norm and mass of phi_F.
void measure_steady_state(const Generator& generator, double radius, SteadyState& F);

/// Only the direct solve (d = 1): used by the admissibility judgement on grids of its own.
SteadyState steady_state_direct(const Generator& generator, double radius);
/// Only the matrix-free solve, any d.
SteadyState steady_state_krylov(const Generator& generator, double radius, Propagator& propagator, const SteadyProgress& progress = {});

}  // namespace hypofp
