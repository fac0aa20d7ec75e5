#include "solver/modes/bordered.hpp"

namespace hypofp {

Bordered::Bordered(const SparseMatrix& K, const Eigen::VectorXd& phi) : n_(static_cast<PetscInt>(K.rows())) {
  std::vector<PetscInt> counts(n_ + 1, 1);
  for (PetscInt i = 0; i < n_; ++i) counts[i] = K.outerIndexPtr()[i + 1] - K.outerIndexPtr()[i] + 2;
  Mat m = nullptr;
  petsc(MatCreateSeqAIJ(PETSC_COMM_SELF, n_ + 1, n_ + 1, 0, counts.data(), &m));
  const Matrix bordered(m);
  for (PetscInt i = 0; i <= n_; ++i) petsc(MatSetValue(m, i, i, 0, ADD_VALUES));
  for (PetscInt i = 0; i < n_; ++i) {  // the upper triangle is what a symmetric factorisation reads
    for (SparseMatrix::InnerIterator e(K, i); e; ++e) petsc(MatSetValue(m, i, e.col(), e.value(), ADD_VALUES));
    if (phi(i) != 0) petsc(MatSetValue(m, i, n_, phi(i), ADD_VALUES));
  }
  petsc(MatAssemblyBegin(m, MAT_FINAL_ASSEMBLY));
  petsc(MatAssemblyEnd(m, MAT_FINAL_ASSEMBLY));
  Mat factor = nullptr;
  MatFactorInfo info;
  petsc(MatFactorInfoInitialize(&info));
  petsc(MatSetOption(m, MAT_SYMMETRIC, PETSC_TRUE));
  petsc(MatGetFactor(m, MATSOLVERMUMPS, MAT_FACTOR_CHOLESKY, &factor));
  factor_.reset(factor);
  petsc(MatMumpsSetIcntl(factor, 24, 1));  // or it tells no inertia
  petsc(MatCholeskyFactorSymbolic(factor, m, nullptr, &info));
  petsc(MatCholeskyFactorNumeric(factor, m, &info));
  Vec b = nullptr, x = nullptr;
  petsc(VecCreateSeq(PETSC_COMM_SELF, n_ + 1, &b));
  b_.reset(b);
  petsc(VecDuplicate(b, &x));
  x_.reset(x);
}

bool Bordered::positive() const {
  PetscInt negative = 0, zero = 0, positive = 0;
  petsc(MatGetInertia(factor_.get(), &negative, &zero, &positive));
  return negative == 1;
}

Eigen::VectorXd Bordered::solve(const Eigen::VectorXd& b) const {
  Eigen::Map<Eigen::VectorXd>(WriteArray(b_.get()), n_) = b;
  WriteArray(b_.get())[n_] = 0;
  petsc(MatSolve(factor_.get(), b_.get(), x_.get()));
  return entries_of(x_.get()).head(n_);
}

}  // namespace hypofp
