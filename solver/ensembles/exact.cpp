#include "solver/ensembles/exact.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <cmath>
#include <unsupported/Eigen/MatrixFunctions>

namespace hypofp {
namespace {

double spectral_radius(const Eigen::MatrixXd& A) { return A.eigenvalues().cwiseAbs().maxCoeff(); }

}  // namespace

/// The noise of a short time by the exponential of [[-B, G], [0, B^T]] (Van Loan 1978), whose first block would overflow over a long
/// one; then the time is doubled.
Transition transition(const Eigen::MatrixXd& B, const Eigen::MatrixXd& G, double t) {
  const auto n = B.rows();
  const int doublings = std::max(0, static_cast<int>(std::ceil(std::log2(std::max(1e-300, B.norm() * t)))));
  Eigen::MatrixXd both = Eigen::MatrixXd::Zero(2 * n, 2 * n);
  both << -B, G, Eigen::MatrixXd::Zero(n, n), B.transpose();
  both = (both * std::ldexp(t, -doublings)).exp().eval();
  Transition over;
  over.flow = both.bottomRightCorner(n, n).transpose();
  over.noise = over.flow * both.topRightCorner(n, n);
  for (int i = 0; i < doublings; ++i) {
    over.noise += (over.flow * over.noise * over.flow.transpose()).eval();
    over.flow = (over.flow * over.flow).eval();
  }
  over.noise = (0.5 * (over.noise + over.noise.transpose())).eval();
  return over;
}

Transition sde_transition(const Model& m, const Eigen::MatrixXd& A, double t) {
  const auto d = A.rows();
  const double tau2 = 2 * m.gamma / (m.beta * std::pow(m.omega0, 4));
  const Eigen::MatrixXd one = Eigen::MatrixXd::Identity(d, d), zero = Eigen::MatrixXd::Zero(d, d);
  Eigen::MatrixXd B(2 * d, 2 * d), G(2 * d, 2 * d);
  B << zero, one, -A, -m.gamma * one;
  G << tau2 * one, zero, zero, zero;
  return transition(B, G, t);
}

Law advanced(const Transition& over, const Quadratic& f, const Law& law) {
  Eigen::VectorXd centre = Eigen::VectorXd::Zero(law.mean.size());
  centre.head(f.minimum.size()) = f.minimum;
  return {centre + over.flow * (law.mean - centre), over.flow * law.covariance * over.flow.transpose() + over.noise};
}

double excess_loss(const Quadratic& f, const Law& law) {
  const auto d = f.minimum.size();
  const Eigen::VectorXd off = law.mean.head(d) - f.minimum;
  return 0.5 * ((f.hessian * law.covariance.topLeftCorner(d, d)).trace() + off.dot(f.hessian * off));
}

ExactAlgorithm::ExactAlgorithm(const Asgd& asgd, const Quadratic& f)
    : d_(static_cast<int>(f.minimum.size())),
      eta_(asgd.learning_rate),
      kappa_(asgd.staleness),
      noise_(std::pow(asgd.learning_rate * asgd.noise, 2)),
      f_(f) {}

Eigen::MatrixXd ExactAlgorithm::to_y() const {
  Eigen::MatrixXd J = Eigen::MatrixXd::Identity(2 * d_, 2 * d_);
  J.bottomRightCorner(d_, d_) = -f_.hessian / std::sqrt((1 - kappa_) / eta_);
  return J;
}

void ExactAlgorithm::begin(const Law& start) {
  const Eigen::MatrixXd to_m = to_y().inverse();
  mean_ = start.mean;
  mean_.head(d_) -= f_.minimum;
  mean_ = (to_m * mean_).eval();
  const Eigen::MatrixXd all = to_m * start.covariance * to_m.transpose() + mean_ * mean_.transpose();
  second_ = {all.topLeftCorner(d_, d_), all.topRightCorner(d_, d_), all.bottomRightCorner(d_, d_), {}};
  const auto& [P, R, M, Q] = second_;  // before step 0 theta was (m - (1 - kappa) theta)/kappa
  const double e = 1 - kappa_;
  second_.Q = e * P + (e * e * P - e * (R + R.transpose()) + M) / kappa_;
}

void ExactAlgorithm::step() {
  mean_ = (mean_matrix() * mean_).eval();
  second_ = unpack(pack(stepped(second_)) + pack(source()));
}

Eigen::MatrixXd ExactAlgorithm::mean_matrix() const {
  const Eigen::MatrixXd one = Eigen::MatrixXd::Identity(d_, d_);
  Eigen::MatrixXd S(2 * d_, 2 * d_);
  S << one, -eta_ * f_.hessian, (1 - kappa_) * one, kappa_ * one - (1 - kappa_) * eta_ * f_.hessian;
  return S;
}

ExactAlgorithm::Second ExactAlgorithm::stepped(const Second& s) const {
  const Eigen::MatrixXd A = eta_ * f_.hessian, mixed = s.R * A.transpose(), D = s.R - A * s.M;  // D = E theta' m^T
  const double e = 1 - kappa_;
  Second next;
  next.P = s.P - mixed - mixed.transpose() + A * s.Q * A.transpose();
  next.R = kappa_ * D + e * next.P;
  next.M = kappa_ * kappa_ * s.M + kappa_ * e * (D + D.transpose()) + e * e * next.P;
  next.Q = kappa_ * s.Q + e * next.P;
  return next;
}

ExactAlgorithm::Second ExactAlgorithm::source() const {
  const Eigen::MatrixXd P = noise_ * Eigen::MatrixXd::Identity(d_, d_);
  const double e = 1 - kappa_;
  return {P, e * P, e * e * P, e * P};
}

Law ExactAlgorithm::law() const {
  const Eigen::MatrixXd J = to_y();
  Eigen::MatrixXd all(2 * d_, 2 * d_);
  all << second_.P, second_.R, second_.R.transpose(), second_.M;
  Law law{J * mean_, J * (all - mean_ * mean_.transpose()) * J.transpose()};
  law.mean.head(d_) += f_.minimum;
  return law;
}

/// The symmetric ones by their upper triangles.
Eigen::VectorXd ExactAlgorithm::pack(const Second& s) const {
  Eigen::VectorXd z(3 * d_ * (d_ + 1) / 2 + d_ * d_);
  int at = 0;
  for (const Eigen::MatrixXd* X : {&s.P, &s.M, &s.Q})
    for (int i = 0; i < d_; ++i)
      for (int j = i; j < d_; ++j) z(at++) = (*X)(i, j);
  z.tail(d_ * d_) = s.R.reshaped();
  return z;
}

ExactAlgorithm::Second ExactAlgorithm::unpack(const Eigen::VectorXd& z) const {
  const Eigen::MatrixXd zero = Eigen::MatrixXd::Zero(d_, d_);
  Second s{zero, z.tail(d_ * d_).reshaped(d_, d_), zero, zero};
  int at = 0;
  for (Eigen::MatrixXd* X : {&s.P, &s.M, &s.Q})
    for (int i = 0; i < d_; ++i)
      for (int j = i; j < d_; ++j) (*X)(i, j) = (*X)(j, i) = z(at++);
  return s;
}

Eigen::MatrixXd ExactAlgorithm::second_matrix() const {
  const int n = 3 * d_ * (d_ + 1) / 2 + d_ * d_;
  Eigen::MatrixXd S(n, n);
  for (int j = 0; j < n; ++j) S.col(j) = pack(stepped(unpack(Eigen::VectorXd::Unit(n, j))));
  return S;
}

double ExactAlgorithm::contraction() const { return spectral_radius(mean_matrix()); }
double ExactAlgorithm::second_moment_contraction() const { return spectral_radius(second_matrix()); }

std::optional<Eigen::MatrixXd> ExactAlgorithm::stationary() const {
  const Eigen::MatrixXd S = second_matrix();
  if (spectral_radius(S) >= 1) return {};
  const Second s = unpack((Eigen::MatrixXd::Identity(S.rows(), S.cols()) - S).fullPivLu().solve(pack(source())));
  Eigen::MatrixXd all(2 * d_, 2 * d_);
  all << s.P, s.R, s.R.transpose(), s.M;
  return to_y() * all * to_y().transpose();
}

Thresholds thresholds(double kappa) {
  const double e = 1 - kappa, root = std::sqrt(kappa);
  // 2 kappa alpha^2 + e^2 alpha = 2 (1 - kappa^2)
  const double mean_square = kappa == 0 ? 2 : (-e * e + std::sqrt(std::pow(e, 4) + 16 * kappa * (1 - kappa * kappa))) / (4 * kappa);
  return {e / 4, (1 - root) / (1 + root), (1 + root) / (1 - root), 2 * (1 + kappa) / e, mean_square};
}

double delay_noise_share(double alpha, double kappa) { return kappa == 0 ? 0 : alpha * alpha / (2 * (1 - kappa)); }

}  // namespace hypofp
