#pragma once
#include <algorithm>
#include <numeric>
#include <vector>

#include "operators/lanes.hpp"
#include "operators/stencil.hpp"

namespace hypofp {

/// How many v-cells the kernel takes together along the first, the middle (of three) and the last axis: their sums fill some of the registers.
struct GroupShape {
  int rows, mids, columns;
};
constexpr GroupShape group_shape(int d, bool eps) {
#ifdef __AVX512F__
  if (d == 1) return {1, 1, eps ? 4 : 8};
  return d == 2 || eps ? GroupShape{2, 1, 2} : GroupShape{2, 2, 2};
#else
  if (d == 1) return {1, 1, eps ? 2 : 4};
  return {2, 1, 2};
#endif
}

/// The coefficients of one cell of a v-axis.
template <int r>
struct VelocityCoefficients {
  static constexpr int n = 2 * r + 1;
  double K[n], Q[n], W[n], W_sum, v;
  /// `shift` is added to the diagonal.
  void tabulate(const Stencil& st, int jv, double shift) {
    std::copy_n(&st.K[jv * n], n, K);
    K[r] += shift;
    std::copy_n(&st.Qv[jv * n], n, Q);
    std::copy_n(&st.Wv[jv * n], n, W);
    W_sum = std::accumulate(W, W + n, 0.0);
    v = st.v[jv];
  }
};
/// The coefficients of one cell of an x-axis.
template <int r>
struct PositionCoefficients {
  static constexpr int n = 2 * filter_width(r) + 1;
  double f[n], q[n], w[n], w_sum, force;
  void tabulate(const Stencil& st, int i) {
    for (int k = 0; k < n; ++k) {
      f[k] = st.filter[k * st.nx + i];
      q[k] = st.Qx[k * st.nx + i];
      w[k] = st.Wx[k * st.nx + i];
    }
    w_sum = std::accumulate(w, w + n, 0.0);
    force = st.omega0 * st.omega0 * st.x[i];
  }
};

/// A group of v-cells and where their neighbours stand: lines of cells along the last v-axis, one block apart. Where they do not stand so (at the ends of
/// the array, beyond which shifted positions would be read, and where another rank's columns begin among the group's) the lines are copied into a strip first.
template <int d, int r, bool eps>
class Group {
 protected:
  static constexpr GroupShape shape = group_shape(d, eps);
  static constexpr int p = filter_width(r);
  static constexpr int rows = shape.rows, mids = shape.mids, columns = shape.columns;
  static constexpr int row_halo = d == 1 ? 0 : r, mid_halo = d == 3 ? r : 0;  // d = 1 has the last axis alone, d = 2 the first and the last
  static constexpr int all_rows = rows + 2 * row_halo, all_mids = mids + 2 * mid_halo, all_columns = columns + 2 * r;
  static constexpr int x_width = 2 * p + 1, v_width = 2 * r + 1, lines = rows * mids;
  using Sums = Lanes[lines][columns];

  Group(const PhaseGrid& g, const Halo& h, const Stencil& s, const Application& w)
      : grid(g), halo(h), st(s), what(w), nx(s.nx), block(g.block), n_rows(d == 1 ? 1 : g.count[0]), n_mids(d == 3 ? g.count[1] : 1),
        n_columns(g.count[d - 1]) {}

  /// The group whose first cell is at these local indices.
  void choose(int row, int mid, int column) {
    row0 = row, mid0 = mid, column0 = column;
    own_rows = std::min(rows, n_rows - row), own_mids = std::min(mids, n_mids - mid), own_columns = std::min(columns, n_columns - column);
    for (int a = 0; a < rows; ++a)
      for (int m = 0; m < mids; ++m) y_place[a][m] = local(std::min(row + a, n_rows - 1), std::min(mid + m, n_mids - 1), column) * block;
    const int first = grid.first[d - 1], end = column + own_columns;
    const bool left = column < r && first > 0, right = end + r > n_columns && first + n_columns < st.nv;  // other ranks' columns are met
    bool here = (!left || column == 0) && (!right || column + columns == n_columns);
    each_line([&](int a, int m) {
      const bool own = own_row(a) && own_mid(m);
      here = here && in_place(number(a, m, 0), own, own && !left ? r : 0, own && !right ? r : 0);
      for (int k = 1; k < r && here && own; ++k)
        here = (!left || number(a, m, -k - 1) == number(a, m, -k) + 1) && (!right || number(a, m, columns + k) == number(a, m, columns) - k);
    });
    const std::size_t room_needed = (all_rows * mids + rows * (all_mids - mids)) * (eps ? 3 : 1) * all_columns * block + 2 * grid.guard;
    if (!here && what.strip->size() < room_needed) what.strip->resize(room_needed);
    double* room = what.strip->data() + grid.guard;
    const auto find = [&](const double* array, const double* ghosts, int a, int m, const double*(*sides)[2]) -> const double* {
      const auto cell = [&](int c) {
        const PetscInt n = number(a, m, c);
        return n >= 0 ? array + n * block : ghosts + ~n * block;
      };
      const double* line = here ? cell(0) - r * block : room;
      if (!here) {
        const int reach = sides ? r : 0;
        for (int c = -reach; c < columns + reach; ++c) std::copy_n(cell(c), block, room + (r + c) * block);
        room += all_columns * block;
      }
      if (sides) {
        (*sides)[0] = here && left ? cell(-r) : line;
        (*sides)[1] = here && right ? cell(columns) - (r + columns) * block : line;
      }
      return line;
    };
    each_line([&](int a, int m) {
      phi[row_halo + a][mid_halo + m] = find(what.phi, what.phi_ghosts, a, m, own_row(a) && own_mid(m) ? &phi_sides[a][m] : nullptr);
    });
    if constexpr (eps)
      each_line([&](int a, int m) {
        const auto of = [&](int axis, const double*(*sides)[2]) { return find(what.half_eps[axis], what.half_eps_ghosts[axis], a, m, sides); };
        if (own_row(a) && own_mid(m)) eps_last[a][m] = of(d - 1, &eps_sides[a][m]);
        if (d > 1 && own_mid(m)) eps_first[row_halo + a][m] = of(0, nullptr);
        if (d == 3 && own_row(a)) eps_middle[a][mid_halo + m] = of(1, nullptr);
      });
  }

