#include "operators/assumption/quantities.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace hypofp {
namespace {

/// sup |sum_i c_i t_i| over a product of intervals.
double largest_sum(const double* c, const double* lo, const double* hi, int d) {
  double up = 0, down = 0;
  for (int i = 0; i < d; ++i) {
    up += std::max(c[i] * lo[i], c[i] * hi[i]);
    down += std::min(c[i] * lo[i], c[i] * hi[i]);
  }
  return std::max(up, -down);
}

bool all_finite(const double* c, int d) {
  return std::all_of(c, c + d, [](double x) { return std::isfinite(x); });
}

}  // namespace

void Quantities::operator()(const std::vector<double>& theta, std::vector<double>& q) {
  const int d = m_.dimension;
  const std::size_t n = theta.size() / d;
  std::vector<double> e(n * d), jacobian(n * d * d);  // [i][n], [j][i][n]
  for (int i = 0; i < d; ++i) {
    epsilon_.values(i, theta.data(), n, &e[i * n]);
    for (int j = 0; j < d; ++j) epsilon_.jacobian(i, j, theta.data(), n, &jacobian[(j * d + i) * n]);
  }
  for (std::size_t p = 0; p < n; ++p) at(&theta[p * d], &e[p], &jacobian[p], n, &q[p * count()]);
}

void Quantities::at(const double* theta, const double* e, const double* jacobian, std::size_t n, double* q) {
  const int d = m_.dimension;
  std::array<double, 3> xl, xh, vl, vh, c;
  std::fill_n(q, count(), 0.0);
  for (int i = 0; i < d; ++i) {
    const double t = theta[i] * m_.omega0 * m_.omega0;
    xl[i] = std::max(-X_, (-V_ - t) / m_.gamma), xh[i] = std::min(X_, (V_ - t) / m_.gamma);
    vl[i] = -t - m_.gamma * xh[i], vh[i] = -t - m_.gamma * xl[i];
    c[i] = e[i * n];
    q[eps] = std::max(q[eps], std::abs(c[i]));
  }
  q[eps_x] = largest_sum(c.data(), xl.data(), xh.data(), d);
  q[eps_v] = largest_sum(c.data(), vl.data(), vh.data(), d);
  if (!all_finite(c.data(), d)) finite_ = false, q[eps] = NAN;
  for (int j = 0; j < d; ++j) {
    for (int i = 0; i < d; ++i) {
      c[i] = jacobian[(j * d + i) * n];
      q[derivative + i] = std::max(q[derivative + i], std::abs(c[i]));
    }
    if (!all_finite(c.data(), d)) return std::fill(q + derivative_x, q + count(), NAN);
    q[derivative_x] = std::max(q[derivative_x], largest_sum(c.data(), xl.data(), xh.data(), d));
    q[derivative_v] = std::max(q[derivative_v], largest_sum(c.data(), vl.data(), vh.data(), d));
  }
}

}  // namespace hypofp
