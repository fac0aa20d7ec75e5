#pragma once
#include <vector>

#include "operators/kernel_group.hpp"

namespace hypofp {

/// A phi on a group of x-cells where eps = 0.
template <int d, int r>
class Unperturbed : protected Group<d, r, false> {
 protected:
  using G = Group<d, r, false>;
  using Sums = typename G::Sums;
  static constexpr int p = G::p, rows = G::rows, mids = G::mids, columns = G::columns, row_halo = G::row_halo, mid_halo = G::mid_halo,
                       all_columns = G::all_columns, x_width = G::x_width, v_width = G::v_width;
  static constexpr int lines = G::lines, set = x_width + v_width;
  using G::st, G::nv, G::phi, G::phi_sides, G::last, G::own, G::column;
  using G::G;

  /// Called where the group's rows change, and the velocity along the first and the middle axis.
  void tabulate_rows() {
    if (d > 1) tabulate(row_table, rows, [&](int a) { return this->row_x(a); });
    if (d == 3) tabulate(mid_table, mids, [&](int m) { return this->mid_x(m); });
  }
  void take_first_velocity(int j) { first_j = j; }
  void take_middle_velocity(int j) { middle_j = j; }

  /// sum += A phi at `width` velocities of each cell; `here` their place in the block, i along the last axis.
  HYPOFP_INLINE inline void add(std::ptrdiff_t here, int i, const Blocks& blocks, Sums& sum) const {
    last_position_axis(here, i, blocks, sum);
    phase(here);
    if constexpr (d > 1) {
      const double* table = &row_table[first_j * rows * set];
      position_axis<0>(here, table, blocks, sum);
      phase(here);
      velocity_axis<0>(here, nv * (d == 3 ? nv : 1), table + x_width, blocks, sum);
      phase(here);
    }
    if constexpr (d == 3) {
      const double* table = &mid_table[middle_j * mids * set];
      position_axis<1>(here, table, blocks, sum);
      phase(here);
      velocity_axis<1>(here, nv, table + x_width, blocks, sum);
      phase(here);
    }
    last_velocity_axis(here, i, blocks, sum);
  }

 private:
  /// Coefficients along an x-axis but the last and its v-axis, one set for each of n cells and each velocity.
  template <class XOf>
  void tabulate(std::vector<double>& table, int n, const XOf& x_of) const {
    table.resize(nv * n * set);
    double* to = table.data();
    for (int j = 0; j < nv; ++j)
      for (int a = 0; a < n; ++a) {
        const int ix = x_of(a);
        for (int k = 0; k < x_width; ++k) *to++ = st.filter[ix * x_width + k] - st.v[j] * st.Qx[ix * x_width + k];
        for (int k = 0; k < v_width; ++k) *to++ = st.K[k * nv + j] + st.omega0 * st.omega0 * st.x[ix] * st.Qv[k * nv + j];
      }
  }

  HYPOFP_INLINE inline void last_position_axis(std::ptrdiff_t here, int i, const Blocks& blocks, Sums& sum) const {
    const Lanes v = at(&st.v[i]);
    const auto& last = this->last;  // GCC 12 loses names of a base in `if constexpr` within a lambda
    each<all_columns>([&]<int c>() HYPOFP_INLINE {
      Lanes u[lines];
      each<lines>([&]<int l>() HYPOFP_INLINE {
        const double* from = blocks.on(column(c, own(l), phi_sides[l / mids][l % mids]) + here, c);
        u[l] = at(from);
        soon(from);
      });
      each<columns>([&]<int b>() HYPOFP_INLINE {
        constexpr int k = c - b;  // offset + p
        if constexpr (k >= 0 && k <= 2 * p) {
          Lanes along = splat(last[b].f[k]);
          if constexpr (k >= p - r && k <= p + r && k != p) along -= v * last[b].q[k];
          each<lines>([&]<int l>() HYPOFP_INLINE { sum[l][b] += along * u[l]; });
        }
      });
    });
  }

  /// The first (axis 0) or the middle (1) x-axis.
  template <int axis>
  HYPOFP_INLINE inline void position_axis(std::ptrdiff_t here, const double* table, const Blocks& blocks, Sums& sum) const {
    constexpr int along = axis == 0 ? rows : mids, across = axis == 0 ? mids : rows;
    each<along + 2 * p>([&]<int c>() HYPOFP_INLINE {
      Lanes u[across][columns];
      each<across>([&]<int o>() HYPOFP_INLINE {
        const double* line = (axis == 0 ? phi[c][mid_halo + o] : phi[row_halo + o][c]) + here;
        each<columns>([&]<int b>() HYPOFP_INLINE {
          const double* from = blocks.on(line, p + b);
          u[o][b] = at(from);
          if constexpr (c < p || c >= p + along) soon(from);
        });
      });
      each<along>([&]<int n>() HYPOFP_INLINE {
        constexpr int k = c - n;
        if constexpr (k >= 0 && k <= 2 * p) {
          const Lanes coefficient = splat(table[n * set + k]);
          each<across>([&]<int o>() HYPOFP_INLINE {
            each<columns>([&]<int b>() HYPOFP_INLINE { sum[axis == 0 ? n * mids + o : o * mids + n][b] += coefficient * u[o][b]; });
          });
        }
      });
    });
  }

  /// Their v-axes, whose neighbours are `stride` apart.
  template <int axis>
  HYPOFP_INLINE inline void velocity_axis(std::ptrdiff_t here, std::ptrdiff_t stride, const double* table, const Blocks& blocks,
                                          Sums& sum) const {
    each<v_width>([&]<int k>() HYPOFP_INLINE {
      each<lines>([&]<int l>() HYPOFP_INLINE {
        const double* line = own(l) + here + (k - r) * stride;
        const Lanes coefficient = splat(table[(axis == 0 ? l / mids : l % mids) * set + k]);
        each<columns>([&]<int b>() HYPOFP_INLINE { sum[l][b] += coefficient * at(blocks.on(line, p + b)); });
      });
    });
  }

  HYPOFP_INLINE inline void last_velocity_axis(std::ptrdiff_t here, int i, const Blocks& blocks, Sums& sum) const {
    each<columns>([&]<int b>() HYPOFP_INLINE {
      each<lines>([&]<int l>() HYPOFP_INLINE {
        const Line u(blocks.on(own(l) + here, p + b));
        each<v_width>([&]<int k>() HYPOFP_INLINE {
          const Lanes K = at(&st.K[k * nv + i]), Q = at(&st.Qv[k * nv + i]);
          sum[l][b] += (k == r ? K : K + last[b].force * Q) * u.shifted(k - r);
        });
      });
    });
  }

  std::vector<double> row_table, mid_table;  // [nv][rows or mids][x_width + v_width]
  int first_j = 0, middle_j = 0;
};

}  // namespace hypofp
