#pragma once
#include <vector>

#include "operators/kernel/group.hpp"

namespace hypofp {

/// a A phi + b phi on a group of v-cells with eps. A neighbour's E comes with the velocity or the force:
///   along x  sum_k (f_k + Q_k g_k) u_k,  g_k = E + E_k - v,         along v  sum_k (K_k + gamma Q_k g_k) u_k,  g_k = omega0^2 x/gamma - E
///   - E_k,
/// and the diagonal is sum_k W_k g_k along x and gamma times that along v: of v and x alone this sum is zero, as A sqrt(W) = 0 without eps.
template <int d, int r>
class Perturbed : protected Group<d, r, true> {
 protected:
  using G = Group<d, r, true>;
  using Sums = typename G::Sums;
  static constexpr int p = G::p, rows = G::rows, mids = G::mids, columns = G::columns, lines = G::lines, x_width = G::x_width;
  using G::G;
  using G::st, G::nx, G::what, G::phi, G::half_eps, G::last;

  /// Called where the group's rows change, and its columns.
  void tabulate_rows() {
    for (int a = 0; a < rows; ++a) first[a].tabulate(st, this->row_v(a), 0, st.gamma);
    for (int m = 0; m < mids; ++m) middle[m].tabulate(st, this->mid_v(m), 0, st.gamma);
  }
  void tabulate_columns() { G::tabulate_columns(what.b / what.a, st.gamma); }

  /// All positions of each cell: done(place, i, sum) takes the sums of `width` of them, `place` in the block, i along the last axis.
  template <class Done>
  HYPOFP_INLINE inline void add(const Done& done) {
    std::ptrdiff_t start = 0;
    for (int n = 0, all = d == 1 ? 1 : d == 2 ? nx : nx * nx; n < all; ++n, start += nx) {
      if (d == 2 || (d == 3 && n % nx == 0)) first_x.tabulate(st, d == 3 ? n / nx : n);
      if (d == 3) middle_x.tabulate(st, n % nx);
      for (int i = 0; i < nx; i += width) {
        Sums sum, diagonal;
        each<lines>([&]<int l>() HYPOFP_INLINE { each<columns>([&]<int b>() HYPOFP_INLINE { sum[l][b] = diagonal[l][b] = Lanes{}; }); });
        add(start + i, i, sum, diagonal);
        each<lines>([&]<int l>() HYPOFP_INLINE {
          each<columns>([&]<int b>()
                            HYPOFP_INLINE { sum[l][b] = what.a * (sum[l][b] + diagonal[l][b] * at(phi.last[l][r + b] + start + i)); });
        });
        done(start + i, i, sum);
      }
    }
  }

 private:
  /// One line of `width` positions of each cell, all axes.
  HYPOFP_INLINE inline void add(std::ptrdiff_t place, int i, Sums& sum, Sums& diagonal) const {
    const double push = st.omega0 * st.omega0 / st.gamma;
    velocity_axis<2>(place, last, push * at(&st.x[i]), sum, diagonal);
    if constexpr (d > 1) {
      velocity_axis<0>(place, first, splat(push * first_x.x), sum, diagonal);
      position_axis<0>(place, nx * (d == 3 ? nx : 1), first_x, first, sum, diagonal);
    }
    if constexpr (d == 3) {
      velocity_axis<1>(place, middle, splat(push * middle_x.x), sum, diagonal);
      position_axis<1>(place, nx, middle_x, middle, sum, diagonal);
    }
    last_position_axis(place, i, sum, diagonal);
  }

