#pragma once
#include <Eigen/Core>

#include "grids/model.hpp"

namespace hypofp {

// Exact solutions of (2.4) where eps(theta) = a theta + b component by component (a = b = 0: eps = 0). The drift is
// then linear and Gaussians stay Gaussian, in any dimension d. Vectors are ordered (x_1..x_d, v_1..v_d).

struct Gaussian {
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance;
};

/// M of (3.1).
Gaussian equilibrium(const Model& m);

/// (x, v)' = drift (x, v) + offset + noise.
struct LinearFlow {
  Eigen::MatrixXd drift;
  Eigen::VectorXd offset;
  Gaussian steady;  ///< F

  LinearFlow(const Model& m, const Eigen::VectorXd& a, const Eigen::VectorXd& b);
  explicit LinearFlow(const Model& m) : LinearFlow(m, Eigen::VectorXd::Zero(m.dimension), Eigen::VectorXd::Zero(m.dimension)) {}

  /// g(t) from g(0).
  Gaussian at(double t, const Gaussian& g0) const;

 private:
  /// drift S + S drift^T + 2 (gamma/beta) on the velocities = 0.
  Eigen::MatrixXd steady_covariance(const Model& m) const;
};

/// g1 g2/M is `weight` times a Gaussian. It exists where the covariances are below twice M's.
struct WeightedProduct {
  double weight;  ///< <g1/M, g2/M>_*
  Gaussian law;

  WeightedProduct(const Gaussian& g1, const Gaussian& g2, const Gaussian& M);
};

/// int (d_i u1)(d_j u2) M of u = g/M, which has grad u = u (slope z + intercept): second moments of the product's law.
Eigen::MatrixXd gradient_products(const Gaussian& g1, const Gaussian& g2, const Gaussian& M);

/// ‖(g - F)/M‖_*^2.
double deviation_norm2(const Gaussian& g, const Gaussian& F, const Gaussian& M);

/// The parts of H, (3.8), of h = (g - F)/M.
struct GradientNorms {
  double x, v, cross;  ///< ‖grad_x h‖_*^2, ‖grad_v h‖_*^2, <grad_x h, grad_v h>_*
  double H(double C, double C_hat) const { return x + C * v + 2 * C_hat * cross; }
};
GradientNorms deviation_gradients(const Gaussian& g, const Gaussian& F, const Gaussian& M);

/// The density g at z.
double density(const Gaussian& g, const Eigen::VectorXd& z);

/// h = (g - F)/M at z.
double deviation_at(const Gaussian& g, const Gaussian& F, const Gaussian& M, const Eigen::VectorXd& z);

}  // namespace hypofp
