#include "tests/hermite_galerkin.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace hypofp {
namespace {

using Triplets = std::vector<Eigen::Triplet<double>>;

/// psi_0 .. psi_degree at z: psi_p = He_p/sqrt(p!), orthonormal for the standard Gaussian.
Eigen::VectorXd hermite(double z, int degree) {
  Eigen::VectorXd psi = Eigen::VectorXd::Ones(degree + 1);
  if (degree > 0) psi[1] = z;
  for (int p = 1; p < degree; ++p) psi[p + 1] = (z * psi[p] - std::sqrt(p) * psi[p - 1]) / std::sqrt(p + 1);
  return psi;
}

/// Nodes of Gauss-Hermite quadrature: eigenvalues of multiplication by z in the basis psi.
Eigen::VectorXd gauss_nodes(int n) {
  Eigen::MatrixXd z = Eigen::MatrixXd::Zero(n, n);
  for (int p = 1; p < n; ++p) z(p, p - 1) = std::sqrt(p);  // the solver reads the lower triangle
  return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(z, Eigen::EigenvaluesOnly).eigenvalues();
}

/// The norm that bounds how far a Taylor step may reach.
double one_norm(const HermiteGalerkin::Matrix& A) { return (Eigen::RowVectorXd::Ones(A.rows()) * A.cwiseAbs()).maxCoeff(); }

}  // namespace

HermiteGalerkin::HermiteGalerkin(double omega0, double gamma, double beta, const std::function<double(double)>& epsilon, int degree)
    : degree_(degree), size_((degree + 1) * (degree + 2) / 2) {
  const double sigma_x = 1 / (omega0 * std::sqrt(beta)), sigma_v = 1 / std::sqrt(beta);
  const double length = std::hypot(gamma * sigma_x, sigma_v);
  const double c = gamma * sigma_x / length, s = sigma_v / length;  // zeta = c x/sigma_x + s v/sigma_v
  s_theta_ = length / (omega0 * omega0);
  to_xv_ << sigma_x * c, -sigma_x * s, sigma_v * s, sigma_v * c;

  Triplets zeta, eta;  // derivatives: psi_p' = sqrt(p) psi_{p-1}
  for (int p = 0; p <= degree; ++p)
    for (int q = 0; p + q <= degree; ++q) {
      if (p > 0) zeta.emplace_back(index(p - 1, q), index(p, q), std::sqrt(p));
      if (q > 0) eta.emplace_back(index(p, q - 1), index(p, q), std::sqrt(q));
    }
  Matrix D_zeta(size_, size_), D_eta(size_, size_);
  D_zeta.setFromTriplets(zeta.begin(), zeta.end());
  D_eta.setFromTriplets(eta.begin(), eta.end());
  Dx_ = (c * D_zeta - s * D_eta) / sigma_x;
  Dv_ = (s * D_zeta + c * D_eta) / sigma_v;

  const Matrix Dx_t = Dx_.transpose(), Dv_t = Dv_.transpose();
  A_ = Matrix(Dx_t * Dv_) - Matrix(Dv_t * Dx_) - gamma * Matrix(Dv_t * Dv_);
  A_ /= beta;
  if (epsilon) A_ -= Matrix(Matrix(Dx_t - gamma * Dv_t) * multiplication(epsilon));
  F_ = steady_state();
}

HermiteGalerkin::Matrix HermiteGalerkin::multiplication(const std::function<double(double)>& f) const {
  Eigen::MatrixXd block = Eigen::MatrixXd::Zero(degree_ + 1, degree_ + 1);  // <psi_p, f psi_k>
  const int n = 2 * degree_ + 60;
  for (const double z : gauss_nodes(n)) {
    const Eigen::VectorXd psi = hermite(z, n - 1);
    const double weight = 1 / psi.squaredNorm();  // Christoffel: accurate also where it is tiny
    const auto head = psi.head(degree_ + 1);
    block += weight * f(-s_theta_ * z) * head * head.transpose();
  }
  Triplets entries;
  for (int q = 0; q <= degree_; ++q)
    for (int p = 0; p + q <= degree_; ++p)
      for (int k = 0; k + q <= degree_; ++k) entries.emplace_back(index(p, q), index(k, q), block(p, k));
  Matrix E(size_, size_);
  E.setFromTriplets(entries.begin(), entries.end());
  return E;
}

