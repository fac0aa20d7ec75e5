#pragma once
#include <Eigen/Dense>
#include <cmath>
#include <unsupported/Eigen/KroneckerProduct>
#include <unsupported/Eigen/MatrixFunctions>

#include "grids/model.hpp"

namespace hypofp {

// Exact solutions of (2.4) where eps(theta) = a theta + b component by component (a = b = 0: eps = 0). The drift is
// then linear and Gaussians stay Gaussian, in any dimension d. Vectors are ordered (x_1..x_d, v_1..v_d).

struct Gaussian {
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance;
};

/// M of (3.1).
inline Gaussian equilibrium(const Model& m) {
  const int d = m.dimension;
  Eigen::VectorXd variance(2 * d);
  variance << Eigen::VectorXd::Constant(d, 1 / (m.beta * m.omega0 * m.omega0)), Eigen::VectorXd::Constant(d, 1 / m.beta);
  return {Eigen::VectorXd::Zero(2 * d), variance.asDiagonal()};
}

/// (x, v)' = drift (x, v) + offset + noise.
struct LinearFlow {
  Eigen::MatrixXd drift;
  Eigen::VectorXd offset;
  Gaussian steady;  ///< F

  LinearFlow(const Model& m, const Eigen::VectorXd& a, const Eigen::VectorXd& b)
      : drift(2 * m.dimension, 2 * m.dimension), offset(2 * m.dimension) {
    const double w = m.omega0 * m.omega0;
    const auto diagonal = [](const Eigen::ArrayXd& entries) { return Eigen::MatrixXd(entries.matrix().asDiagonal()); };
    const Eigen::ArrayXd s = a.array() / w;  // eps = -s (v + gamma x) + b
    drift << diagonal(s * m.gamma), diagonal(1 + s), diagonal(-w - s * m.gamma * m.gamma), diagonal(-m.gamma - s * m.gamma);
    offset << -b, m.gamma * b;
    steady.mean = drift.lu().solve(-offset);
    steady.covariance = steady_covariance(m);
  }
  explicit LinearFlow(const Model& m) : LinearFlow(m, Eigen::VectorXd::Zero(m.dimension), Eigen::VectorXd::Zero(m.dimension)) {}

  /// g(t) from g(0).
  Gaussian at(double t, const Gaussian& g0) const {
    const Eigen::MatrixXd e = (drift * t).exp();
    return {steady.mean + e * (g0.mean - steady.mean), steady.covariance + e * (g0.covariance - steady.covariance) * e.transpose()};
  }

 private:
  /// drift S + S drift^T + 2 (gamma/beta) on the velocities = 0.
  Eigen::MatrixXd steady_covariance(const Model& m) const {
    const int n = 2 * m.dimension;
    Eigen::VectorXd noise = Eigen::VectorXd::Zero(n);
    noise.tail(m.dimension).setConstant(2 * m.gamma / m.beta);
    const Eigen::MatrixXd one = Eigen::MatrixXd::Identity(n, n), rhs = noise.asDiagonal();
    const Eigen::MatrixXd L = Eigen::kroneckerProduct(one, drift).eval() + Eigen::kroneckerProduct(drift, one).eval();
    const Eigen::VectorXd s = L.lu().solve(-rhs.reshaped());
    return s.reshaped(n, n);
  }
};

/// g1 g2/M is `weight` times a Gaussian. It exists where the covariances are below twice M's.
struct WeightedProduct {
  double weight;  ///< <g1/M, g2/M>_*
  Gaussian law;

  WeightedProduct(const Gaussian& g1, const Gaussian& g2, const Gaussian& M) {
    const Eigen::MatrixXd P1 = g1.covariance.inverse(), P2 = g2.covariance.inverse();
    law.covariance = (P1 + P2 - M.covariance.inverse()).inverse();
    const Eigen::VectorXd b = P1 * g1.mean + P2 * g2.mean;
    law.mean = law.covariance * b;
    const double determinants =
        M.covariance.determinant() * law.covariance.determinant() / (g1.covariance.determinant() * g2.covariance.determinant());
    const double exponent = b.dot(law.mean) - g1.mean.dot(P1 * g1.mean) - g2.mean.dot(P2 * g2.mean);
    weight = std::sqrt(determinants) * std::exp(exponent / 2);
  }
};

/// int (d_i u1)(d_j u2) M of u = g/M, which has grad u = u (slope z + intercept): second moments of the product's law.
inline Eigen::MatrixXd gradient_products(const Gaussian& g1, const Gaussian& g2, const Gaussian& M) {
  const WeightedProduct product(g1, g2, M);
  const auto slope = [&](const Gaussian& g) { return (M.covariance.inverse() - g.covariance.inverse()).eval(); };
  const auto mean = [&](const Gaussian& g) { return (slope(g) * product.law.mean + g.covariance.inverse() * g.mean).eval(); };
  return product.weight * (slope(g1) * product.law.covariance * slope(g2) + mean(g1) * mean(g2).transpose());
}

/// ‖(g - F)/M‖_*^2.
inline double deviation_norm2(const Gaussian& g, const Gaussian& F, const Gaussian& M) {
  return WeightedProduct(g, g, M).weight - 2 * WeightedProduct(g, F, M).weight + WeightedProduct(F, F, M).weight;
}

/// The parts of H, (3.8), of h = (g - F)/M.
struct GradientNorms {
  double x, v, cross;  ///< ‖grad_x h‖_*^2, ‖grad_v h‖_*^2, <grad_x h, grad_v h>_*
  double H(double C, double C_hat) const { return x + C * v + 2 * C_hat * cross; }
};
inline GradientNorms deviation_gradients(const Gaussian& g, const Gaussian& F, const Gaussian& M) {
  const Eigen::MatrixXd mixed = gradient_products(g, F, M);
  const Eigen::MatrixXd all = gradient_products(g, g, M) - mixed - mixed.transpose() + gradient_products(F, F, M);
  const Eigen::Index d = all.rows() / 2;
  return {all.topLeftCorner(d, d).trace(), all.bottomRightCorner(d, d).trace(), all.topRightCorner(d, d).trace()};
}

/// The density g at z.
inline double density(const Gaussian& g, const Eigen::VectorXd& z) {
  const Eigen::VectorXd y = z - g.mean;
  const double exponent = -y.dot(g.covariance.inverse() * y) / 2;
  return std::exp(exponent) / std::sqrt((2 * M_PI * g.covariance).determinant());
}

/// h = (g - F)/M at z.
inline double deviation_at(const Gaussian& g, const Gaussian& F, const Gaussian& M, const Eigen::VectorXd& z) {
  return (density(g, z) - density(F, z)) / density(M, z);
}

}  // namespace hypofp
