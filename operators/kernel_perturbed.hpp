#pragma once
#include <vector>

#include "operators/kernel_group.hpp"

namespace hypofp {

/// a A phi + b phi on a group of v-cells with eps: E here stands before the sum over neighbours, E there in the coefficient,
///   sum_k (f - (v - E - E_k) Q_k) u_k = sum_k (f + E_k Q_k) u_k + (E - v) sum_k Q_k u_k,   and the diagonal likewise;
///   with -gamma E along v.
template <int d, int r>
class Perturbed : protected Group<d, r, true> {
 protected:
  using G = Group<d, r, true>;
  using Sums = typename G::Sums;
  static constexpr int p = G::p, rows = G::rows, mids = G::mids, columns = G::columns, x_width = G::x_width, v_width = G::v_width;
  static constexpr int lines = G::lines;
  using G::st, G::nx, G::what, G::phi, G::half_eps, G::last;
  Perturbed(const PhaseGrid& g, const Halo& h, const Stencil& s, const Application& w) : G(g, h, s, w), W_sum(s.nx + width, 0.0) {
    for (int k = 0; k < x_width; ++k)
      for (int j = 0; j < nx; ++j) W_sum[j] += st.Wx[k * nx + j];
  }

  /// Called where the group's rows change, and its columns.
  void tabulate_rows() {
    for (int a = 0; a < rows; ++a) first[a].tabulate(st, this->row_v(a), 0);
    for (int m = 0; m < mids; ++m) middle[m].tabulate(st, this->mid_v(m), 0);
  }
  void tabulate_columns() { G::tabulate_columns(what.b / what.a); }

  /// All positions of each cell: done(place, i, sum) takes the sums of `width` of them, `place` in the block, i along the last axis.
  template <class Done>
  HYPOFP_INLINE inline void add(const Done& done) {
    std::ptrdiff_t start = 0;
    for (int n = 0, all = d == 1 ? 1 : d == 2 ? nx : nx * nx; n < all; ++n, start += nx) {
      if (d == 2 || (d == 3 && n % nx == 0)) first_x.tabulate(st, d == 3 ? n / nx : n);
      if (d == 3) middle_x.tabulate(st, n % nx);
      for (int i = 0; i < nx; i += width) {
        Sums sum;
        each<lines>([&]<int l>() HYPOFP_INLINE { each<columns>([&]<int b>() HYPOFP_INLINE { sum[l][b] = Lanes{}; }); });
        add(start + i, i, sum);
        each<lines>([&]<int l>() HYPOFP_INLINE { each<columns>([&]<int b>() HYPOFP_INLINE { sum[l][b] *= what.a; }); });
        done(start + i, i, sum);
      }
    }
  }

 private:
  /// sum += A phi + b/a phi at `width` positions of each cell; `here` their place in the block, i along the last axis.
  HYPOFP_INLINE inline void add(std::ptrdiff_t here, int i, Sums& sum) const {
    const Lanes force = st.omega0 * st.omega0 * at(&st.x[i]);
    each<lines>([&]<int l>() HYPOFP_INLINE {
      velocity_line<columns, true>(
          last, force, [&](int c) HYPOFP_INLINE { return phi.last[l][c] + here; }, [&](int c) HYPOFP_INLINE { return half_eps.last[l][c] + here; },
          [&](int b) HYPOFP_INLINE -> Lanes& { return sum[l][b]; });
    });
    if constexpr (d > 1) {
      const Lanes force = splat(first_x.force);
      each<mids>([&]<int m>() HYPOFP_INLINE {
        each<columns>([&]<int b>() HYPOFP_INLINE {
          velocity_line<rows, false>(
              first, force, [&](int c) HYPOFP_INLINE { return phi.first[c][m][b] + here; },
              [&](int c) HYPOFP_INLINE { return half_eps.first[c][m][b] + here; },
              [&](int a) HYPOFP_INLINE -> Lanes& { return sum[a * mids + m][b]; });
        });
      });
      each<lines>([&]<int l>() HYPOFP_INLINE {
        position_line(first_x, first[l / mids].v, &phi.last[l][r], half_eps.first[r + l / mids][l % mids], here, nx * (d == 3 ? nx : 1), sum[l]);
      });
    }
    if constexpr (d == 3) {
      const Lanes force = splat(middle_x.force);
      each<rows>([&]<int a>() HYPOFP_INLINE {
        each<columns>([&]<int b>() HYPOFP_INLINE {
          velocity_line<mids, false>(
              middle, force, [&](int c) HYPOFP_INLINE { return phi.middle[a][c][b] + here; },
              [&](int c) HYPOFP_INLINE { return half_eps.middle[a][c][b] + here; },
              [&](int m) HYPOFP_INLINE -> Lanes& { return sum[a * mids + m][b]; });
        });
      });
      each<lines>([&]<int l>() HYPOFP_INLINE {
        position_line(middle_x, middle[l % mids].v, &phi.last[l][r], half_eps.middle[l / mids][r + l % mids], here, nx, sum[l]);
      });
    }
    last_position_axis(here, i, sum);
  }

