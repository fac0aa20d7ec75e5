#pragma once
#include <Eigen/Core>
#include <Eigen/SparseCore>

#include "grids/entries.hpp"

namespace hypofp {

using SparseMatrix = Eigen::SparseMatrix<double, Eigen::RowMajor, PetscInt>;

/// A symmetric K on mean-zero h, factorised: bordered by M, [K phi; phi^T 0]. Held whole by a rank.
class Bordered {
 public:
  Bordered(const SparseMatrix& K, const Eigen::VectorXd& phi);
  /// K > 0 on mean-zero h: the border alone has brought a negative eigenvalue.
  bool positive() const;
  /// The mean-zero h with K h = b, up to a multiple of phi.
  Eigen::VectorXd solve(const Eigen::VectorXd& b) const;

 private:
  PetscInt n_;
  Matrix factor_;
  Vector b_, x_;
};

}  // namespace hypofp
