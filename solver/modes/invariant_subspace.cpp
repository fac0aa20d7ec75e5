#include "solver/modes/invariant_subspace.hpp"

#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <algorithm>

namespace hypofp {
namespace {

constexpr double tolerance = 1e-12, tolerance_of_flow = 1e-13;
constexpr PetscInt restarts = 300;

PetscErrorCode tell(EPS, PetscInt, PetscInt found, PetscScalar*, PetscScalar*, PetscReal*, PetscInt, void* context) {
  (*static_cast<const std::function<void(int)>*>(context))(static_cast<int>(found));
  return 0;
}

}  // namespace

void InvariantSubspace::append(std::vector<Vector> more) {
  const Eigen::Index before = matrix_.rows(), n = before + static_cast<Eigen::Index>(more.size());
  for (Vector& v : more) basis_.push_back(std::move(v));
  const std::vector<Vec> all = basis();
  Eigen::MatrixXd grown = Eigen::MatrixXd::Zero(n, n);  // below the diagonal blocks zero: what was there is invariant
  grown.topLeftCorner(before, before) = matrix_;
  const Vector image = A_.vector();
  for (Eigen::Index j = before; j < n; ++j) {
    A_.apply(all[j], image.get());
    petsc(VecMDot(image.get(), static_cast<PetscInt>(n), all.data(), grown.col(j).data()));
  }
  matrix_ = std::move(grown);
}

void InvariantSubspace::fill() {
  PetscInt n = 0, begin = 0, end = 0;
  std::vector<Vector> units;
  petsc(VecGetSize(A_.vector().get(), &n));
  for (PetscInt i = 0; i < n; ++i) {
    units.push_back(A_.vector());
    petsc(VecGetOwnershipRange(units.back().get(), &begin, &end));
    if (begin <= i && i < end) WriteArray(units.back().get())[i - begin] = 1;
  }
  append(std::move(units));
}

std::vector<Vec> InvariantSubspace::basis() const {
  std::vector<Vec> all;
  for (const Vector& v : basis_) all.push_back(v.get());
  return all;
}

Vector InvariantSubspace::combination(const Eigen::VectorXd& y) const {
  Vector sum = A_.vector();
  petsc(VecMAXPY(sum.get(), static_cast<PetscInt>(size()), y.data(), basis().data()));
  return sum;
}

std::vector<std::complex<double>> InvariantSubspace::eigenvalues_from(std::size_t first) const {
  const auto n = static_cast<Eigen::Index>(size() - first);
  const Eigen::VectorXcd values = matrix_.bottomRightCorner(n, n).eigenvalues();
  return {values.data(), values.data() + values.size()};
}

// of a MATSHELL, not by SLEPc's own transformation: of a pair that turns upside down on the way back, SLEPc gives no invariant subspace
Krylov::Krylov(const Operator& A, FunctionShell::Function function, std::string description)
    : A_(A), shell_(A.vector().get(), std::move(function)), description_(std::move(description)) {
  EPS eps = nullptr;
  petsc(EPSCreate(A.comm(), &eps));
  eps_.reset(eps);
  petsc(EPSSetOperators(eps, shell_.get(), nullptr));
  petsc(EPSSetProblemType(eps, EPS_NHEP));
  petsc(EPSSetType(eps, EPSKRYLOVSCHUR));
  petsc(EPSSetTolerances(eps, tolerance, restarts));
  petsc(EPSSetWhichEigenpairs(eps, EPS_LARGEST_MAGNITUDE));
  petsc(EPSSetFromOptions(eps));
}

Krylov Krylov::inverse(const Operator& A, double sigma) {
  const Matrix shifted = A.assemble();
  petsc(MatShift(shifted.get(), -sigma));
  KSP ksp = nullptr;
  PC pc = nullptr;
  petsc(KSPCreate(A.comm(), &ksp));
  const std::shared_ptr<std::remove_pointer_t<KSP>> solver(ksp, [](KSP k) { KSPDestroy(&k); });
  petsc(KSPSetOperators(ksp, shifted.get(), shifted.get()));
  petsc(KSPSetType(ksp, KSPPREONLY));
  petsc(KSPGetPC(ksp, &pc));
  int ranks = 1;
  MPI_Comm_size(A.comm(), &ranks);
  petsc(PCSetType(pc, ranks > 1 ? PCREDUNDANT : PCLU));  // each rank all of it: MUMPS adds in the order in which messages come
  return {A, [solver](Vec x, Vec y) { petsc(KSPSolve(solver.get(), x, y)); },
          fmt::format("Krylov-Schur on (A - {:.4g})^-1, sparse direct", sigma)};
}

Krylov Krylov::flow(const Operator& A, const NumericalRange& range, double tau) {
  const std::shared_ptr<Propagator> propagator =
      make_propagator(PropagatorKind::chebyshev, A, range, {.tolerance = tolerance_of_flow, .longest = tau, .outputs = 1});
  return {A, [propagator, tau](Vec x, Vec y) { propagator->advance(x, y, {tau}, [](std::size_t, Vec) {}); },
          fmt::format("Krylov-Schur on exp({:.4g} A), {}", tau, propagator->description())};
}

void Krylov::extend(InvariantSubspace& space, int wanted, int number, const std::function<void(int found)>& progress) const {
  EPS eps = eps_.get();
  PetscInt n = 0;
  petsc(VecGetSize(A_.vector().get(), &n));
  const auto room = static_cast<int>(n - static_cast<PetscInt>(space.size()));
  const int sought = std::min(wanted, room), basis = std::min(std::max(2 * sought, sought + 40), room);
  std::vector<Vec> known = space.basis();
  if (!known.empty()) petsc(EPSSetDeflationSpace(eps, static_cast<PetscInt>(known.size()), known.data()));
  const Vector start = A_.rough(0.7 + number);
  Vec first[] = {start.get()};
  petsc(EPSSetInitialSpace(eps, 1, first));
  petsc(EPSSetDimensions(eps, sought, basis, PETSC_DEFAULT));
  petsc(EPSMonitorCancel(eps));
  petsc(EPSMonitorSet(eps, tell, const_cast<std::function<void(int)>*>(&progress), nullptr));
  petsc(EPSSolve(eps));
  PetscInt found = 0;
  petsc(EPSGetConverged(eps, &found));
  if (found == 0) throw ComputationError(fmt::format("eigenvalues: none converged in {} restarts ({})", restarts, description_), true);
  std::vector<Vector> more;
  std::vector<Vec> raw;
  for (PetscInt i = 0; i < found; ++i) more.push_back(A_.vector()), raw.push_back(more.back().get());
  petsc(EPSGetInvariantSubspace(eps, raw.data()));
  space.append(std::move(more));
}

}  // namespace hypofp
