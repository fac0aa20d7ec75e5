#pragma once
#include <optional>

#include "grids/model.hpp"
#include "operators/epsilon/epsilon.hpp"
#include "solver/ensembles/paths.hpp"

namespace hypofp {

/// f = f(minimum) + (theta - minimum).hessian (theta - minimum)/2.
struct Quadratic {
  Eigen::MatrixXd hessian;
  Eigen::VectorXd minimum;
};

/// The loss f, grad f = omega0^2 theta + eps(theta).
class Loss {
 public:
  /// `epsilon` null: eps = 0; else it outlives the loss. `potential`: its V, where the case has one. The minimum is sought within
  /// |theta_i| <= reach.
  Loss(const Model& model, const Epsilon* epsilon, std::optional<Expression> potential, double reach);

  int dimension() const { return d_; }
  double curvature() const { return curvature_; }  ///< omega0^2
  bool perturbed() const { return epsilon_ != nullptr; }
  /// eps at theta, the first d columns of z; out has d columns.
  void perturbation(const Block& z, Block& out) const;
  /// grad f, likewise.
  void gradient(const Block& z, Block& out) const;

  /// Where eps is zero or linear.
  const std::optional<Quadratic>& quadratic() const { return quadratic_; }
  /// f itself is known: V is, or f is quadratic.
  bool has_value() const { return potential_ || symmetric_; }
  /// Largest eigenvalue of the Hessian at the minimum; where that is not known, omega0^2.
  double steepest_curvature() const { return steepest_; }
  /// f - min f at n points theta[n][d].
  void excess(const double* theta, std::size_t n, double* out) const;

 private:
  Eigen::VectorXd lowest(double reach) const;
  double value(const Eigen::VectorXd& theta) const;

  int d_;
  double curvature_;
  const Epsilon* epsilon_;
  std::optional<Expression> potential_;
  std::optional<Quadratic> quadratic_;
  bool symmetric_ = false;  // quadratic, and grad f is a gradient
  double minimum_ = 0;      // of omega0^2 |theta|^2/2 + V
  double steepest_;         // curvature at the minimum
};

/// theta of a block as points [path][component].
Eigen::MatrixXd points_of(const Block& z, int dimension);

}  // namespace hypofp
