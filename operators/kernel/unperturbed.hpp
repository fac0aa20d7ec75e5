#pragma once
#include <vector>

#include "operators/kernel/group.hpp"

namespace hypofp {

/// a A phi + b phi on a group of v-cells where eps = 0.
template <int d, int r>
class Unperturbed : protected Group<d, r, false> {
 protected:
  using G = Group<d, r, false>;
  using Sums = typename G::Sums;
  static constexpr int p = G::p, rows = G::rows, mids = G::mids, columns = G::columns, all_columns = G::all_columns, x_width = G::x_width,
                       v_width = G::v_width;
  static constexpr int lines = G::lines, set = v_width + x_width, step = columns * set * width;
  static constexpr bool tabled = d > 1;  // for d = 1 a coefficient of two axes would be used once
  using Neighbours = Line[lines][columns];
  using G::G;
  using G::st, G::nx, G::what, G::phi, G::last;

  /// Called where the group's rows change, and its columns.
  void tabulate_rows() {
    if (d > 1) tabulate(row_table, rows, [&](int a) { return this->row_v(a); });
    if (d == 3) tabulate(mid_table, mids, [&](int m) { return this->mid_v(m); });
  }
  void tabulate_columns() {
    G::tabulate_columns(what.b / what.a, 1);
    if (!tabled) return;
    column_table.resize((nx + width - 1) / width * step);
    for (int i = 0; i < nx; ++i)
      for (int b = 0; b < columns; ++b) {
        const auto& cell = last[b];
        double* to = &column_table[i / width * step + b * set * width + i % width];
        for (int k = 0; k < v_width; ++k, to += width) *to = what.a * (cell.K[k] + st.omega0 * st.omega0 * st.x[i] * cell.Q[k]);
        for (int k = 0; k < x_width; ++k, to += width)
          *to = what.a * (st.filter[k * nx + i] - cell.v * st.Qx[k * nx + i] + (k == p ? cell.K[r] : 0));
      }
  }

  /// All positions of each cell: done(place, i, sum) takes the sums of `width` of them, `place` in the block, i along the last axis.
  template <class Done>
  HYPOFP_INLINE inline void add(const Done& done) const {
    Neighbours u;
    std::ptrdiff_t start = 0;
    for (int n = 0, all = d == 1 ? 1 : d == 2 ? nx : nx * nx; n < all; ++n, start += nx) {
      const double* rows_here = d == 1 ? nullptr : &row_table[(d == 3 ? n / nx : n) * rows * set];
      const double* mids_here = d == 3 ? &mid_table[n % nx * mids * set] : nullptr;
      if (n == 0 || nx % width != 0)  // else they go on from one line into the next
        each<lines>([&]<int l>() HYPOFP_INLINE {
          each<columns>([&]<int b>() HYPOFP_INLINE { u[l][b] = Line(phi.last[l][r + b] + start - width); });
        });
      Lanes diagonal[lines];
      each<lines>([&]<int l>() HYPOFP_INLINE {
        if (d > 1) diagonal[l] = splat(rows_here[l / mids * set + r] + (d == 3 ? mids_here[l % mids * set + r] : 0));
      });
      for (int i = 0; i < nx; i += width) {
        const std::ptrdiff_t place = start + i;
        Sums sum;
        last_position_axis(place, i, diagonal, u, sum);
        last_velocity_axis(place, i, u, sum);
        if constexpr (d > 1) {
          velocity_axis<0>(place, rows_here, u, sum);
          position_axis<0>(place, nx * (d == 3 ? nx : 1), rows_here + v_width, sum);
        }
        if constexpr (d == 3) {
          velocity_axis<1>(place, mids_here, u, sum);
          position_axis<1>(place, nx, mids_here + v_width, sum);
        }
        if constexpr (!tabled) each<columns>([&]<int b>() HYPOFP_INLINE { sum[0][b] *= what.a; });
        done(place, i, sum);
      }
    }
  }

 private:
  /// Coefficients along a v-axis but the last and its x-axis, one set for each of n cells and each position; the one of the cell itself
  /// stands at r.
  template <class VOf>
  void tabulate(std::vector<double>& table, int n, const VOf& v_of) const {
    table.resize(nx * n * set);
    double* to = table.data();
    for (int j = 0; j < nx; ++j)
      for (int c = 0; c < n; ++c) {
        const int jv = v_of(c);
        for (int k = 0; k < v_width; ++k)
          *to++ = what.a * (st.K[jv * v_width + k] + st.omega0 * st.omega0 * st.x[j] * st.Qv[jv * v_width + k] +
                            (k == r ? st.filter[p * nx + j] : 0));
        for (int k = 0; k < x_width; ++k) *to++ = what.a * (st.filter[k * nx + j] - st.v[jv] * st.Qx[k * nx + j]);
      }
  }