  /// Coefficients along the last axis; `shift` is added to the diagonal.
  void tabulate_columns(double shift) {
    for (int b = 0; b < columns; ++b) last[b].tabulate(st, column_v(b), shift);
  }

  PetscInt local(int row, int mid, int column) const { return (static_cast<PetscInt>(row) * n_mids + mid) * n_columns + column; }
  /// Line l of the group, from r columns before its own.
  HYPOFP_INLINE inline const double* own(int l) const { return phi[row_halo + l / mids][mid_halo + l % mids]; }
  /// Where its column c is counted from.
  HYPOFP_INLINE static inline const double* column(int c, const double* own, const double* const (&sides)[2]) {
    return c < r ? sides[0] : c < r + columns ? own : sides[1];
  }

  bool whole() const { return own_rows == rows && own_mids == mids && own_columns == columns; }
  /// Index of the cells along the first, middle and last axis of the grid.
  int row_v(int a) const { return std::min(grid.first[0] + row0 + a, st.nv - 1); }
  int mid_v(int m) const { return std::min(grid.first[1] + mid0 + m, st.nv - 1); }
  int column_v(int b) const { return std::min(grid.first[d - 1] + column0 + b, st.nv - 1); }

  const PhaseGrid& grid;
  const Halo& halo;
  const Stencil& st;
  const Application& what;
  const int nx;
  const std::ptrdiff_t block;
  const int n_rows, n_mids, n_columns;

  // of the group: how much of it is inside the box; its lines, each from r columns before the group's own; own lines before and after the
  // group's columns, where they go on as another rank's
  int own_rows = 0, own_mids = 0, own_columns = 0;
  const double* phi[all_rows][all_mids];
  const double* phi_sides[rows][mids][2];
  const double* eps_first[eps ? all_rows : 1][mids];
  const double* eps_middle[rows][eps ? all_mids : 1];
  const double* eps_last[rows][mids];
  const double* eps_sides[rows][mids][2];
  std::ptrdiff_t y_place[rows][mids];
  VelocityCoefficients<r> last[columns];

 private:
  static bool own_row(int a) { return a >= 0 && a < rows; }
  static bool own_mid(int m) { return m >= 0 && m < mids; }
  /// The group's own lines and their neighbours along the first and the middle axis.
  template <class F>
  static void each_line(const F& f) {
    for (int a = -row_halo; a < rows + row_halo; ++a)
      for (int m = -mid_halo; m < mids + mid_halo; ++m)
        if (own_row(a) || own_mid(m)) f(a, m);
  }

  /// Number of the cell at row0 + a, mid0 + m, column0 + c, at most r outside this rank's box along one axis: >= 0 local, < 0 ghost; the
  /// nearest one beyond the whole box, where coefficients are zero.
  PetscInt number(int a, int m, int c) const {
    const int row = std::clamp(row0 + a, 0, n_rows - 1), mid = std::clamp(mid0 + m, 0, n_mids - 1), column = std::clamp(column0 + c, 0, n_columns - 1);
    const PetscInt home = local(row, mid, column);
    if (column != column0 + c) return halo.neighbour(home, d - 1, std::clamp(column0 + c - column, -r, r));
    if (d == 3 && mid != mid0 + m) return halo.neighbour(home, 1, std::clamp(mid0 + m - mid, -r, r));
    if (d > 1 && row != row0 + a) return halo.neighbour(home, 0, std::clamp(row0 + a - row, -r, r));
    return home;
  }

  /// Whether the line of cell `at`, and some cells more on either side, is inside its array; own lines with one to spare, as their positions are shifted.
  bool in_place(PetscInt at, bool own, int before, int after) const {
    const PetscInt n = at >= 0 ? at : ~at;
    return n - before - own >= 0 && n + columns + after + own <= (at >= 0 ? grid.v_cells : halo.blocks());
  }

  int row0 = 0, mid0 = 0, column0 = 0;
};

}  // namespace hypofp
