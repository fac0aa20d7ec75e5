#include "operators/theory.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace hypofp {
namespace {

struct Suprema {
  double eps = 0, eps_x = 0, eps_v = 0, largest_derivative = 0, sum_derivative = 0, derivative_x = 0, derivative_v = 0;
};

/// sup |sum_i c_i t_i| over a product of intervals.
double largest_sum(const double* c, const double* lo, const double* hi, int d) {
  double up = 0, down = 0;
  for (int i = 0; i < d; ++i) {
    up += std::max(c[i] * lo[i], c[i] * hi[i]);
    down += std::min(c[i] * lo[i], c[i] * hi[i]);
  }
  return std::max(up, -down);
}

/// Suprema over the box |x_i| <= X, |v_i| <= V. eps depends on theta alone, and for given theta each x_i runs through an
/// interval and v_i = -omega0^2 theta_i - gamma x_i: the suprema over x and v are exact, only theta is sampled.
Suprema suprema(const Model& m, double X, double V, const Epsilon& epsilon) {
  const int d = m.dimension;
  const int per_axis = d == 1 ? 4001 : d == 2 ? 161 : 41;
  const double w2 = m.omega0 * m.omega0, reach = (V + m.gamma * X) / w2;
  std::size_t n = 1;
  for (int i = 0; i < d; ++i) n *= per_axis;
  std::vector<double> theta(n * d), value(n);
  for (std::size_t p = 0; p < n; ++p) {
    std::size_t rest = p;
    for (int i = 0; i < d; ++i, rest /= per_axis) theta[p * d + i] = reach * (2.0 * (rest % per_axis) / (per_axis - 1) - 1);
  }
  std::vector<std::vector<double>> eps(d, value), jacobian(d * d, value);
  for (int i = 0; i < d; ++i) {
    epsilon.values(i, theta.data(), n, eps[i].data());
    for (int j = 0; j < d; ++j) epsilon.jacobian(i, j, theta.data(), n, jacobian[i * d + j].data());
  }
  Suprema s;
  std::vector<double> derivative(d, 0.0);
  for (std::size_t p = 0; p < n; ++p) {
    std::array<double, 3> xl, xh, vl, vh, e, column;
    for (int i = 0; i < d; ++i) {
      const double t = theta[p * d + i] * w2;
      xl[i] = std::max(-X, (-V - t) / m.gamma), xh[i] = std::min(X, (V - t) / m.gamma);
      vl[i] = -t - m.gamma * xh[i], vh[i] = -t - m.gamma * xl[i];
      e[i] = eps[i][p];
      s.eps = std::max(s.eps, std::abs(e[i]));
    }
    s.eps_x = std::max(s.eps_x, largest_sum(e.data(), xl.data(), xh.data(), d));
    s.eps_v = std::max(s.eps_v, largest_sum(e.data(), vl.data(), vh.data(), d));
    for (int j = 0; j < d; ++j) {
      for (int i = 0; i < d; ++i) {
        column[i] = jacobian[i * d + j][p];
        derivative[i] = std::max(derivative[i], std::abs(column[i]));
      }
      s.derivative_x = std::max(s.derivative_x, largest_sum(column.data(), xl.data(), xh.data(), d));
      s.derivative_v = std::max(s.derivative_v, largest_sum(column.data(), vl.data(), vh.data(), d));
    }
  }
  for (double e : derivative) {
    s.sum_derivative += e;
    s.largest_derivative = std::max(s.largest_derivative, d * e);
  }
  return s;
}

std::vector<AssumptionRow> assumption_table(const Model& m, const GridSpec& g, const Epsilon* epsilon) {
  Suprema box, wider;
  if (epsilon) {
    box = suprema(m, g.half_width * m.sigma_x(), g.half_width * m.sigma_v(), *epsilon);
    wider = suprema(m, 1.25 * g.half_width * m.sigma_x(), 1.25 * g.half_width * m.sigma_v(), *epsilon);
  }
  const auto row = [](const char* name, double now, double then) {
    return AssumptionRow{name, now, then > now * 1.01};
  };
  return {row("max_i |eps_i|", box.eps, wider.eps),
          row("|eps . x|", box.eps_x, wider.eps_x),
          row("|eps . v|", box.eps_v, wider.eps_v),
          row("d max_i |eps_i'|", box.largest_derivative, wider.largest_derivative),
          row("sum_i |eps_i'|", box.sum_derivative, wider.sum_derivative),
          row("|eps' . x|", box.derivative_x, wider.derivative_x),
          row("|eps' . v|", box.derivative_v, wider.derivative_v)};
}

}  // namespace

Theory theory_of(const Model& m, const GridSpec& grid, const Epsilon* epsilon, const LyapunovChoice& choice) {
  const double w = m.omega0, g = m.gamma, w2 = w * w;
  Theory t{};
  t.delta = choice.delta;
  if (std::abs(g - 2 * w) <= 1e-12 * g) {  // K - 2 mu P is singular positive semidefinite at this C
    t.regime = "critical";
    t.mu = 0.5 * g - t.delta, t.mu_as_printed = g - t.delta;
    t.C = w2 + 4 * t.delta * t.delta;
  } else if (g < 2 * w) {
    t.regime = "underdamped";
    t.mu = 0.5 * g, t.mu_as_printed = g;
    t.C = w2;
  } else {
    t.regime = "overdamped";
    t.mu_as_printed = g - std::sqrt(g * g - 4 * w2);
    t.mu = 0.5 * t.mu_as_printed;
    t.C = 0.5 * g * g - w2;
  }
  t.C_hat = 0.5 * g;
  t.C = choice.C.value_or(t.C);
  t.C_hat = choice.C_hat.value_or(t.C_hat);

  const double printed = std::max({1.0, g, g * g, m.beta * g, m.beta * w2});
  t.C2_as_printed = printed / std::min(1.0, w2);
  t.C2 = std::max(printed, w2) / std::min(1.0, w2);
  t.poincare = 1 / (m.beta * std::min(w2, 1.0));
  t.poincare_as_printed = t.poincare / m.dimension;
  t.coefficient_as_printed = 11 + 11 * t.C + 15 * t.C_hat;
  // 8 + 3d, 1 + 3d, 9 + 6d in place of 11, 4, 15 where the Poincare constant carries no 1/d
  t.coefficient = (8 + 3 * m.dimension) * (1 + t.C) + (9 + 6 * m.dimension) * t.C_hat;
  t.assumption = assumption_table(m, grid, epsilon);
  for (const auto& row : t.assumption) t.eps0 = std::max(t.eps0, row.value);
  const double shape = std::max(1.0, t.C) / (t.C - t.C_hat * t.C_hat);
  t.eps_bound = t.coefficient_as_printed * t.eps0 * t.C2_as_printed * t.C2_as_printed * shape;
  t.eps_bound_derived = t.coefficient * t.eps0 * t.C2 * t.C2 * shape;
  return t;
}

}  // namespace hypofp