HermiteGalerkin::Vector HermiteGalerkin::steady_state() const {
  Vector F = Vector::Zero(size_);
  F[0] = 1;
  if (size_ == 1) return F;
  const Eigen::SparseMatrix<double> A = A_, rest = A.bottomRightCorner(size_ - 1, size_ - 1);
  const Eigen::SparseLU<Eigen::SparseMatrix<double>> lu(rest);
  if (lu.info() != Eigen::Success) throw std::runtime_error("the Hermite generator has no unique steady state");
  F.tail(size_ - 1) = lu.solve(-Vector(A.col(0)).tail(size_ - 1));
  return F;
}

HermiteGalerkin::Vector HermiteGalerkin::gaussian(const Eigen::Vector2d& mean, const Eigen::Matrix2d& covariance) const {
  // E exp(a.z - |a|^2/2) = exp(a.m + a.T a/2), T = covariance - 1, generates the coefficients E psi_p psi_q
  const Eigen::Matrix2d from_xv = to_xv_.inverse();
  const Eigen::Vector2d m = from_xv * mean;
  const Eigen::Matrix2d T = from_xv * covariance * from_xv.transpose() - Eigen::Matrix2d::Identity();
  Vector u = Vector::Zero(size_);
  const auto at = [&](int p, int q) { return p < 0 || q < 0 ? 0.0 : u[index(p, q)]; };
  u[0] = 1;
  for (int n = 1; n <= degree_; ++n)
    for (int q = 0; q <= n; ++q) {
      const int p = n - q, i = p > 0 ? 0 : 1;  // raise p where there is one, else q
      const int a = i == 0 ? p - 1 : p, b = i == 0 ? q : q - 1;
      const double sum = m[i] * at(a, b) + T(i, 0) * std::sqrt(a) * at(a - 1, b) + T(i, 1) * std::sqrt(b) * at(a, b - 1);
      u[index(p, q)] = sum / std::sqrt(i == 0 ? p : q);
    }
  return u;
}

HermiteGalerkin::Vector HermiteGalerkin::deviation(const Eigen::Vector2d& mean, const Eigen::Matrix2d& covariance) const {
  return gaussian(mean, covariance) - F_;
}

HermiteGalerkin::Vector HermiteGalerkin::evolve(Vector h, double t) const {
  const int steps = std::max(1, static_cast<int>(std::ceil(std::abs(t) * one_norm(A_) / 8)));
  for (int step = 0; step < steps; ++step) {
    Vector term = h;
    for (int k = 1; term.norm() > 1e-17 * h.norm(); ++k) {
      term = (A_ * term) * (t / steps / k);
      h += term;
    }
  }
  return h;
}

HermiteGalerkin::Gradient HermiteGalerkin::gradient(const Vector& h) const {
  const Vector x = Dx_ * h, v = Dv_ * h;
  return {x.squaredNorm(), v.squaredNorm(), x.dot(v)};
}

double HermiteGalerkin::lyapunov(const Vector& h, double C, double C_hat) const {
  const Gradient g = gradient(h);
  return g.x + C * g.v + 2 * C_hat * g.cross;
}

HermiteGalerkin::Moments HermiteGalerkin::moments(const Vector& u) const {
  if (degree_ < 2) throw std::invalid_argument("second moments need degree 2");
  const double root2 = std::sqrt(2);
  const Eigen::Vector2d first(u[index(1, 0)], u[index(0, 1)]);
  Eigen::Matrix2d second;
  second << root2 * u[index(2, 0)] + 1, u[index(1, 1)], u[index(1, 1)], root2 * u[index(0, 2)] + 1;
  const Eigen::Vector2d mean = to_xv_ * first;
  return {mean, to_xv_ * second * to_xv_.transpose() - mean * mean.transpose()};
}

Eigen::VectorXcd HermiteGalerkin::eigenvalues() const {
  Eigen::VectorXcd values = Eigen::EigenSolver<Eigen::MatrixXd>(Eigen::MatrixXd(A_), false).eigenvalues();
  const auto decay = [](std::complex<double> z) { return std::round(-z.real() * 1e9); };  // a pair's are equal
  std::sort(values.begin(), values.end(), [&](auto a, auto b) { return decay(a) != decay(b) ? decay(a) < decay(b) : a.imag() > b.imag(); });
  return values;
}

}  // namespace hypofp
