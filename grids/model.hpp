#pragma once
#include <algorithm>
#include <cmath>
#include <optional>

namespace hypofp {

/// Parameters of (2.4). M = Gaussian with variance 1/(beta omega0^2) in each x_i and 1/beta in each v_i, (3.1).
struct Model {
  int dimension = 1;  ///< d; phase space has 2d axes
  double omega0 = 1.0;
  double gamma = 1.0;
  double beta = 1.0;

  double sigma_x() const { return 1.0 / (omega0 * std::sqrt(beta)); }
  double sigma_v() const { return 1.0 / std::sqrt(beta); }
  /// Of theta = -(v + gamma x)/omega0^2 under M.
  double sigma_theta() const { return std::hypot(gamma * sigma_x(), sigma_v()) / (omega0 * omega0); }
  /// Of M along axis 0..2d-1: x_1..x_d, v_1..v_d.
  double sigma(int axis) const { return axis < dimension ? sigma_x() : sigma_v(); }
};

/// theta = -(v + gamma x)/omega0^2, component by component (below (2.3)).
inline double theta_of(const Model& m, double x, double v) { return -(v + m.gamma * x) / (m.omega0 * m.omega0); }

/// min Re spec(Q), (4.7): the gap of the generator at eps = 0, attained but for gamma = 2 omega0.
inline double gap(const Model& m) { return 0.5 * (m.gamma - std::sqrt(std::max(0.0, m.gamma * m.gamma - 4 * m.omega0 * m.omega0))); }

/// The algorithm behind the model: learning rate eta, staleness kappa, gradient noise of standard deviation Sigma.
struct Asgd {
  double learning_rate = 0, staleness = 0, noise = 0;
  /// A step in the time of (2.2).
  double delta_t() const { return std::sqrt(learning_rate * (1 - staleness)); }
};

/// gamma and beta that follow: gamma = sqrt((1 - kappa)/eta), tau = eta^{3/4}/(1 - kappa)^{1/4} Sigma (below (2.2)),
/// beta = 2 gamma/(tau^2 omega0^4) (below (2.4)).
inline Model model_of(const Asgd& a, int dimension, double omega0) {
  const double gamma = std::sqrt((1 - a.staleness) / a.learning_rate);
  const double tau = std::pow(a.learning_rate, 0.75) / std::pow(1 - a.staleness, 0.25) * a.noise;
  return {dimension, omega0, gamma, 2 * gamma / (tau * tau * std::pow(omega0, 4))};
}

/// The constants of H, (3.8), in place of the theorem's for the case.
struct LyapunovChoice {
  std::optional<double> C, C_hat;
  double delta = 0.05;  ///< case 3 of (3.6), gamma = 2 omega0
};

}  // namespace hypofp
