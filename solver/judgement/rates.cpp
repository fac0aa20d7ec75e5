#include "solver/judgement/rates.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <optional>

namespace hypofp {
namespace {

using Complex = std::complex<double>;

struct Fit {
  double rate;       // of y: y ~ e^{-rate t}
  double frequency;  // of y, 0 where the slowest modes do not oscillate
};

/// Exponentials in y[0..n), spacing dt. y is first freed of its mean decay, so that late samples count as much as early ones.
std::optional<Fit> matrix_pencil(const double* t, const double* y, int n, double dt) {
  if (n < 12) return {};
  const double mean = straight_line(t, y, n);
  const int stride = std::max(1, n / 160), m = (n - 1) / stride + 1, L = m / 2;
  Eigen::VectorXd flat(m);
  for (int i = 0; i < m; ++i) flat(i) = y[i * stride] / y[0] * std::exp(mean * (t[i * stride] - t[0]));
  Eigen::MatrixXd hankel(m - L, L + 1);
  for (int i = 0; i < m - L; ++i)
    for (int j = 0; j <= L; ++j) hankel(i, j) = flat(i + j);
  // a pivoted QR leaves the few rows that hold the series; their SVD is small (and Eigen 3.4's BDCSVD can crash on the whole)
  const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(hankel);
  const int kept = std::min<int>(32, hankel.rows());
  Eigen::MatrixXd few = qr.matrixR().topRows(kept).template triangularView<Eigen::Upper>();
  few = few * qr.colsPermutation().transpose();
  const Eigen::JacobiSVD<Eigen::MatrixXd, Eigen::HouseholderQRPreconditioner> svd(few, Eigen::ComputeThinU | Eigen::ComputeThinV);
  const auto& sigma = svd.singularValues();
  int order = 0;
  const int most = std::min<int>({16, static_cast<int>(sigma.size()) - 1, m / 3});  // fewer than the data can tell apart
  while (order < most && sigma(order) > 3e-12 * sigma(0)) ++order;
  const Eigen::MatrixXd V = svd.matrixV().leftCols(order);
  const Eigen::MatrixXd shift = V.topRows(L).colPivHouseholderQr().solve(V.bottomRows(L));
  const Eigen::VectorXcd z = shift.eigenvalues();
  Eigen::MatrixXcd powers(m, order);
  for (int k = 0; k < order; ++k)
    for (int i = 0; i < m; ++i) powers(i, k) = std::pow(z(k), i);
  const Eigen::VectorXcd amplitude = powers.colPivHouseholderQr().solve(flat.cast<Complex>());
  if ((powers * amplitude - flat.cast<Complex>()).norm() > 1e-3 * flat.norm()) return {};
  // the slowest of the modes that matter at the window's end
  Eigen::VectorXd share(order);
  for (int k = 0; k < order; ++k) share(k) = std::abs(amplitude(k)) * std::pow(std::abs(z(k)), m - 1);
  std::optional<Fit> slowest;
  double longest = 0;
  for (int k = 0; k < order; ++k) {
    if (share(k) < 0.05 * share.maxCoeff()) continue;
    const double rate = mean - std::log(std::abs(z(k))) / (stride * dt);
    if (!slowest || rate < slowest->rate) slowest = Fit{rate, 0};
    longest = std::max(longest, std::abs(std::arg(z(k))) / (stride * dt));
  }
  if (!slowest || !std::isfinite(slowest->rate)) return {};
  // a pair that turns less than once in the window is a defective or clustered mode, not an oscillation
  slowest->frequency = longest * (n - 1) * dt > 2 * std::numbers::pi ? longest : 0;
  return slowest;
}

/// Rows from `first` that span whole periods of y (half-periods of h), at least one; all of them where y does not oscillate.
int whole_periods(double frequency, double dt, int rows) {
  if (frequency <= 0) return rows;
  const double period = 2 * std::numbers::pi / frequency, spans = std::floor((rows - 1) * dt / period);
  return spans < 1 ? rows : std::min(rows, static_cast<int>(std::lround(spans * period / dt)) + 1);
}

}  // namespace

double straight_line(const double* t, const double* y, int n) {
  double st = 0, sl = 0, stt = 0, stl = 0;
  for (int i = 0; i < n; ++i) {
    const double l = std::log(y[i]);
    st += t[i], sl += l, stt += t[i] * t[i], stl += t[i] * l;
  }
  return -(n * stl - st * sl) / (n * stt - st * st);
}

double linear_mode_error(const GaussianAxis& axis, double omega0_over_gamma) {
  std::vector<double> square(axis.n);
  double variance = -1, residual = 0;
  for (int i = 0; i < axis.n; ++i) {
    square[i] = axis.z[i] * axis.z[i] * axis.s[i];
    variance += axis.s[i] * square[i];
  }
  const std::vector<double> K = axis.K * square;
  for (int i = 0; i < axis.n; ++i) residual += std::pow(0.5 * K[i] - axis.s[i] + square[i], 2);
  return std::abs(variance) + residual * std::max(1.0, omega0_over_gamma);
}

MeasuredRate measure_rate(const std::vector<double>& t, const std::vector<double>& y) {
  MeasuredRate result;
  result.method = "none: fewer than 8 rows between the transient and rounding";
  const double largest = y.empty() ? 0 : *std::max_element(y.begin(), y.end());
  int last = 0;  // rows before rounding, and before an irregular last interval
  const double dt = t.size() > 1 ? t[1] - t[0] : 0;
  while (last < static_cast<int>(y.size()) && std::isfinite(y[last]) && y[last] > 1e-26 * largest && y[last] > 1e-290 &&
         (last == 0 || std::abs(t[last] - t[last - 1] - dt) < 1e-6 * dt))
    ++last;
  if (last < 8) return result;

  struct Candidate {
    int first, rows;
    Fit fit;
  };
  std::vector<Candidate> candidates;
  for (int step = 0; step < 14; ++step) {
    const int first = last * step / 20;
    if (!candidates.empty() && candidates.back().first == first) continue;
    auto fit = matrix_pencil(&t[first], &y[first], last - first, dt);
    if (!fit) continue;
    const int rows = whole_periods(fit->frequency, dt, last - first);
    if (rows < last - first)
      if (const auto again = matrix_pencil(&t[first], &y[first], rows, dt)) fit = again;
    candidates.push_back({first, rows, *fit});
  }
  if (candidates.size() < 3) {
    const int first = last / 3;
    result.rate = 0.5 * straight_line(&t[first], &y[first], last - first);
    const int half = (last - first) / 2;  // the two halves tell how straight it is
    result.uncertainty =
        0.5 * std::abs(straight_line(&t[first], &y[first], half) - straight_line(&t[first + half], &y[first + half], last - first - half));
    result.begin = t[first], result.end = t[last - 1], result.method = "straight line";
    return result;
  }
  // the window whose neighbours, two on each side, agree best with it
  std::size_t best = 0;
  double spread = 1e300;
  for (std::size_t k = 0; k < candidates.size(); ++k) {
    double s = 0;
    for (std::size_t j = k < 2 ? 0 : k - 2; j < std::min(candidates.size(), k + 3); ++j)
      s = std::max(s, std::abs(candidates[j].fit.rate - candidates[k].fit.rate));
    if (s < 0.9 * spread) spread = s, best = k;
  }
  const Candidate& c = candidates[best];
  result.rate = 0.5 * c.fit.rate;
  // neighbours share their end: what the first four fifths say tells what a later end would. The factor: tests/benchmarks/README.md
  if (const auto shorter = matrix_pencil(&t[c.first], &y[c.first], c.rows * 4 / 5, dt))
    spread = std::max(spread, std::abs(shorter->rate - c.fit.rate));
  result.uncertainty = std::max(3 * 0.5 * spread, 1e-15 * std::abs(result.rate));
  // over less than two or three e-folds of y the modes are hardly apart: what a straight line makes of it counts as doubt
  if (y[c.first + c.rows - 1] > std::exp(-2.5) * y[c.first])
    result.uncertainty = std::max(result.uncertainty, std::abs(0.5 * straight_line(&t[c.first], &y[c.first], c.rows) - result.rate));
  result.begin = t[c.first], result.end = t[c.first + c.rows - 1];
  result.half_period = c.fit.frequency > 0 ? 2 * std::numbers::pi / c.fit.frequency : 0;
  result.method = "matrix pencil";
  return result;
}

}  // namespace hypofp