  /// n neighbours on a v-axis, cells r .. r+n-1 of phi_at(c), eps_at(c); first_seen: the pass that asks for phi of the group's own cells.
  template <int n, bool first_seen, class PhiAt, class EpsAt, class SumOf>
  HYPOFP_INLINE inline void velocity_line(const VelocityCoefficients<r>* of, const Lanes& force, const PhiAt& phi_at, const EpsAt& eps_at,
                                          const SumOf& sum) const {
    Lanes S[n], D[n];
    each<n>([&]<int b>() HYPOFP_INLINE { S[b] = D[b] = Lanes{}; });
    each<n + 2 * r>([&]<int c>() HYPOFP_INLINE {
      const Lanes u = at(phi_at(c)), e = st.gamma * at(eps_at(c));
      if constexpr (first_seen || c < r || c >= r + n) soon(phi_at(c));
      soon(eps_at(c));
      each<n>([&]<int b>() HYPOFP_INLINE {
        constexpr int k = c - b;
        if constexpr (k >= 0 && k <= 2 * r && k != r) {
          sum(b) += (of[b].K[k] - of[b].Q[k] * e) * u;
          S[b] += of[b].Q[k] * u;
          D[b] += of[b].W[k] * e;
        } else if constexpr (k == r) {
          sum(b) += of[b].K[k] * u;
        }
      });
    });
    each<n>([&]<int b>() HYPOFP_INLINE {
      const Lanes u = at(phi_at(r + b)), e = st.gamma * at(eps_at(r + b));
      sum(b) += (force - e) * S[b] - (D[b] + of[b].W_sum * e) * u;
    });
  }

  /// The columns of a line along an x-axis whose neighbours are `stride` apart.
  HYPOFP_INLINE inline void position_line(const PositionCoefficients<r>& of, double v, const double* const* phi_at, const double* const* eps_at,
                                          std::ptrdiff_t here, std::ptrdiff_t stride, Lanes (&sum)[columns]) const {
    Lanes S[columns], D[columns];
    each<columns>([&]<int b>() HYPOFP_INLINE { S[b] = D[b] = Lanes{}; });
    each<x_width>([&]<int k>() HYPOFP_INLINE {
      const std::ptrdiff_t there = here + (k - p) * stride;
      each<columns>([&]<int b>() HYPOFP_INLINE {
        const Lanes u = at(phi_at[b] + there);
        if constexpr (k >= p - r && k <= p + r && k != p) {
          const Lanes e = at(eps_at[b] + there);
          sum[b] += (of.f[k] + of.q[k] * e) * u;
          S[b] += of.q[k] * u;
          D[b] += of.w[k] * e;
        } else {
          sum[b] += of.f[k] * u;
        }
      });
    });
    each<columns>([&]<int b>() HYPOFP_INLINE {
      const Lanes u = at(phi_at[b] + here), e = at(eps_at[b] + here);
      sum[b] += (e - v) * S[b] + (D[b] + of.w_sum * e) * u;
    });
  }

  HYPOFP_INLINE inline void last_position_axis(std::ptrdiff_t here, int i, Sums& sum) const {
    const Stencil& st = this->st;  // GCC 12 loses names of a base in `if constexpr` within a lambda
    each<columns>([&]<int b>() HYPOFP_INLINE {
      each<lines>([&]<int l>() HYPOFP_INLINE {
        const Line u(phi.last[l][r + b] + here), e(half_eps.last[l][r + b] + here);
        Lanes S{}, D{};
        each<x_width>([&]<int k>() HYPOFP_INLINE {
          const Lanes f = at(&st.filter[k * st.nx + i]), u_k = u.shifted(k - p);
          if constexpr (k < p - r || k > p + r || k == p) {
            sum[l][b] += f * u_k;
          } else {
            const Lanes Q = at(&st.Qx[k * st.nx + i]), W = at(&st.Wx[k * st.nx + i]), e_k = e.shifted(k - p);
            sum[l][b] += (f + Q * e_k) * u_k;
            S += Q * u_k;
            D += W * e_k;
          }
        });
        const Lanes e_here = e.shifted(0);
        sum[l][b] += (e_here - last[b].v) * S + (D + at(&W_sum[i]) * e_here) * u.shifted(0);
      });
    });
  }

  std::vector<double> W_sum;  // over the last x-axis
  VelocityCoefficients<r> first[rows], middle[mids];
  PositionCoefficients<r> first_x, middle_x;
};

}  // namespace hypofp