  /// Coefficients of column b on the last axis, where x varies along the vector.
  template <int b, int k>
  HYPOFP_INLINE inline Lanes position_coefficient(int i) const {
    if constexpr (tabled) return held(at(&column_table[i / width * step + (b * set + v_width + k) * width]));
    const Lanes f = at(&st.filter[k * nx + i]);
    if constexpr (k == p) return f + last[b].K[r];
    if constexpr (k < p - r || k > p + r) return f;
    return f - last[b].v * at(&st.Qx[k * nx + i]);
  }
  template <int b, int k>
  HYPOFP_INLINE inline Lanes velocity_coefficient(int i, const Lanes& force) const {
    if constexpr (tabled) return held(at(&column_table[i / width * step + (b * set + k) * width]));
    return last[b].K[k] + force * last[b].Q[k];
  }

  /// The cell itself, and the last x-axis.
  HYPOFP_INLINE inline void last_position_axis(std::ptrdiff_t place, int i, const Lanes* diagonal, Neighbours& u, Sums& sum) const {
    each<columns>([&]<int b>() HYPOFP_INLINE {
      each<lines>([&]<int l>() HYPOFP_INLINE { u[l][b].move(phi.last[l][r + b] + place); });
      each<x_width>([&]<int k>() HYPOFP_INLINE {
        const Lanes along = this->template position_coefficient<b, k>(i);
        each<lines>([&]<int l>() HYPOFP_INLINE {
          if constexpr (k == 0)
            sum[l][b] = along * u[l][b].shifted(-p);
          else if constexpr (k == p && tabled)
            sum[l][b] += (along + diagonal[l]) * u[l][b].shifted(0);
          else
            sum[l][b] += along * u[l][b].shifted(k - p);
        });
      });
    });
  }

  HYPOFP_INLINE inline void last_velocity_axis(std::ptrdiff_t place, int i, const Neighbours& mine, Sums& sum) const {
    const Lanes force = st.omega0 * st.omega0 * at(&st.x[i]);
    each<all_columns>([&]<int c>() HYPOFP_INLINE {
      Lanes u[lines];
      each<lines>([&]<int l>() HYPOFP_INLINE {
        const double* from = phi.last[l][c] + place;
        if constexpr (c >= r && c < r + columns)
          u[l] = mine[l][c - r].shifted(0);
        else
          u[l] = held(at(from));
        if constexpr (c >= all_columns - columns) soon(from);  // the others were met by the group before
      });
      each<columns>([&]<int b>() HYPOFP_INLINE {
        constexpr int k = c - b;  // offset + r
        if constexpr (k >= 0 && k <= 2 * r && k != r) {
          const Lanes along = this->template velocity_coefficient<b, k>(i, force);
          each<lines>([&]<int l>() HYPOFP_INLINE { sum[l][b] += along * u[l]; });
        }
      });
    });
  }

  /// The first (axis 0) or the middle (1) v-axis.
  template <int axis>
  HYPOFP_INLINE inline void velocity_axis(std::ptrdiff_t place, const double* table, const Neighbours& mine, Sums& sum) const {
    constexpr int along = axis == 0 ? rows : mids, across = axis == 0 ? mids : rows;
    each<along + 2 * r>([&]<int c>() HYPOFP_INLINE {
      Lanes u[across][columns];
      each<across>([&]<int o>() HYPOFP_INLINE {
        each<columns>([&]<int b>() HYPOFP_INLINE {
          if constexpr (c >= r && c < r + along) {
            u[o][b] = mine[axis == 0 ? (c - r) * mids + o : o * mids + c - r][b].shifted(0);
          } else {
            const double* from = (axis == 0 ? this->phi.first[c][o][b] : this->phi.middle[o][c][b]) + place;
            u[o][b] = held(at(from));
            soon(from);
          }
        });
      });
      each<along>([&]<int n>() HYPOFP_INLINE {
        constexpr int k = c - n;
        if constexpr (k >= 0 && k <= 2 * r && k != r) {
          const Lanes coefficient = held(splat(table[n * set + k]));
          each<across>([&]<int o>() HYPOFP_INLINE {
            each<columns>([&]<int b>() HYPOFP_INLINE { sum[axis == 0 ? n * mids + o : o * mids + n][b] += coefficient * u[o][b]; });
          });
        }
      });
    });
  }

  /// Their x-axes, whose neighbours are `stride` apart.
  template <int axis>
  HYPOFP_INLINE inline void position_axis(std::ptrdiff_t place, std::ptrdiff_t stride, const double* table, Sums& sum) const {
    each<2 * p>([&]<int n>() HYPOFP_INLINE {
      constexpr int k = n < p ? n : n + 1;  // offset + p, without the cell itself
      each<lines>([&]<int l>() HYPOFP_INLINE {
        const Lanes coefficient = held(splat(table[(axis == 0 ? l / mids : l % mids) * set + k]));
        each<columns>([&]<int b>() HYPOFP_INLINE { sum[l][b] += coefficient * at(phi.last[l][r + b] + place + (k - p) * stride); });
      });
    });
  }

  std::vector<double> row_table, mid_table;  // [nx][rows or mids][v_width + x_width]
  std::vector<double> column_table;  // [nx / width][columns][v_width + x_width][width]: of the last axes, where x varies along a vector
};

}  // namespace hypofp
