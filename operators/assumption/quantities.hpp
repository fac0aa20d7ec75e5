#pragma once
#include <vector>

#include "grids/model.hpp"
#include "operators/epsilon/epsilon.hpp"

namespace hypofp {

/// The quantities of Assumption 3.1 for given theta, over the box |x_i| <= X, |v_i| <= V. eps depends on theta alone,
/// and for given theta each x_i runs through an interval and v_i = -omega0^2 theta_i - gamma x_i: the suprema over x
/// and v are exact.
class Quantities {
 public:
  enum { eps, eps_x, eps_v, derivative_x, derivative_v, derivative };  ///< derivative + i: max_j |d_j eps_i|

  Quantities(const Model& m, double X, double V, const Epsilon& epsilon) : m_(m), X_(X), V_(V), epsilon_(epsilon) {}

  int count() const { return derivative + m_.dimension; }
  /// |theta_i| on the box.
  double reach() const { return (V_ + m_.gamma * X_) / (m_.omega0 * m_.omega0); }
  /// q[n][count] for theta[n][d]; not a number where eps, or its derivative, is not finite.
  void operator()(const std::vector<double>& theta, std::vector<double>& q);
  /// Whether eps was, at all theta so far.
  bool finite() const { return finite_; }

 private:
  void at(const double* theta, const double* e, const double* jacobian, std::size_t n, double* q);

  const Model& m_;
  double X_, V_;
  const Epsilon& epsilon_;
  bool finite_ = true;
};

}  // namespace hypofp
