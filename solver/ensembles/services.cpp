#include "solver/ensembles/services.hpp"

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>

namespace hypofp {
namespace {

/// P(time <= t).
double distribution(const Service& s, double t) {
  if (t <= 0) return 0;
  return s.law == ServiceLaw::exponential ? -std::expm1(-t) : 0.5 * std::erfc(-(std::log(t) / s.sigma + 0.5 * s.sigma) / std::sqrt(2.0));
}

}  // namespace

PerPath service_times(const Service& s, const std::array<std::uint32_t, block_pairs>& first,
                      const std::array<std::uint32_t, block_pairs>& second) {
  if (s.law == ServiceLaw::deterministic) return PerPath::Ones();
  if (s.law == ServiceLaw::lognormal) return (s.sigma * normals(first, second) - 0.5 * s.sigma * s.sigma).exp();
  PerPath u;
  for (int p = 0; p < block_pairs; ++p) u(p) = uniform(first[p]), u(p + block_pairs) = uniform(second[p]);
  return -u.log();
}

double round_time(const Service& s, int m) {
  if (s.law == ServiceLaw::deterministic) return s.slow_factor;
  // over the logarithm of the time, in which all laws are smooth
  const auto longer = [&](double log_t) {
    const double t = std::exp(log_t);
    return t * (1 - std::pow(distribution(s, t), m - 1) * distribution(s, t / s.slow_factor));
  };
  return boost::math::quadrature::gauss_kronrod<double, 61>::integrate(longer, -40.0, 40.0, 15, 1e-10);
}

}  // namespace hypofp
