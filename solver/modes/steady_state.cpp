#include "solver/modes/steady_state.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace hypofp {
namespace {

constexpr double accepted = 1e-10, wanted = 1e-13;

using Solver = PetscOwner<KSP, KSPDestroy>;

Solver new_solver(MPI_Comm comm, Mat a) {
  KSP ksp = nullptr;
  petsc(KSPCreate(comm, &ksp));
  Solver owner(ksp);
  petsc(KSPSetOperators(ksp, a, a));
  return owner;
}

/// F has mass 1.
void scale_to_unit_mass(const Operator& A, Vec phi) {
  const double m = A.mass(phi);
  if (!std::isfinite(m) || m == 0) throw ComputationError("the steady state has no finite mass");
  petsc(VecScale(phi, 1 / m));
}

}  // namespace

void measure_steady_state(double radius, SteadyState& F) {
  F.mass = F.A->mass(F.phi.get());
  F.norm = norm_of(F.phi.get());
  const Vector residual = F.A->vector();
  F.A->apply(F.phi.get(), residual.get());
  F.residual = norm_of(residual.get()) / (radius * F.norm);
}

SteadyState steady_state_direct(const Operator& A, double radius) {
  SteadyState F(A);
  F.phi = A.maxwellian();
  F.method = "sparse direct (LU)";
  // A phi = 0 with the entry where M is largest held at 1: its row is given up, which the left null vector allows
  PetscInt middle = 0;
  PetscReal largest = 0;
  petsc(VecMax(F.phi.get(), &middle, &largest));
  const Matrix a = A.assemble();
  petsc(MatZeroRows(a.get(), 1, &middle, 1.0, nullptr, nullptr));
  const Vector rhs = A.vector();
  petsc(VecSetValue(rhs.get(), middle, 1.0, INSERT_VALUES));
  petsc(VecAssemblyBegin(rhs.get()));
  petsc(VecAssemblyEnd(rhs.get()));
  const Solver solver = new_solver(A.comm(), a.get());
  PC pc = nullptr;
  petsc(KSPSetType(solver.get(), KSPRICHARDSON));  // two steps of iterative refinement; what came of it the residual tells
  petsc(KSPSetNormType(solver.get(), KSP_NORM_NONE));
  petsc(KSPSetTolerances(solver.get(), PETSC_DEFAULT, PETSC_DEFAULT, PETSC_DEFAULT, 3));
  petsc(KSPGetPC(solver.get(), &pc));
  int size = 1;
  MPI_Comm_size(A.comm(), &size);
  petsc(PCSetType(pc, size > 1 ? PCREDUNDANT : PCLU));  // each rank all of it: MUMPS adds in the order in which messages come
  petsc(KSPSolve(solver.get(), rhs.get(), F.phi.get()));
  scale_to_unit_mass(A, F.phi.get());
  measure_steady_state(radius, F);
  return F;
}

