#pragma once
#include <cmath>

namespace hypofp {

/// Where a unimodal f is largest on [a, b], by golden sections.
template <class F>
double golden(const F& f, double a, double b, double tolerance) {
  const double g = 0.5 * (std::sqrt(5.0) - 1);
  double x = b - g * (b - a), y = a + g * (b - a), fx = f(x), fy = f(y);
  while (b - a > tolerance) {
    if (fx < fy) {
      a = x, x = y, fx = fy, y = a + g * (b - a), fy = f(y);
    } else {
      b = y, y = x, fy = fx, x = b - g * (b - a), fx = f(x);
    }
  }
  return 0.5 * (a + b);
}

}  // namespace hypofp
