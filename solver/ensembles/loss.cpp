#include "solver/ensembles/loss.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <cmath>

namespace hypofp {
namespace {

Eigen::MatrixXd hessian_at(double curvature, const Epsilon* epsilon, const Eigen::VectorXd& theta) {
  const int d = static_cast<int>(theta.size());
  Eigen::MatrixXd H = curvature * Eigen::MatrixXd::Identity(d, d);
  for (int i = 0; epsilon && i < d; ++i)
    for (int j = 0; j < d; ++j) {
      double slope = 0;
      epsilon->jacobian(i, j, theta.data(), 1, &slope);
      H(i, j) += slope;
    }
  return H;
}

Eigen::VectorXd gradient_at(double curvature, const Epsilon* epsilon, const Eigen::VectorXd& theta) {
  Eigen::VectorXd g = curvature * theta;
  for (int i = 0; epsilon && i < g.size(); ++i) {
    double eps = 0;
    epsilon->values(i, theta.data(), 1, &eps);
    g(i) += eps;
  }
  return g;
}

/// A lattice over |theta_i| <= reach: its point of this number, or nothing beyond the last.
std::optional<Eigen::VectorXd> lattice_point(int d, double reach, int number) {
  const int n = d == 1 ? 401 : d == 2 ? 61 : 21;  // an axis
  Eigen::VectorXd theta(d);
  for (int i = 0; i < d; ++i, number /= n) theta(i) = reach * (2.0 * (number % n) / (n - 1) - 1);
  if (number > 0) return {};
  return theta;
}

}  // namespace

Eigen::MatrixXd points_of(const Block& z, int d) { return z.leftCols(d).matrix().transpose(); }

Loss::Loss(const Model& model, const Epsilon* epsilon, std::optional<Expression> potential, double reach)
    : d_(model.dimension),
      curvature_(model.omega0 * model.omega0),
      epsilon_(epsilon),
      potential_(std::move(potential)),
      steepest_(curvature_) {
  const Eigen::VectorXd origin = Eigen::VectorXd::Zero(d_);
  if (!epsilon || epsilon->linear()) {
    const Eigen::MatrixXd H = hessian_at(curvature_, epsilon, origin);
    const Eigen::FullPivLU<Eigen::MatrixXd> lu(H);
    if (lu.isInvertible()) {
      quadratic_ = {H, lu.solve(-gradient_at(curvature_, epsilon, origin))};
      steepest_ = H.selfadjointView<Eigen::Lower>().eigenvalues().maxCoeff();
    }
    symmetric_ = lu.isInvertible() && (H - H.transpose()).cwiseAbs().maxCoeff() <= 1e-14 * curvature_;
  } else if (potential_) {
    const Eigen::VectorXd at = lowest(reach);
    minimum_ = value(at);
    steepest_ = hessian_at(curvature_, epsilon, at).selfadjointView<Eigen::Lower>().eigenvalues().maxCoeff();
  }
}

void Loss::perturbation(const Block& z, Block& out) const {
  const Eigen::MatrixXd points = points_of(z, d_);
  for (int i = 0; i < d_; ++i) epsilon_->values(i, points.data(), block_paths, out.col(i).data());
}

void Loss::gradient(const Block& z, Block& out) const {
  if (epsilon_)
    perturbation(z, out);
  else
    out.setZero(block_paths, d_);
  out += curvature_ * z.leftCols(d_);
}

double Loss::value(const Eigen::VectorXd& theta) const {
  double V = 0;
  potential_->evaluate(theta.data(), 1, &V);
  return 0.5 * curvature_ * theta.squaredNorm() + V;
}

/// The best point of a lattice, and from there Newton's method, damped.
Eigen::VectorXd Loss::lowest(double reach) const {
  Eigen::VectorXd best = Eigen::VectorXd::Zero(d_);
  for (int number = 0; const auto theta = lattice_point(d_, reach, number); ++number)
    if (value(*theta) < value(best)) best = *theta;
  for (int i = 0; i < 50; ++i) {
    Eigen::VectorXd step = -hessian_at(curvature_, epsilon_, best).ldlt().solve(gradient_at(curvature_, epsilon_, best));
    while (step.norm() > 1e-12 * reach && !(value(best + step) < value(best))) step /= 2;
    if (!(value(best + step) < value(best))) break;
    best += step;
  }
  return best;
}

void Loss::excess(const double* theta, std::size_t n, double* out) const {
  const Eigen::Map<const Eigen::MatrixXd> points(theta, d_, static_cast<Eigen::Index>(n));
  Eigen::Map<Eigen::RowVectorXd> f(out, static_cast<Eigen::Index>(n));
  if (quadratic_) {
    const Eigen::MatrixXd from_minimum = points.colwise() - quadratic_->minimum;
    f = 0.5 * from_minimum.cwiseProduct(quadratic_->hessian * from_minimum).colwise().sum();
  } else {
    potential_->evaluate(theta, n, out);
    f += 0.5 * curvature_ * points.colwise().squaredNorm();
    f.array() -= minimum_;
  }
}

}  // namespace hypofp
