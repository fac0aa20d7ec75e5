#include "operators/theory.hpp"

#include <algorithm>
#include <cmath>

namespace hypofp {

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
