#include "operators/assumption/assumption.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "operators/assumption/steep.hpp"
#include "operators/assumption/suprema.hpp"

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

enum Quantity { eps, eps_x, eps_v, derivative_x, derivative_v, derivative };  // derivative + i: max_j |d_j eps_i|

/// The quantities for given theta, over the box |x_i| <= X, |v_i| <= V. eps depends on theta alone, and for given theta
/// each x_i runs through an interval and v_i = -omega0^2 theta_i - gamma x_i: the suprema over x and v are exact.
class Quantities {
 public:
  Quantities(const Model& m, double X, double V, const Epsilon& epsilon) : m_(m), X_(X), V_(V), epsilon_(epsilon) {}

  double reach() const { return (V_ + m_.gamma * X_) / (m_.omega0 * m_.omega0); }
  int count() const { return derivative + m_.dimension; }
  bool finite() const { return finite_; }

  void operator()(const std::vector<double>& theta, std::vector<double>& q) {
    const int d = m_.dimension;
    const std::size_t n = theta.size() / d;
    std::vector<double> e(n * d), jacobian(n * d * d);  // [i][n], [j][i][n]
    for (int i = 0; i < d; ++i) {
      epsilon_.values(i, theta.data(), n, &e[i * n]);
      for (int j = 0; j < d; ++j) epsilon_.jacobian(i, j, theta.data(), n, &jacobian[(j * d + i) * n]);
    }
    for (std::size_t p = 0; p < n; ++p) at(&theta[p * d], &e[p], &jacobian[p], n, &q[p * count()]);
  }

 private:
  void at(const double* theta, const double* e, const double* jacobian, std::size_t n, double* q) {
    const int d = m_.dimension;
    std::array<double, 3> xl, xh, vl, vh, c;
    const auto all_finite = [&] {
      return std::all_of(c.begin(), c.begin() + d, [](double x) { return std::isfinite(x); });
    };
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
    if (!all_finite()) finite_ = false, q[eps] = NAN;
    for (int j = 0; j < d; ++j) {
      for (int i = 0; i < d; ++i) {
        c[i] = jacobian[(j * d + i) * n];
        q[derivative + i] = std::max(q[derivative + i], std::abs(c[i]));
      }
      if (!all_finite()) return std::fill(q + derivative_x, q + count(), NAN);
      q[derivative_x] = std::max(q[derivative_x], largest_sum(c.data(), xl.data(), xh.data(), d));
      q[derivative_v] = std::max(q[derivative_v], largest_sum(c.data(), vl.data(), vh.data(), d));
    }
  }

  const Model& m_;
  double X_, V_;
  const Epsilon& epsilon_;
  bool finite_ = true;  ///< eps, wherever it was asked for
};

struct Supremum {
  double value = NAN;
  bool resolved = false;

  /// What another search found: where it agrees, both are believed.
  void meet(double found) {
    if (found >= value * (1 - 1e-3)) resolved = found <= value * (1 + 1e-3);
    if (!(found <= value)) value = found;
  }
};

/// A set of points on the cube's corners, edges and faces, and its centre: where users put poles, and maxima stand.
std::vector<double> marked_points(int d, double reach) {
  std::vector<double> theta;
  for (int p = 0; p < std::pow(3, d); ++p)
    for (int i = 0, rest = p; i < d; ++i, rest /= 3) theta.push_back(reach * (rest % 3 - 1));
  return theta;
}

/// Search after search, each on points of its own and on more of them, until two agree on each quantity.
std::vector<Supremum> suprema(const Model& m, double X, double V, const Epsilon& epsilon) {
  const int d = m.dimension;
  Quantities quantities(m, X, V, epsilon);
  const Field field{d, quantities.count(), quantities.reach(), std::ref(quantities)};
  Sequence sequence(d);
  std::vector<Supremum> s(field.count);
  std::vector<double> jump(d, 0.0);  // as |eps_i'|
  std::size_t points = 1024;
  const auto agreed = [&](int k) { return s[k].resolved || (k >= derivative && jump[k - derivative] > 0); };
  for (int search = 0; search < 5; ++search, points *= 2) {
    std::vector<std::vector<double>> batches{marked_points(d, field.reach), {}};
    for (const SteepPlace& place : steep_places(epsilon, field.reach, 16, sequence)) {
      batches[1].insert(batches[1].end(), place.theta.begin(), place.theta.end());
      jump[place.component] = std::max(jump[place.component], place.jump);
    }
    for (int batch = 0; batch < 4; ++batch) batches.push_back(sequence.take(points, field.reach));
    const std::vector<double> found = climb(field, batches, sequence);
    bool done = true;
    for (int k = 0; k < field.count; ++k) {
      s[k].meet(found[k]);
      done = done && agreed(k);
    }
    if (done) break;
  }
  if (!quantities.finite()) s[eps].value = s[eps_x].value = s[eps_v].value = NAN;
  for (int i = 0; i < d; ++i) {
    Supremum& slope = s[derivative + i];
    slope.value = std::fmax(slope.value, jump[i]);
    if (jump[i] > 0) slope.resolved = s[derivative_x].resolved = s[derivative_v].resolved = false;
    if (slope.value == 0 && !epsilon.is_constant(i))  // it varies where no point fell
      for (Supremum& each : s) each.resolved = false;
  }
  return s;
}

/// The table's values, in the order of its rows.
std::vector<Supremum> rows_of(const std::vector<Supremum>& s, int d) {
  Supremum largest{0, true}, sum{0, true};
  for (int i = 0; i < d; ++i) {
    const Supremum& slope = s[derivative + i];
    largest = {std::max(largest.value, d * slope.value), largest.resolved && slope.resolved};
    sum = {sum.value + slope.value, sum.resolved && slope.resolved};
  }
  return {s[eps], s[eps_x], s[eps_v], largest, sum, s[derivative_x], s[derivative_v]};
}

}  // namespace

std::vector<AssumptionRow> assumption_table(const Model& m, const GridSpec& g, const Epsilon* epsilon) {
  const std::array names{"max_i |eps_i|",  "|eps . x|",  "|eps . v|", "d max_i |eps_i'|",
                         "sum_i |eps_i'|", "|eps' . x|", "|eps' . v|"};
  const auto over_box = [&](double wider) {
    const double l = wider * g.half_width;
    return epsilon ? rows_of(suprema(m, l * m.sigma_x(), l * m.sigma_v(), *epsilon), m.dimension)
                   : std::vector<Supremum>(names.size(), {0, true});
  };
  const std::vector<Supremum> box = over_box(1), wider = over_box(1.25);
  std::vector<AssumptionRow> rows;
  for (std::size_t k = 0; k < names.size(); ++k)
    rows.push_back({names[k], box[k].value, !(wider[k].value <= box[k].value * 1.01), box[k].resolved});
  return rows;
}

}  // namespace hypofp
