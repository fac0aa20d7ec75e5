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
  for (Observation& o : values_) {  // squares are smooth where a norm or a share need not be
    o.edge *= o.h_norm * o.h_norm;
    o.h_norm *= o.h_norm;
  }
}

std::vector<double> Samples::decayed(double Observation::*quantity) const {
  std::vector<double> f(N + 1);
  for (int j = 0; j <= N; ++j) f[j] = values_[j].*quantity * std::exp(rate_ * times_[j]);
  return f;
}

double Samples::error() const {
  double worst = std::isfinite(rate_) ? 0 : 1;
  const auto x = decayed(&Observation::grad_x), v = decayed(&Observation::grad_v);
  for (const auto* f : {&x, &v}) worst = std::max(worst, tail(*f) / largest_of(*f));
  const auto h = decayed(&Observation::h_norm);
  worst = std::max(worst, tail(h) / largest_of(h));
  return std::max(worst, tail(decayed(&Observation::cross)) / std::sqrt(largest_of(x) * largest_of(v)));
}

Observation Samples::at(double t) const {
  const auto value = [&](double Observation::*quantity) { return interpolate(times_, decayed(quantity), t) * std::exp(-rate_ * t); };
  const auto after = std::min<std::ptrdiff_t>(std::max<std::ptrdiff_t>(1, std::upper_bound(times_.begin(), times_.end(), t) - times_.begin()), N);
  const double share = (t - times_[after - 1]) / (times_[after] - times_[after - 1]);
  const double h = value(&Observation::h_norm);
  Observation o{};
  o.mass = values_[after - 1].mass + share * (values_[after].mass - values_[after - 1].mass);
  o.h_norm = std::sqrt(h);
  o.grad_x = value(&Observation::grad_x);
  o.grad_v = value(&Observation::grad_v);
  o.cross = value(&Observation::cross);
  o.g_min = values_[after - 1].g_min + share * (values_[after].g_min - values_[after - 1].g_min);
  o.edge = std::max(0.0, value(&Observation::edge)) / h;
  return o;
}

}  // namespace hypofp