  /// The first (axis 0), the middle (1) or the last (2) v-axis: each coefficient for all cells of the group that share it.
  template <int axis>
  HYPOFP_INLINE inline void velocity_axis(std::ptrdiff_t place, const VelocityCoefficients<r>* of, const Lanes& push, Sums& sum,
                                          Sums& diagonal) const {
    const auto& phi = this->phi;  // GCC 12 loses names of a base in `if constexpr` within a lambda
    constexpr int along = axis == 0 ? rows : axis == 1 ? mids : columns, across = lines * columns / along;
    const auto line = [](int n, int o) HYPOFP_INLINE {
      return axis == 0 ? n * mids + o / columns : axis == 1 ? o / columns * mids + n : o;
    };
    const auto column = [](int n, int o) HYPOFP_INLINE { return axis == 2 ? n : o % columns; };
    const auto find = [&](const typename G::Cross& of, int c, int o) HYPOFP_INLINE {
      return (axis == 0   ? of.first[c][o / columns][o % columns]
              : axis == 1 ? of.middle[o / columns][c][o % columns]
                          : of.last[o][c]) +
             place;
    };
    Lanes here[along][across];
    each<along>([&]<int n>()
                    HYPOFP_INLINE { each<across>([&]<int o>() HYPOFP_INLINE { here[n][o] = push - at(find(half_eps, r + n, o)); }); });
    each<along + 2 * r>([&]<int c>() HYPOFP_INLINE {
      constexpr bool own = c >= r && c < r + along;
      Lanes u[across], e[across];
      each<across>([&]<int o>() HYPOFP_INLINE {
        u[o] = held(at(find(phi, c, o)));
        e[o] = at(find(half_eps, c, o));
        if constexpr (axis == 2 || !own) soon(find(phi, c, o));
        soon(find(half_eps, c, o));
      });
      each<along>([&]<int n>() HYPOFP_INLINE {
        constexpr int k = c - n;  // offset + r
        if constexpr (k == r) {
          each<across>([&]<int o>() HYPOFP_INLINE { sum[line(n, o)][column(n, o)] += of[n].K[k] * u[o]; });
        } else if constexpr (k >= 0 && k <= 2 * r) {
          const Lanes K = held(splat(of[n].K[k])), Q = held(splat(of[n].Q[k])), W = held(splat(of[n].W[k]));
          each<across>([&]<int o>() HYPOFP_INLINE {
            const Lanes g = here[n][o] - e[o];
            sum[line(n, o)][column(n, o)] += (K + Q * g) * u[o];
            diagonal[line(n, o)][column(n, o)] += W * g;
          });
        }
      });
    });
  }

  /// Their x-axes, whose neighbours are `stride` apart.
  template <int axis>
  HYPOFP_INLINE inline void position_axis(std::ptrdiff_t place, std::ptrdiff_t stride, const PositionCoefficients<r>& x,
                                          const VelocityCoefficients<r>* of, Sums& sum, Sums& diagonal) const {
    const auto& phi = this->phi;
    const auto eps_at = [&](int l, int b) HYPOFP_INLINE {
      return (axis == 0 ? half_eps.first[r + l / mids][l % mids][b] : half_eps.middle[l / mids][r + l % mids][b]) + place;
    };
    const auto cells = [&](auto&& action) HYPOFP_INLINE {
      each<lines>([&]<int l>() HYPOFP_INLINE { each<columns>([&]<int b>() HYPOFP_INLINE { action(l, b); }); });
    };
    Sums here;
    cells([&](int l, int b) HYPOFP_INLINE { here[l][b] = at(eps_at(l, b)) - of[axis == 0 ? l / mids : l % mids].v; });
    each<x_width>([&]<int k>() HYPOFP_INLINE {
      const std::ptrdiff_t off = (k - p) * stride;
      const Lanes f = held(splat(x.f[k]));
      if constexpr (k >= p - r && k <= p + r && k != p) {
        const Lanes Q = held(splat(x.q[k])), W = held(splat(x.w[k]));
        cells([&](int l, int b) HYPOFP_INLINE {
          const Lanes g = here[l][b] + at(eps_at(l, b) + off);
          sum[l][b] += (f + Q * g) * at(phi.last[l][r + b] + place + off);
          diagonal[l][b] += W * g;
        });
      } else {
        cells([&](int l, int b) HYPOFP_INLINE { sum[l][b] += f * at(phi.last[l][r + b] + place + off); });
      }
    });
  }

  HYPOFP_INLINE inline void last_position_axis(std::ptrdiff_t place, int i, Sums& sum, Sums& diagonal) const {
    const Stencil& st = this->st;
    each<columns>([&]<int b>() HYPOFP_INLINE {
      Line u[lines], e[lines];
      Lanes here[lines];
      each<lines>([&]<int l>() HYPOFP_INLINE {
        u[l] = Line(phi.last[l][r + b] + place), e[l] = Line(half_eps.last[l][r + b] + place);
        here[l] = e[l].shifted(0) - last[b].v;
      });
      each<x_width>([&]<int k>() HYPOFP_INLINE {
        const Lanes f = held(at(&st.filter[k * st.nx + i]));
        if constexpr (k >= p - r && k <= p + r && k != p) {
          const Lanes Q = held(at(&st.Qx[k * st.nx + i])), W = held(at(&st.Wx[k * st.nx + i]));
          each<lines>([&]<int l>() HYPOFP_INLINE {
            const Lanes g = here[l] + e[l].shifted(k - p);
            sum[l][b] += (f + Q * g) * u[l].shifted(k - p);
            diagonal[l][b] += W * g;
          });
        } else {
          each<lines>([&]<int l>() HYPOFP_INLINE { sum[l][b] += f * u[l].shifted(k - p); });
        }
      });
    });
  }

  VelocityCoefficients<r> first[rows], middle[mids];
  PositionCoefficients<r> first_x, middle_x;
};

}  // namespace hypofp
