#include "grids/logistic.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <cmath>

namespace hypofp {
namespace {

double log_one_plus_exp(double u) { return std::max(0.0, u) + std::log1p(std::exp(-std::abs(u))); }

/// f and its derivatives at b.
struct Expansion {
  double value;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd hessian;
};

Expansion expansion(const Records& r, double ridge, const Eigen::VectorXd& b) {
  const auto d = b.size();
  const double N = r.yes.sum() + r.no.sum();
  Expansion f{0.5 * ridge * b.squaredNorm(), ridge * b, ridge * Eigen::MatrixXd::Identity(d, d)};
  for (Eigen::Index i = 0; i < r.predictors.rows(); ++i) {
    const Eigen::VectorXd x = r.predictors.row(i).transpose();
    const double u = x.dot(b), n = r.yes(i) + r.no(i), p = 1 / (1 + std::exp(-u));
    f.value += (n * log_one_plus_exp(u) - r.yes(i) * u) / N;
    f.gradient += (n * p - r.yes(i)) / N * x;
    f.hessian += n * p * (1 - p) / N * x * x.transpose();
  }
  return f;
}

/// Newton's method, damped: f is convex.
Eigen::VectorXd minimise(const Records& r, double ridge) {
  Eigen::VectorXd b = Eigen::VectorXd::Zero(r.predictors.cols());
  Expansion f = expansion(r, ridge, b);
  for (int i = 0; i < 100; ++i) {
    Eigen::VectorXd step = -f.hessian.ldlt().solve(f.gradient);
    Expansion next = expansion(r, ridge, b + step);
    while (!(next.value <= f.value) && step.norm() > 1e-15 * (1 + b.norm())) next = expansion(r, ridge, b + (step /= 2));
    if (!(next.value <= f.value)) break;
    b += step, f = next;
    if (step.norm() <= 1e-14 * (1 + b.norm())) break;
  }
  return b;
}

void add_noise(LogisticFit& fit) {
  const Records& r = fit.records;
  const Eigen::Index n = r.predictors.rows();
  fit.noise.resize(2 * n, fit.minimum.size()), fit.share.resize(2 * n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const Eigen::RowVectorXd x = r.predictors.row(i);
    const double p = 1 / (1 + std::exp(-x.dot(fit.minimum)));
    fit.noise.row(2 * i) = (p - 1) * x * fit.W, fit.share(2 * i) = r.yes(i);
    fit.noise.row(2 * i + 1) = p * x * fit.W, fit.share(2 * i + 1) = r.no(i);
  }
  fit.share /= fit.share.sum();
  fit.noise.rowwise() -= (fit.share.transpose() * fit.noise).eval();
}

/// c + a.theta.
std::string affine(double c, const Eigen::RowVectorXd& a) {
  std::string text = fmt::format("({:.17g}", c);
  for (Eigen::Index i = 0; i < a.size(); ++i) text += fmt::format(" + ({:.17g})*theta{}", a(i), i + 1);
  return text + ")";
}

std::string square(int dimension) {
  std::string text;
  for (int i = 1; i <= dimension; ++i) text += fmt::format("{}theta{}^2", i > 1 ? " + " : "", i);
  return "(" + text + ")";
}

}  // namespace

Eigen::VectorXd LogisticFit::noise_eigenvalues() const {
  const Eigen::MatrixXd covariance = noise.transpose() * share.asDiagonal() * noise;
  return covariance.selfadjointView<Eigen::Lower>().eigenvalues();
}

/// log(1 + e^u) - p u = log(2 cosh(u/2)) + (1/2 - p) u, which is finite as long as it can.
std::string LogisticFit::potential(double omega0) const {
  const double N = records.yes.sum() + records.no.sum();
  std::string text = fmt::format("({:.17g}) - {:.17g}*{}", -loss, 0.5 * omega0 * omega0, square(static_cast<int>(minimum.size())));
  for (Eigen::Index i = 0; i < records.predictors.rows(); ++i) {
    const Eigen::RowVectorXd x = records.predictors.row(i);
    const double n = records.yes(i) + records.no(i);
    const std::string half = affine(0.5 * x.dot(minimum), 0.5 * x * W);
    text += fmt::format(" + {:.17g}*log(2*cosh{})", n / N, half);
    if (records.no(i) != records.yes(i)) text += fmt::format(" + ({:.17g})*{}", (records.no(i) - records.yes(i)) / N, half);
  }
  for (Eigen::Index i = 0; ridge > 0 && i < minimum.size(); ++i)
    text += fmt::format(" + {:.17g}*{}^2", 0.5 * ridge, affine(minimum(i), W.row(i)));
  return text;
}

std::optional<LogisticFit> fit_logistic(const Records& records, double ridge, double omega0) {
  LogisticFit fit{records, ridge, minimise(records, ridge), 0, {}, {}, {}, {}};
  const Expansion f = expansion(records, ridge, fit.minimum);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> axes(f.hessian);
  // responses that are separated send b to infinity, where f is flat
  if (!(axes.eigenvalues()(0) > 1e-9 * axes.eigenvalues().maxCoeff()) ||
      !(f.gradient.norm() <= 1e-9 * axes.eigenvalues()(0) * (1 + fit.minimum.norm())))
    return {};
  fit.loss = f.value, fit.hessian = f.hessian;
  fit.W = omega0 * axes.operatorInverseSqrt();
  add_noise(fit);
  return fit;
}

std::string tapered(const std::string& potential, int dimension, double R) {
  return fmt::format("({})*exp(-({}/{:.17g})^2)", potential, square(dimension), R * R);
}

}  // namespace hypofp
