#include "operators/assumption/suprema.hpp"

#include <algorithm>
#include <cmath>

namespace hypofp {
namespace {

struct Climber {
  int k;
  Peak at;
  double step;

  /// True where that is higher.
  bool move(double value, const double* theta) {
    if (!std::isfinite(value) || value <= at.value) return false;
    at.value = value;
    std::copy_n(theta, at.theta.size(), at.theta.begin());
    return true;
  }
};

/// One climber a function, on the best of the points.
void place(const Field& f, const std::vector<double>& theta, std::vector<Climber>& climbers) {
  const std::size_t n = theta.size() / f.d;
  std::vector<double> q(n * f.count);
  f.evaluate(theta, q);
  for (int k = 0; k < f.count; ++k) {
    Climber best{k, {NAN, std::vector<double>(f.d)}, 2 * f.reach / std::pow(n, 1.0 / f.d)};
    for (std::size_t p = 0; p < n; ++p) best.move(q[p * f.count + k], &theta[p * f.d]);
    climbers.push_back(best);
  }
}

/// `trials` points about each climber, every other one along an axis: a ridge leaves no room beside it.
std::vector<double> surroundings(const Field& f, const std::vector<Climber*>& climbers, std::size_t trials, Sequence& sequence) {
  std::vector<double> theta = sequence.take(climbers.size() * trials, 1);
  for (std::size_t p = 0; p < climbers.size() * trials; ++p) {
    const Climber& c = *climbers[p / trials];
    const int axis = static_cast<int>(p / 2 % f.d);
    for (int i = 0; i < f.d; ++i) {
      double& t = theta[p * f.d + i];
      t = p % 2 == 1 && i != axis ? c.at.theta[i] : std::clamp(c.at.theta[i] + c.step * t, -f.reach, f.reach);
    }
  }
  return theta;
}

/// Each climber to the highest of its trials; its step wider after a gain, else half, and none where all is flat.
void advance(const Field& f, const std::vector<Climber*>& climbers, Sequence& sequence) {
  const std::size_t trials = f.d == 1 ? 8 : f.d == 2 ? 16 : 32;
  const std::vector<double> theta = surroundings(f, climbers, trials, sequence);
  std::vector<double> q(climbers.size() * trials * f.count);
  f.evaluate(theta, q);
  for (std::size_t a = 0; a < climbers.size(); ++a) {
    Climber& c = *climbers[a];
    const double before = c.at.value;
    double lowest = before;
    for (std::size_t p = a * trials; p < (a + 1) * trials; ++p) {
      const double value = q[p * f.count + c.k];
      c.move(value, &theta[p * f.d]);
      lowest = std::fmin(lowest, value);
    }
    c.step *= c.at.value > before * (1 + 1e-4) ? 1.5 : lowest > c.at.value * (1 - 1e-5) ? 0 : 0.5;
  }
}

}  // namespace

Sequence::Sequence(int d) : d_(d), at_{0.5, 0.5, 0.5} {
  const double phi = std::array{1.6180339887498949, 1.3247179572447460, 1.2207440846057596}[d - 1];
  for (int j = 0; j < d; ++j) alpha_[j] = std::pow(phi, -(j + 1));
}

std::vector<double> Sequence::take(std::size_t n, double reach) {
  std::vector<double> points(n * d_);
  for (std::size_t p = 0; p < n; ++p)
    for (int j = 0; j < d_; ++j) {
      at_[j] += alpha_[j];
      if (at_[j] >= 1) at_[j] -= 1;
      points[p * d_ + j] = reach * (2 * at_[j] - 1);
    }
  return points;
}

std::vector<Peak> climb(const Field& f, const std::vector<std::vector<double>>& batches, Sequence& sequence) {
  std::vector<Climber> climbers;
  for (const auto& batch : batches) place(f, batch, climbers);
  std::vector<Peak> peaks(f.count, {NAN, {}});
  for (int round = 0; round < 100; ++round) {
    for (const Climber& c : climbers)
      if (!(c.at.value <= peaks[c.k].value)) peaks[c.k] = c.at;
    const double hopeless = 1 - std::pow(0.5, round / 10);  // of the highest: 0, then a half, then three quarters, ...
    std::vector<Climber*> active;
    for (Climber& c : climbers)
      if (c.at.value > hopeless * peaks[c.k].value && c.step > 1e-11 * f.reach) active.push_back(&c);
    if (active.empty()) break;
    advance(f, active, sequence);
  }
  return peaks;
}

std::vector<double> cloud(const std::vector<double>& center, std::size_t n, double reach, Sequence& sequence) {
  const std::size_t d = center.size();
  std::vector<double> theta = sequence.take(n, 1);
  for (std::size_t p = 0; p < n; ++p) {
    const double radius = p == 0 ? 0 : reach * std::pow(10.0, -10.0 * p / n);
    for (std::size_t i = 0; i < d; ++i) theta[p * d + i] = std::clamp(center[i] + radius * theta[p * d + i], -reach, reach);
  }
  return theta;
}

}  // namespace hypofp
