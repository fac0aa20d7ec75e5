#include "solver/theta_loss.hpp"

#include <algorithm>

#include "operators/marginals.hpp"
#include "solver/ensemble_summary.hpp"

namespace hypofp {
namespace {

/// d = 1: f is the integral of omega0^2 theta + eps, by Simpson's rule; its minimum over the points between, too.
std::vector<double> integrated(const Problem& p, const std::vector<double>& theta) {
  constexpr int parts = 32;  // of a cell, even
  const double curvature = p.input.model.omega0 * p.input.model.omega0, step = (theta[1] - theta[0]) / parts;
  std::vector<double> points((theta.size() - 1) * parts + 1), slope(points.size());
  for (std::size_t k = 0; k < points.size(); ++k) points[k] = theta[0] + static_cast<double>(k) * step;
  p.epsilon->values(0, points.data(), points.size(), slope.data());
  for (std::size_t k = 0; k < points.size(); ++k) slope[k] += curvature * points[k];
  std::vector<double> f{0};
  double lowest = 0, value = 0;
  for (std::size_t k = 0; k + 2 < points.size(); k += 2) {
    value += step / 3 * (slope[k] + 4 * slope[k + 1] + slope[k + 2]);
    lowest = std::min(lowest, value);
    if ((k + 2) % parts == 0) f.push_back(value);
  }
  for (double& v : f) v -= lowest;
  return f;
}

}  // namespace

std::vector<double> excess_loss_on_theta_space(const Problem& p) {
  const std::vector<double> axis = MarginalAxes(p.input.model, p.input.grid).theta;
  const std::size_t d = p.input.model.dimension;
  const Loss loss = loss_of(p);
  if (!loss.has_value()) return d == 1 ? integrated(p, axis) : std::vector<double>{};
  std::size_t n = 1;
  for (std::size_t i = 0; i < d; ++i) n *= axis.size();
  std::vector<double> theta(n * d), f(n);
  for (std::size_t point = 0; point < n; ++point)
    for (std::size_t i = d, rest = point; i-- > 0; rest /= axis.size()) theta[point * d + i] = axis[rest % axis.size()];
  loss.excess(theta.data(), n, f.data());
  return f;
}

}  // namespace hypofp
