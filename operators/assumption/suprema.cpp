#include "operators/assumption/suprema.hpp"

#include <algorithm>
#include <cmath>

namespace hypofp {
namespace {

struct Climber {
  int k;
  double value, step;
  std::array<double, 3> theta;
};

/// One climber a function, from the best of the points.
void place(const Field& f, const std::vector<double>& theta, std::vector<Climber>& climbers) {
  const std::size_t n = theta.size() / f.d;
  std::vector<double> q(n * f.count);
  f.evaluate(theta, q);
  for (int k = 0; k < f.count; ++k) {
    Climber best{k, NAN, 2 * f.reach / std::pow(n, 1.0 / f.d), {}};
    for (std::size_t p = 0; p < n; ++p) {
      const double value = q[p * f.count + k];
      if (!std::isfinite(value) || value <= best.value) continue;
      best.value = value;
      std::copy_n(&theta[p * f.d], f.d, best.theta.begin());
    }
    climbers.push_back(best);
  }
}

/// `trials` points about each climber, every other one along an axis: a ridge leaves no room beside it.
std::vector<double> surroundings(const Field& f, const std::vector<Climber*>& climbers, std::size_t trials,
                                 Sequence& sequence) {
  std::vector<double> theta = sequence.take(climbers.size() * trials, 1);
  for (std::size_t p = 0; p < climbers.size() * trials; ++p) {
    const Climber& c = *climbers[p / trials];
    const int axis = static_cast<int>(p / 2 % f.d);
    for (int i = 0; i < f.d; ++i) {
      double& t = theta[p * f.d + i];
      t = p % 2 == 1 && i != axis ? c.theta[i] : std::clamp(c.theta[i] + c.step * t, -f.reach, f.reach);
    }
  }
  return theta;
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

std::vector<double> climb(const Field& f, const std::vector<std::vector<double>>& batches, Sequence& sequence) {
  const std::size_t trials = f.d == 1 ? 8 : f.d == 2 ? 16 : 32;
  std::vector<Climber> climbers;
  for (const auto& batch : batches) place(f, batch, climbers);
  for (int round = 0; round < 100; ++round) {
    std::vector<Climber*> active;
    for (Climber& c : climbers)
      if (c.value > 0 && c.step > 1e-7 * f.reach) active.push_back(&c);
    const std::vector<double> theta = surroundings(f, active, trials, sequence);
    std::vector<double> q(active.size() * trials * f.count);
    f.evaluate(theta, q);
    for (std::size_t a = 0; a < active.size(); ++a) {
      Climber& c = *active[a];
      const double before = c.value;
      for (std::size_t p = a * trials; p < (a + 1) * trials; ++p) {
        const double value = q[p * f.count + c.k];
        if (!std::isfinite(value) || value <= c.value) continue;
        c.value = value;
        std::copy_n(&theta[p * f.d], f.d, c.theta.begin());
      }
      c.step *= c.value > before * (1 + 1e-4) ? 1.5 : 0.5;
    }
  }
  std::vector<double> values(f.count, NAN);
  for (const Climber& c : climbers)
    if (!(c.value <= values[c.k])) values[c.k] = c.value;
  return values;
}

}  // namespace hypofp
