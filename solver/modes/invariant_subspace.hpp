#pragma once
#include <slepceps.h>

#include <Eigen/Core>
#include <complex>
#include <functional>
#include <string>
#include <vector>

#include "grids/function_shell.hpp"
#include "solver/flow/propagator.hpp"

namespace hypofp {

/// An orthonormal basis Q of a subspace that A maps into itself, and Q^T A Q. All members are collective.
class InvariantSubspace {
 public:
  explicit InvariantSubspace(const Operator& A) : A_(A) {}

  void append(std::vector<Vector> more);
  void fill();  ///< the whole space, by its unit vectors
  std::size_t size() const { return basis_.size(); }
  std::vector<Vec> basis() const;
  const Eigen::MatrixXd& matrix() const { return matrix_; }
  Vector combination(const Eigen::VectorXd& y) const;  ///< Q y
  /// Those that the vectors from `first` on brought.
  std::vector<std::complex<double>> eigenvalues_from(std::size_t first) const;

 private:
  const Operator& A_;
  std::vector<Vector> basis_;
  Eigen::MatrixXd matrix_;
};

/// Krylov-Schur on a function of A that makes the slow modes the outermost.
class Krylov {
 public:
  static Krylov inverse(const Operator& A, double sigma);                          ///< (A - sigma)^-1, by a sparse direct solve
  static Krylov flow(const Operator& A, const NumericalRange& range, double tau);  ///< exp(tau A), by propagation

  /// Adds `wanted` or so of the outermost that are not in `space` yet. `number`: of this call, for another start. Throws ComputationError
  /// where none converges.
  void extend(InvariantSubspace& space, int wanted, int number, const std::function<void(int found)>& progress) const;
  std::string description() const { return description_; }

 private:
  Krylov(const Operator& A, FunctionShell::Function function, std::string description);

  const Operator& A_;
  FunctionShell shell_;
  PetscOwner<EPS, EPSDestroy> eps_;
  std::string description_;
};

}  // namespace hypofp
