#pragma once
#include <cmath>

namespace hypofp {

/// Parameters of (2.4). M = Gaussian with variance 1/(beta omega0^2) in each x_i and 1/beta in each v_i, (3.1).
struct Model {
  int dimension = 1;  ///< d; phase space has 2d axes
  double omega0 = 1.0;
  double gamma = 1.0;
  double beta = 1.0;

  double sigma_x() const { return 1.0 / (omega0 * std::sqrt(beta)); }
  double sigma_v() const { return 1.0 / std::sqrt(beta); }
};

/// theta = -(v + gamma x)/omega0^2, component by component (below (2.3)).
inline double theta_of(const Model& m, double x, double v) { return -(v + m.gamma * x) / (m.omega0 * m.omega0); }

}  // namespace hypofp
