#include "solver/steady_state.hpp"

#include <fmt/format.h>

#include <cmath>

#include "operators/functionals.hpp"

namespace hypofp {
namespace {

constexpr double accepted = 1e-10, wanted = 1e-13;

using Solver = PetscOwner<KSP, KSPDestroy>;

Solver new_solver(const PhaseGrid& grid, Mat a) {
  KSP ksp = nullptr;
  petsc(KSPCreate(grid.comm, &ksp));
  Solver owner(ksp);
  petsc(KSPSetOperators(ksp, a, a));
  return owner;
}

double norm_of(Vec v) {
  PetscReal n = 0;
  petsc(VecNorm(v, NORM_2, &n));
  return n;
}

/// min Re spec(Q), (4.7): the rate at eps = 0.
double gap(const Model& m) {
  const double square = m.gamma * m.gamma - 4 * m.omega0 * m.omega0;
  return 0.5 * (m.gamma - std::sqrt(std::max(0.0, square)));
}

/// F has mass 1.
void scale_to_unit_mass(const PhaseGrid& grid, Vec phi) {
  const double m = mass(grid, phi);
  if (!std::isfinite(m) || m == 0) throw ComputationError("the steady state has no finite mass");
  petsc(VecScale(phi, 1 / m));
}

struct Monitor {
  const SteadyProgress& progress;
  double scale;
};
PetscErrorCode monitor(KSP, PetscInt, PetscReal norm, void* context) {
  const auto* m = static_cast<Monitor*>(context);
  m->progress(norm / m->scale);
  return 0;
}

}  // namespace

void measure_steady_state(const Generator& generator, double radius, SteadyState& F) {
  const PhaseGrid& grid = generator.grid();
  F.mass = mass(grid, F.phi.get());
  F.norm = norm_of(F.phi.get());
  const Vector residual = grid.vector();
  generator.apply(F.phi.get(), residual.get());
  F.residual = norm_of(residual.get()) / (radius * F.norm);
}

SteadyState steady_state_direct(const Generator& generator, double radius) {
  const PhaseGrid& grid = generator.grid();
  SteadyState F;
  F.phi = grid.vector();
  F.method = "sparse direct (LU)";
  const Matrix a = generator.assemble();
  // A phi = 0 with the middle cell held at 1: its row is given up, which the left null vector allows
  const PetscInt middle = grid.global_x_cell({grid.spec.x_cells / 2, 0, 0}) * grid.block + grid.spec.v_cells / 2;
  petsc(MatZeroRows(a.get(), 1, &middle, 1.0, nullptr, nullptr));
  const Vector rhs = grid.vector();
  petsc(VecSetValue(rhs.get(), middle, 1.0, INSERT_VALUES));
  petsc(VecAssemblyBegin(rhs.get()));
  petsc(VecAssemblyEnd(rhs.get()));
  const Solver solver = new_solver(grid, a.get());
  PC pc = nullptr;
  petsc(KSPSetType(solver.get(), KSPRICHARDSON));  // two steps of iterative refinement
  petsc(KSPSetNormType(solver.get(), KSP_NORM_NONE));
  petsc(KSPSetTolerances(solver.get(), PETSC_DEFAULT, PETSC_DEFAULT, PETSC_DEFAULT, 3));
  petsc(KSPGetPC(solver.get(), &pc));
  petsc(PCSetType(pc, PCLU));
  int size = 1;
  MPI_Comm_size(grid.comm, &size);
  if (size > 1) petsc(PCFactorSetMatSolverType(pc, MATSOLVERMUMPS));
  petsc(KSPSolve(solver.get(), rhs.get(), F.phi.get()));
  scale_to_unit_mass(grid, F.phi.get());
  measure_steady_state(generator, radius, F);
  return F;
}

namespace {

/// delta with A delta = -A phi by BiCGStab(2), added to phi where that brings the residual down. Returns the residual norm.
double correct(const Generator& generator, const Solver& solver, Vec phi, Vec rhs, Vec delta, double target, PetscInt& spent) {
  generator.apply(phi, rhs, -1);
  const double now = norm_of(rhs);
  if (now <= target) return now;
  petsc(KSPSetTolerances(solver.get(), 1e-9, target, 1e6, 800));
  petsc(KSPSetFromOptions(solver.get()));
  petsc(VecZeroEntries(delta));
  petsc(KSPSolve(solver.get(), rhs, delta));
  PetscInt iterations = 0;
  petsc(KSPGetIterationNumber(solver.get(), &iterations));
  spent += iterations;
  petsc(VecAXPY(phi, 1, delta));
  generator.apply(phi, rhs, -1);
  const double then = norm_of(rhs);
  if (then < now) return then;
  petsc(VecAXPY(phi, -1, delta));
  return now;
}

}  // namespace

SteadyState steady_state_krylov(const Generator& generator, double radius, Propagator& propagator, const SteadyProgress& progress) {
  const PhaseGrid& grid = generator.grid();
  SteadyState F;
  F.phi = grid.maxwellian();
  const Matrix shell = generator.shell();
  const Solver solver = new_solver(grid, shell.get());
  PC pc = nullptr;
  petsc(KSPSetType(solver.get(), KSPBCGSL));
  petsc(KSPBCGSLSetEll(solver.get(), 2));
  petsc(KSPGetPC(solver.get(), &pc));
  petsc(PCSetType(pc, PCNONE));
  petsc(KSPSetOptionsPrefix(solver.get(), "steady_"));
  Monitor context{progress, radius};
  if (progress) petsc(KSPMonitorSet(solver.get(), monitor, &context, nullptr));
  const Vector rhs = grid.vector(), delta = grid.vector();
  const double unit = 1 / gap(grid.model), target = wanted * radius;
  PetscInt iterations = 0;
  int units = 0;
  // Krylov corrections against the true residual; where they stall, the flow itself contracts: F = lim exp(t A) phi
  while (units < 40) {
    const double before = correct(generator, solver, F.phi.get(), rhs.get(), delta.get(), target, iterations);
    if (before <= 2 * target) break;
    if (correct(generator, solver, F.phi.get(), rhs.get(), delta.get(), target, iterations) < 1e-3 * before) continue;
    const double here = norm_of(rhs.get());
    if (units > 4 && here <= 0.01 * accepted * radius) break;  // at the floor of rounding
    propagator.advance(F.phi.get(), {unit}, [](std::size_t, Vec) {});
    scale_to_unit_mass(grid, F.phi.get());
    ++units;
  }
  scale_to_unit_mass(grid, F.phi.get());
  measure_steady_state(generator, radius, F);
  F.method = fmt::format("BiCGStab(2), {} iterations{}", iterations,
                         units ? fmt::format(", {} units of 1/mu of propagation where it stalled", units) : "");
  return F;
}

SteadyState find_steady_state(const Generator& generator, double radius, Propagator& propagator, const SteadyProgress& progress) {
  static const PetscLogEvent event = Logged::event("SteadyState");
  const Logged logged(event);
  if (!generator.perturbed()) return {};
  const PhaseGrid& grid = generator.grid();
  SteadyState F;
  const bool direct = grid.d() == 1 && grid.cells() <= direct_limit;
  if (direct) F = steady_state_direct(generator, radius);
  if (!direct || F.residual > accepted) F = steady_state_krylov(generator, radius, propagator, progress);
  if (!(F.residual <= accepted))
    throw ComputationError(fmt::format("the steady state was not found: residual {:.3g}, wanted {:.0g}", F.residual, accepted));
  return F;
}

}  // namespace hypofp
