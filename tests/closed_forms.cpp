#include "tests/closed_forms.hpp"

#include <Eigen/LU>
#include <cmath>
#include <unsupported/Eigen/KroneckerProduct>
#include <unsupported/Eigen/MatrixFunctions>

namespace hypofp {

Gaussian equilibrium(const Model& m) {
  const int d = m.dimension;
  Eigen::VectorXd variance(2 * d);
  variance << Eigen::VectorXd::Constant(d, 1 / (m.beta * m.omega0 * m.omega0)), Eigen::VectorXd::Constant(d, 1 / m.beta);
  return {Eigen::VectorXd::Zero(2 * d), variance.asDiagonal()};
}

LinearFlow::LinearFlow(const Model& m, const Eigen::VectorXd& a, const Eigen::VectorXd& b)
    : drift(2 * m.dimension, 2 * m.dimension), offset(2 * m.dimension) {
  const double w = m.omega0 * m.omega0;
  const auto diagonal = [](const Eigen::ArrayXd& entries) { return Eigen::MatrixXd(entries.matrix().asDiagonal()); };
  const Eigen::ArrayXd s = a.array() / w;  // eps = -s (v + gamma x) + b
  drift << diagonal(s * m.gamma), diagonal(1 + s), diagonal(-w - s * m.gamma * m.gamma), diagonal(-m.gamma - s * m.gamma);
  offset << -b, m.gamma * b;
  steady.mean = drift.lu().solve(-offset);
  steady.covariance = steady_covariance(m);
}

Gaussian LinearFlow::at(double t, const Gaussian& g0) const {
  const Eigen::MatrixXd e = (drift * t).exp();
  return {steady.mean + e * (g0.mean - steady.mean), steady.covariance + e * (g0.covariance - steady.covariance) * e.transpose()};
}

Eigen::MatrixXd LinearFlow::steady_covariance(const Model& m) const {
  const int n = 2 * m.dimension;
  Eigen::VectorXd noise = Eigen::VectorXd::Zero(n);
  noise.tail(m.dimension).setConstant(2 * m.gamma / m.beta);
  const Eigen::MatrixXd one = Eigen::MatrixXd::Identity(n, n), rhs = noise.asDiagonal();
  const Eigen::MatrixXd L = Eigen::kroneckerProduct(one, drift).eval() + Eigen::kroneckerProduct(drift, one).eval();
  const Eigen::VectorXd s = L.lu().solve(-rhs.reshaped());
  return s.reshaped(n, n);
}

WeightedProduct::WeightedProduct(const Gaussian& g1, const Gaussian& g2, const Gaussian& M) {
  const Eigen::MatrixXd P1 = g1.covariance.inverse(), P2 = g2.covariance.inverse();
  law.covariance = (P1 + P2 - M.covariance.inverse()).inverse();
  const Eigen::VectorXd b = P1 * g1.mean + P2 * g2.mean;
  law.mean = law.covariance * b;
  const double determinants =
      M.covariance.determinant() * law.covariance.determinant() / (g1.covariance.determinant() * g2.covariance.determinant());
  const double exponent = b.dot(law.mean) - g1.mean.dot(P1 * g1.mean) - g2.mean.dot(P2 * g2.mean);
  weight = std::sqrt(determinants) * std::exp(exponent / 2);
}

Eigen::MatrixXd gradient_products(const Gaussian& g1, const Gaussian& g2, const Gaussian& M) {
  const WeightedProduct product(g1, g2, M);
  const auto slope = [&](const Gaussian& g) { return (M.covariance.inverse() - g.covariance.inverse()).eval(); };
  const auto mean = [&](const Gaussian& g) { return (slope(g) * product.law.mean + g.covariance.inverse() * g.mean).eval(); };
  return product.weight * (slope(g1) * product.law.covariance * slope(g2) + mean(g1) * mean(g2).transpose());
}

double deviation_norm2(const Gaussian& g, const Gaussian& F, const Gaussian& M) {
  return WeightedProduct(g, g, M).weight - 2 * WeightedProduct(g, F, M).weight + WeightedProduct(F, F, M).weight;
}

GradientNorms deviation_gradients(const Gaussian& g, const Gaussian& F, const Gaussian& M) {
  const Eigen::MatrixXd mixed = gradient_products(g, F, M);
  const Eigen::MatrixXd all = gradient_products(g, g, M) - mixed - mixed.transpose() + gradient_products(F, F, M);
  const Eigen::Index d = all.rows() / 2;
  return {all.topLeftCorner(d, d).trace(), all.bottomRightCorner(d, d).trace(), all.topRightCorner(d, d).trace()};
}

double density(const Gaussian& g, const Eigen::VectorXd& z) {
  const Eigen::VectorXd y = z - g.mean;
  const double exponent = -y.dot(g.covariance.inverse() * y) / 2;
  return std::exp(exponent) / std::sqrt((2 * M_PI * g.covariance).determinant());
}

double deviation_at(const Gaussian& g, const Gaussian& F, const Gaussian& M, const Eigen::VectorXd& z) {
  return (density(g, z) - density(F, z)) / density(M, z);
}

}  // namespace hypofp
