#include "solver/ensembles/compare.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>

namespace hypofp {

std::optional<double> fitted_contraction(std::vector<Eigen::MatrixXd> series, int steps, bool centred) {
  const auto n = series.front().rows();
  const auto last = series.size() - 1;
  if ((static_cast<Eigen::Index>(last) - centred) * series.front().cols() < n) return {};  // fewer equations than unknowns
  Eigen::MatrixXd now = Eigen::MatrixXd::Zero(n, series.front().cols()), next = now, S = Eigen::MatrixXd::Zero(n, n), squares = S;
  for (std::size_t k = 0; k < last && centred; ++k) now += series[k] / last, next += series[k + 1] / last;
  for (std::size_t k = 0; k < last; ++k) {
    const Eigen::MatrixXd from = series[k] - now;
    squares += from * from.transpose();
    S += (series[k + 1] - next) * from.transpose();
  }
  const Eigen::MatrixXd step = squares.completeOrthogonalDecomposition().solve(S.transpose()).transpose();
  if (!step.allFinite()) return {};
  return std::pow(step.eigenvalues().cwiseAbs().maxCoeff(), 1.0 / steps);
}

std::optional<double> mean_contraction(const std::vector<MomentRow>& rows, int steps, bool centred) {
  if (most_ran_off(rows) > 0) return {};
  std::vector<Eigen::MatrixXd> series;
  for (const MomentRow& row : rows) series.push_back(row.law.mean.reshaped(row.law.mean.size() / 2, 2).transpose());
  return fitted_contraction(series, steps, centred);
}

std::optional<double> second_moment_contraction(const std::vector<MomentRow>& coupled, int steps) {
  const auto d = coupled.front().law.mean.size() / 2;
  std::vector<Eigen::MatrixXd> series;
  for (const MomentRow& row : coupled) {
    const Eigen::MatrixXd second = row.law.covariance + row.law.mean * row.law.mean.transpose();
    const double error = row.error.covariance.diagonal().head(d).sum(), square = second.topLeftCorner(d, d).trace();
    if (!(error < 0.02 * square)) break;
    series.push_back(Eigen::Vector3d(square, second.topRightCorner(d, d).trace(), second.bottomRightCorner(d, d).trace()));
  }
  series.erase(series.begin(), series.begin() + static_cast<std::ptrdiff_t>(series.size() / 2));
  if (series.size() < 4) return {};
  return fitted_contraction(series, steps, false);
}

double deviation(const std::vector<MomentRow>& a, const std::vector<MomentRow>& b) {
  double largest = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    largest = std::max(largest, ((a[k].law.mean - b[k].law.mean).array().abs() / a[k].error.mean.array()).maxCoeff());
    largest = std::max(largest, ((a[k].law.covariance - b[k].law.covariance).array().abs() / a[k].error.covariance.array()).maxCoeff());
  }
  return largest;
}

double deviation_in_sd(const std::vector<MomentRow>& a, const std::vector<MomentRow>& b) {
  double largest = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    const Eigen::VectorXd sd = b[k].law.covariance.diagonal().cwiseSqrt();
    largest = std::max(largest, ((a[k].law.mean - b[k].law.mean).array().abs() / sd.array()).maxCoeff());
    largest = std::max(largest, ((a[k].law.covariance - b[k].law.covariance).array().abs() / (sd * sd.transpose()).array()).maxCoeff());
  }
  return largest;
}

double most_ran_off(const std::vector<MomentRow>& rows) {
  return std::max_element(rows.begin(), rows.end(), [](const MomentRow& a, const MomentRow& b) { return a.ran_off < b.ran_off; })->ran_off;
}

double most_beyond(const std::vector<MomentRow>& rows) {
  return std::max_element(rows.begin(), rows.end(), [](const MomentRow& a, const MomentRow& b) { return a.beyond < b.beyond; })->beyond;
}

}  // namespace hypofp
