#pragma once
#include <algorithm>
#include <vector>

#include "operators/kernel/lanes.hpp"
#include "operators/kernel/stencil.hpp"

namespace hypofp {

/// How many v-cells the kernel takes together along the first, the middle (of three) and the last axis: their sums fill some of the
/// registers.
struct GroupShape {
  int rows, mids, columns;
};
constexpr GroupShape group_shape(int d, [[maybe_unused]] int r, bool eps) {
#ifdef __AVX512F__
  if (d == 1) return {1, 1, eps ? 4 : 8};
  if (eps) return d == 2 ? GroupShape{2, 1, 2} : GroupShape{1, 2, 2};
  if (d == 3) return {2, 2, 2};
  return {r < 3 ? 3 : 2, 1, 2};  // rows + 2 r of 64^4's meet in one set of the nearest cache, which holds eight
#else
  if (d == 1) return {1, 1, eps ? 2 : 4};
  return {2, 1, 2};
#endif
}

/// The coefficients of one cell of a v-axis.
template <int r>
struct VelocityCoefficients {
  static constexpr int n = 2 * r + 1;
  double K[n], Q[n], W[n], v;
  /// `shift` is added to the diagonal; Q and W are scaled.
  void tabulate(const Stencil& st, int jv, double shift, double scale) {
    for (int k = 0; k < n; ++k) {
      K[k] = st.K[jv * n + k] + (k == r ? shift : 0);
      Q[k] = scale * st.Qv[jv * n + k];
      W[k] = scale * st.Wv[jv * n + k];
    }
    v = st.v[jv];
  }
};
/// The coefficients of one cell of an x-axis.
template <int r>
struct PositionCoefficients {
  static constexpr int n = 2 * filter_width(r) + 1;
  double f[n], q[n], w[n], x;
  void tabulate(const Stencil& st, int i) {
    for (int k = 0; k < n; ++k) {
      f[k] = st.filter[k * st.nx + i];
      q[k] = st.Qx[k * st.nx + i];
      w[k] = st.Wx[k * st.nx + i];
    }
    x = st.x[i];
  }
};

/// A group of v-cells, and where the blocks of it and of its neighbours stand.
template <int d, int r, bool eps>
class Group {
 protected:
  static constexpr GroupShape shape = group_shape(d, r, eps);
  static constexpr int p = filter_width(r);
  static constexpr int rows = shape.rows, mids = shape.mids, columns = shape.columns, lines = rows * mids;
  static constexpr int all_rows = rows + 2 * r, all_mids = mids + 2 * r, all_columns = columns + 2 * r;
  static constexpr int x_width = 2 * p + 1, v_width = 2 * r + 1;
  using Sums = Lanes[lines][columns];
  /// Blocks along each v-axis (d = 1 has the last alone, d = 2 the first and the last), those of the group itself from r on.
  struct Cross {
    const double *first[all_rows][mids][columns], *middle[rows][all_mids][columns], *last[lines][all_columns];
  };

  Group(const PhaseGrid& g, const Halo& h, const Stencil& s, const Application& w)
      : grid(g),
        halo(h),
        st(s),
        what(w),
        nx(s.nx),
        block(g.block),
        n_rows(d == 1 ? 1 : g.count[0]),
        n_mids(d == 3 ? g.count[1] : 1),
        n_columns(g.count[d - 1]),
        n_ends(std::min<PetscInt>(g.v_cells, 1 + g.guard / block)) {
    // shifted positions of the first and the last cells lie outside the array: these are read from copies
    what.ends->resize(2 * n_ends * block + 3 * g.guard);
    ends[0] = what.ends->data() + g.guard, ends[1] = ends[0] + n_ends * block + g.guard;
    std::copy_n(what.phi, n_ends * block, ends[0]);
    std::copy_n(what.phi + (g.v_cells - n_ends) * block, n_ends * block, ends[1]);
  }

  /// The group whose first cell is at these local indices.
  void choose(int row, int mid, int column) {
    row0 = row, mid0 = mid, column0 = column;
    own_rows = std::min(rows, n_rows - row), own_mids = std::min(mids, n_mids - mid), own_columns = std::min(columns, n_columns - column);
    find(phi, [&](int, PetscInt n) -> const double* {
      if (n < 0) return what.phi_ghosts + ~n * block;
      const PetscInt from_end = n - (grid.v_cells - n_ends);
      return n < n_ends ? ends[0] + n * block : from_end >= 0 ? ends[1] + from_end * block : what.phi + n * block;
    });
    if constexpr (eps)
      find(half_eps,
           [&](int axis, PetscInt n) { return n < 0 ? what.half_eps_ghosts[axis] + ~n * block : what.half_eps[axis] + n * block; });
    for (int l = 0; l < lines; ++l)
      for (int b = 0; b < columns; ++b) {
        const int a = std::min(l / mids, own_rows - 1), m = std::min(l % mids, own_mids - 1);
        y[l][b] = what.y + local(row + a, mid + m, column + std::min(b, own_columns - 1)) * block;
      }
  }

  /// Coefficients along the last axis; `shift` is added to the diagonal, Q and W are scaled.
  void tabulate_columns(double shift, double scale) {
    for (int b = 0; b < columns; ++b) last[b].tabulate(st, column_v(b), shift, scale);
  }

  PetscInt local(int row, int mid, int column) const { return (static_cast<PetscInt>(row) * n_mids + mid) * n_columns + column; }
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

  int own_rows = 0, own_mids = 0, own_columns = 0;  // how much of the group is inside the box
  Cross phi, half_eps;                              // eps_1 along the first axis, eps_2 along the middle, eps_d along the last
  double* y[lines][columns];
  VelocityCoefficients<r> last[columns];

 private:
  /// at(axis, n): where the block of cell number n stands, of what is needed along that axis.
  template <class At>
  void find(Cross& cross, const At& at) const {
    for (int l = 0; l < lines; ++l)
      for (int c = 0; c < all_columns; ++c) cross.last[l][c] = at(d - 1, number(l / mids, l % mids, c - r));
    for (int m = 0; m < mids && d > 1; ++m)
      for (int b = 0; b < columns; ++b)
        for (int a = 0; a < all_rows; ++a) cross.first[a][m][b] = at(0, number(a - r, m, b));
    for (int a = 0; a < rows && d == 3; ++a)
      for (int b = 0; b < columns; ++b)
        for (int m = 0; m < all_mids; ++m) cross.middle[a][m][b] = at(1, number(a, m - r, b));
  }

  /// Number of the cell at row0 + a, mid0 + m, column0 + c, at most r outside this rank's box along one axis: >= 0 local, < 0 ghost; the
  /// nearest one beyond the whole box, where coefficients are zero.
  PetscInt number(int a, int m, int c) const {
    const int row = std::clamp(row0 + a, 0, n_rows - 1), mid = std::clamp(mid0 + m, 0, n_mids - 1),
              column = std::clamp(column0 + c, 0, n_columns - 1);
    const PetscInt home = local(row, mid, column);
    if (column != column0 + c) return halo.neighbour(home, d - 1, std::clamp(column0 + c - column, -r, r));
    if (d == 3 && mid != mid0 + m) return halo.neighbour(home, 1, std::clamp(mid0 + m - mid, -r, r));
    if (d > 1 && row != row0 + a) return halo.neighbour(home, 0, std::clamp(row0 + a - row, -r, r));
    return home;
  }

  int row0 = 0, mid0 = 0, column0 = 0;
  const PetscInt n_ends;  // cells copied at either end of the array
  double* ends[2];
};

}  // namespace hypofp
