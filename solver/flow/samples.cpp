#include "solver/flow/samples.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace hypofp {
namespace {

constexpr int N = Samples::intervals;

/// Value at t of the polynomial through f at Chebyshev-Lobatto points (second barycentric form).
double interpolate(const std::vector<double>& times, const std::vector<double>& f, double t) {
  double above = 0, below = 0;
  for (int j = 0; j <= N; ++j) {
    if (t == times[j]) return f[j];
    const double w = (j % 2 ? -1 : 1) * (j == 0 || j == N ? 0.5 : 1.0) / (t - times[j]);
    above += w * f[j];
    below += w;
  }
  return above / below;
}

/// The largest of the last three Chebyshev coefficients.
double tail(const std::vector<double>& f) {
  double largest = 0;
  for (int k = N - 2; k <= N; ++k) {
    double sum = 0;
    for (int j = 0; j <= N; ++j) sum += (j == 0 || j == N ? 0.5 : 1.0) * f[j] * std::cos(std::numbers::pi * j * k / N);
    largest = std::max(largest, std::abs(2 * sum / N));
  }
  return largest;
}

double largest_of(const std::vector<double>& f) {
  double largest = 0;
  for (double v : f) largest = std::max(largest, std::abs(v));
  return largest;
}

}  // namespace

std::vector<double> Samples::times(double span) {
  std::vector<double> t(N + 1);
  for (int j = 0; j <= N; ++j) t[j] = 0.5 * span * (1 - std::cos(std::numbers::pi * j / N));
  t[N] = span;
  return t;
}

Samples::Samples(double span, std::vector<Observation> values) : span_(span), times_(times(span)), values_(std::move(values)) {
  rate_ = -2 * std::log(values_.back().h_norm / values_.front().h_norm) / span_;
}

/// The column's values, mean decay taken out; squares are smooth where a norm or a share need not be.
std::vector<double> Samples::decayed(const Column& column) const {
  std::vector<double> f(N + 1);
  for (int j = 0; j <= N; ++j) {
    const Observation& o = values_[j];
    const double value = o.*column.value;
    const double smooth = column.between == Between::its_square            ? value * value
                          : column.between == Between::its_product_with_h2 ? value * o.h_norm * o.h_norm
                                                                           : value;
    f[j] = smooth * std::exp(rate_ * times_[j]);
  }
  return f;
}

double Samples::error() const {
  double worst = std::isfinite(rate_) ? 0 : 1, x = 0, v = 0, cross = 0;
  for (const Column& column : columns) {
    // the ledger's ride along: rows are the same with and without them
    if (column.shown == Shown::ledger || (column.between != Between::itself && column.between != Between::its_square)) continue;
    const std::vector<double> f = decayed(column);
    if (column.value == &Observation::cross) {  // may vanish: against the gradients it is a product of
      cross = tail(f);
      continue;
    }
    if (column.value == &Observation::grad_x) x = largest_of(f);
    if (column.value == &Observation::grad_v) v = largest_of(f);
    worst = std::max(worst, tail(f) / largest_of(f));
  }
  return std::max(worst, cross / std::sqrt(x * v));
}

Observation Samples::at(double t) const {
  const auto after =
      std::min<std::ptrdiff_t>(std::max<std::ptrdiff_t>(1, std::upper_bound(times_.begin(), times_.end(), t) - times_.begin()), N);
  const double share = (t - times_[after - 1]) / (times_[after] - times_[after - 1]);
  const auto smooth = [&](const Column& column) { return interpolate(times_, decayed(column), t) * std::exp(-rate_ * t); };
  Observation o{};
  double h2 = 0;
  for (const Column& column : columns) {
    double& value = o.*column.value;
    if (std::isnan(values_.front().*column.value)) {
      value = Observation::none;
      continue;
    }
    switch (column.between) {
      case Between::derived:
        break;
      case Between::linear: {
        const double before = values_[after - 1].*column.value;
        value = before + share * (values_[after].*column.value - before);
        break;
      }
      case Between::itself:
        value = smooth(column);
        break;
      case Between::settling: {
        std::vector<double> f(N + 1);
        for (int j = 0; j <= N; ++j) f[j] = values_[j].*column.value;
        if (!std::isnan(f[0])) value = interpolate(times_, f, t);
        break;
      }
      case Between::its_square:
        h2 = smooth(column);
        value = std::sqrt(h2);
        break;
      case Between::its_product_with_h2:
        value = std::max(0.0, smooth(column)) / h2;
        break;  // columns: the norm stands before
    }
  }
  return o;
}

}  // namespace hypofp
