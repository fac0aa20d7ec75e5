#pragma once
#include <string>
#include <vector>

#include "operators/epsilon/expression.hpp"

namespace hypofp {

/// eps(theta), the perturbation of grad f = omega0^2 theta + eps(theta); theta in R^d.
class Epsilon {
 public:
  /// From d expressions in theta1..thetad. The Jacobian is exact. An ExpressionError names the component at fault.
  static Epsilon from_components(const std::vector<std::string>& components);
  /// eps = grad V.
  static Epsilon from_potential(const std::string& potential, int dimension, Limits limits = typed);

  int dimension() const { return static_cast<int>(components_.size()); }
  /// eps_i at n points theta[n][d].
  void values(int component, const double* theta, std::size_t n, double* out) const { components_[component].evaluate(theta, n, out); }
  /// d eps_i / d theta_j at n points theta[n][d].
  void jacobian(int i, int j, const double* theta, std::size_t n, double* out) const;
  /// eps(theta) = J theta + b: no variable stands in the Jacobian, and no function but operators in eps (sign has the derivative 0).
  bool linear() const;
  /// The parts of all components that may rise steeply somewhere.
  std::vector<Program> peaked_parts() const;

 private:
  Epsilon() = default;
  std::vector<Expression> components_;
  std::vector<Expression> jacobian_;  // row-major d x d
};

}  // namespace hypofp
