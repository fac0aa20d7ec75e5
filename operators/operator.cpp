#include "operators/operator.hpp"

namespace hypofp {
namespace {

const Operator& of(Mat m) {
  const Operator* A = nullptr;
  petsc(MatShellGetContext(m, &A));
  return *A;
}
PetscErrorCode mult(Mat m, Vec x, Vec y) {
  of(m).apply(x, y);
  return 0;
}
PetscErrorCode mult_transpose(Mat m, Vec x, Vec y) {
  of(m).apply_adjoint(x, y);
  return 0;
}
PetscErrorCode norm(Mat m, NormType, PetscReal* bound) {  // asked for by MFN, as a scale
  *bound = of(m).norm_bound();
  return 0;
}

}  // namespace

Matrix shell(const Operator& A) {
  PetscInt local = 0;
  petsc(VecGetLocalSize(A.vector().get(), &local));
  Mat m = nullptr;
  petsc(MatCreateShell(A.comm(), local, local, PETSC_DETERMINE, PETSC_DETERMINE, const_cast<Operator*>(&A), &m));
  Matrix owner(m);
  petsc(MatShellSetOperation(m, MATOP_MULT, reinterpret_cast<void (*)(void)>(mult)));
  petsc(MatShellSetOperation(m, MATOP_MULT_TRANSPOSE, reinterpret_cast<void (*)(void)>(mult_transpose)));
  petsc(MatShellSetOperation(m, MATOP_NORM, reinterpret_cast<void (*)(void)>(norm)));
  return owner;
}

void SteadyState::take_out(double amount, Vec state) const {
  if (phi)
    petsc(VecAXPY(state, -amount, phi.get()));
  else
    A->add_maxwellian(-amount, state);
}

Vector SteadyState::state() const {
  if (!phi) return A->maxwellian();
  Vector copy = A->vector();
  petsc(VecCopy(phi.get(), copy.get()));
  return copy;
}

}  // namespace hypofp
