#include "solver/flow/ellipse.hpp"

#include <algorithm>
#include <cmath>

namespace hypofp {
namespace {

/// The smallest imaginary semi-axis with which the ellipse holds every support line; negative where none does.
double imaginary_axis(double center, double real_axis, const NumericalRange& range) {
  double square = 0;
  for (int k = 0; k < NumericalRange::directions; ++k) {
    const double c = std::cos(NumericalRange::angle(k)), s = std::sin(NumericalRange::angle(k));
    const double reach = range.reach[k] - center * c;  // needs sqrt(a^2 c^2 + b^2 s^2) >= reach
    if (reach <= std::abs(real_axis * c)) continue;
    if (s < 1e-9) return -1;
    square = std::max(square, (reach * reach - real_axis * real_axis * c * c) / (s * s));
  }
  return std::sqrt(square);
}

}  // namespace

double expected_terms(const Ellipse& e, double tau, double tolerance) {
  const double rho = e.capacity(), d = e.shape(), target = std::log(tolerance);
  // the best R for k terms solves tau rho (R - d/R) = k; walk R until the bound falls below the tolerance
  const auto terms = [&](double R) { return tau * rho * (R - d / R); };
  const auto log_bound = [&](double R) { return tau * (e.center + rho * (R + d / R)) - terms(R) * std::log(R); };
  double low = 1, high = 2;
  while (log_bound(high) > target && high < 1e9) high *= 2;
  for (int i = 0; i < 60; ++i) {
    const double mid = 0.5 * (low + high);
    (log_bound(mid) > target ? low : high) = mid;
  }
  return terms(high) + 2;
}

EllipseChoice choose_ellipse(const NumericalRange& estimate, double tolerance, double longest) {
  NumericalRange range = estimate;
  const double length = std::max(-estimate.leftmost(), 1e-12);
  for (int k = 1; k < NumericalRange::directions; ++k) range.reach[k] += 0.03 * std::abs(estimate.reach[k]);
  const double growth = std::clamp(std::log(tolerance / 1e-14), 1.0, 10.0);
  EllipseChoice best{{}, 0};
  double cheapest = 1e300;
  for (double right : {0.0, 0.005, 0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.3})
    for (double left : {1.03, 1.06, 1.1, 1.15, 1.2, 1.3, 1.4}) {
      const double hi = range.abscissa() + right * length, lo = -left * length;
      Ellipse e{0.5 * (hi + lo), 0.5 * (hi - lo), 0};
      e.imag_axis = imaginary_axis(e.center, e.real_axis, range);
      if (e.imag_axis <= 0) continue;
      const double most = std::min(longest, hi > 0 ? growth / hi : longest);
      for (double fraction : {1.0, 0.7, 0.5, 0.35, 0.25}) {
        const double tau = fraction * most;
        const double terms = expected_terms(e, tau, tolerance);
        const double shorter = std::min(1.0, 20000 / terms);  // more terms gain nothing
        if (terms / tau < cheapest) cheapest = terms / tau, best = {e, tau * shorter};
      }
    }
  return best;
}

std::size_t best_outputs(const EllipseChoice& choice, double tolerance, double spacing, std::size_t most) {
  std::size_t best = 1;
  double cheapest = 1e300;
  for (std::size_t m = 1; m <= most && m * spacing <= choice.tau * (1 + 1e-9); ++m) {
    const double cost = expected_terms(choice.ellipse, m * spacing, tolerance) / static_cast<double>(m) * (1 + static_cast<double>(m) / 20);
    if (cost < cheapest) cheapest = cost, best = m;
  }
  return best;
}

}  // namespace hypofp