namespace {

/// x towards A x = 0 by BiCGStab(2) (Sleijpen and Fokkema 1993), in place; six vectors with x: A u1, needed again at the end of a cycle, is
/// made again, in the application that adds it. Updates share their passes through memory, which PETSc's routines would take one by one.
/// Stops at `target`, where the residual stays as it is, or grows by `worse`. Returns ||A x||, true.
double krylov(const Operator& A, Vec x, double target, double radius, int& iterations, const SteadyProgress& progress) {
  constexpr int most = 4000, patience = 400;
  constexpr double worse = 100;
  const std::function<double(Vec)> shadow = A.rough_product();
  const Vector r0 = A.vector(), r1 = A.vector(), u0 = A.vector(), u1 = A.vector(), w = A.vector();
  const WriteArray X(x), R0(r0.get()), R1(r1.get()), U0(u0.get()), U1(u1.get()), W(w.get());
  PetscInt n = 0;
  petsc(VecGetLocalSize(x, &n));
  A.apply(x, r0.get(), -1);
  const double start = norm_of(r0.get());
  double best = start, rho0 = 1, alpha = 0, omega = 1;
  int best_at = 0;
  for (int i = 0; best > target && i < most && i - best_at < patience; i += 2) {
    rho0 *= -omega;
    double rho1 = shadow(r0.get()), beta = alpha * rho1 / rho0;
    rho0 = rho1;
#pragma omp simd
    for (PetscInt e = 0; e < n; ++e) U0[e] = R0[e] - beta * U0[e];
    A.apply(u0.get(), u1.get());
    alpha = rho0 / shadow(u1.get());
#pragma omp simd
    for (PetscInt e = 0; e < n; ++e) X[e] += alpha * U0[e], R0[e] -= alpha * U1[e];
    A.apply(r0.get(), r1.get());

    rho1 = shadow(r1.get());
    beta = alpha * rho1 / rho0;
    rho0 = rho1;
#pragma omp simd
    for (PetscInt e = 0; e < n; ++e) U0[e] = R0[e] - beta * U0[e], U1[e] = R1[e] - beta * U1[e];
    A.apply(u1.get(), w.get());
    alpha = rho0 / shadow(w.get());
#pragma omp simd
    for (PetscInt e = 0; e < n; ++e) R1[e] -= alpha * W[e], R0[e] -= alpha * U1[e];
    A.apply(r1.get(), w.get());

    // r0 - omega1 r1 - omega2 A r1, shortest
    double r1r1 = 0, r1w = 0, ww = 0, r1r0 = 0, wr0 = 0;
#pragma omp simd reduction(+ : r1r1, r1w, ww, r1r0, wr0)
    for (PetscInt e = 0; e < n; ++e)
      r1r1 += R1[e] * R1[e], r1w += R1[e] * W[e], ww += W[e] * W[e], r1r0 += R1[e] * R0[e], wr0 += W[e] * R0[e];
    double products[] = {r1r1, r1w, ww, r1r0, wr0};
    MPI_Allreduce(MPI_IN_PLACE, products, 5, MPI_DOUBLE, MPI_SUM, A.comm());
    const auto [g11, g12, g22, g10, g20] = products;
    const double det = g11 * g22 - g12 * g12, omega1 = (g22 * g10 - g12 * g20) / det;
    omega = (g11 * g20 - g12 * g10) / det;
    double square = 0;
#pragma omp simd reduction(+ : square)
    for (PetscInt e = 0; e < n; ++e) {
      X[e] += alpha * U0[e] + omega1 * R0[e] + omega * R1[e];
      R0[e] -= omega1 * R1[e] + omega * W[e];
      square += R0[e] * R0[e];
    }
    A.apply(Sense::forward, u1.get(), w.get(), 1, 0, 0, {{u0.get(), -omega, -omega1}});

    iterations += 2;
    MPI_Allreduce(MPI_IN_PLACE, &square, 1, MPI_DOUBLE, MPI_SUM, A.comm());
    const double norm = std::sqrt(square);
    if (progress) progress(norm / radius);
    if (!(norm < worse * start)) break;
    if (norm < 0.9 * best) best = norm, best_at = i;
  }
  A.apply(x, r0.get());
  return norm_of(r0.get());
}

}  // namespace

SteadyState steady_state_krylov(const Operator& A, double radius, Propagator& propagator, const SteadyProgress& progress, Vector guess) {
  SteadyState F(A);
  F.phi = guess ? std::move(guess) : A.maxwellian();
  const double unit = 1 / gap(A.model()), target = wanted * radius;
  int iterations = 0, units = 0;
  // Krylov against the true residual; where it stalls, the flow itself contracts: F = lim exp(t A) phi
  for (double before = 1e300; units < 40;) {
    const double now = krylov(A, F.phi.get(), target, radius, iterations, progress);
    if (now <= 2 * target || (units > 4 && now <= 0.01 * accepted * radius)) break;  // there, or at the floor of rounding
    if (!std::isfinite(now)) F.phi = A.maxwellian();
    if (now > 1e-3 * before || !std::isfinite(now)) {
      const Vector start = std::exchange(F.phi, A.vector());
      propagator.advance(start.get(), F.phi.get(), {unit}, [](std::size_t, Vec) {});
      propagator.release();
      ++units;
    }
    scale_to_unit_mass(A, F.phi.get());
    before = now;
  }
  scale_to_unit_mass(A, F.phi.get());
  measure_steady_state(radius, F);
  F.method = fmt::format("BiCGStab(2), {} iterations{}", iterations,
                         units ? fmt::format(", {} units of 1/mu of propagation where it stalled", units) : "");
  return F;
}

SteadyState find_steady_state(const Operator& A, double radius, Propagator& propagator, const SteadyProgress& progress, Vector guess) {
  static const PetscLogEvent event = Logged::event("SteadyState");
  const Logged logged(event);
  SteadyState F(A);
  if (!A.perturbed()) return F;
  if (A.direct_solve_pays()) F = steady_state_direct(A, radius);
  if (F.is_maxwellian() || !(F.residual <= accepted)) F = steady_state_krylov(A, radius, propagator, progress, std::move(guess));
  if (!(F.residual <= accepted))
    throw ComputationError(fmt::format("the steady state was not found: residual {:.3g}, wanted {:.0g}", F.residual, accepted));
  return F;
}

double vectors_of_steady_state(bool direct) { return direct ? 700 : 6; }

}  // namespace hypofp
