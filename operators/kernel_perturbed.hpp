#pragma once
#include <vector>

#include "operators/kernel_group.hpp"

namespace hypofp {

/// A phi on a group of x-cells with eps: E here stands before the sum over neighbours, E there in the coefficient,
///   sum_k (f - (v - E - E_k) Q_k) u_k = sum_k (f + E_k Q_k) u_k + (E - v) sum_k Q_k u_k,   and the diagonal likewise.
template <int d, int r>
class Perturbed : protected Group<d, r, true> {
 protected:
  using G = Group<d, r, true>;
  using Sums = typename G::Sums;
  static constexpr int p = G::p, rows = G::rows, mids = G::mids, columns = G::columns, row_halo = G::row_halo, mid_halo = G::mid_halo,
                       x_width = G::x_width, v_width = G::v_width;
  static constexpr int lines = G::lines;
  using G::st, G::nv, G::phi, G::phi_sides, G::eps_first, G::eps_middle, G::eps_last, G::eps_sides, G::last, G::own, G::column;
  Perturbed(const PhaseGrid& g, const Halo& h, const Stencil& s, const Application& w) : G(g, h, s, w), W_sum(s.nv + width, 0.0) {
    for (int k = 0; k < v_width; ++k)
      for (int j = 0; j < nv; ++j) W_sum[j] += st.Wv[k * nv + j];
  }

  /// Called where the group's rows change, and the velocity along the first and the middle axis.
  void tabulate_rows() {
    for (int a = 0; a < rows; ++a) first[a].tabulate(st, this->row_x(a), 0);
    for (int m = 0; m < mids; ++m) middle[m].tabulate(st, this->mid_x(m), 0);
  }
  void take_first_velocity(int j) { first_j = j, first_v.tabulate(st, j); }
  void take_middle_velocity(int j) { middle_j = j, middle_v.tabulate(st, j); }

  /// sum += A phi at `width` velocities of each cell; `here` their place in the block, i along the last axis.
  HYPOFP_INLINE inline void add(std::ptrdiff_t here, int i, const Blocks& blocks, Sums& sum) const {
    const Lanes v = at(&st.v[i]);
    each<lines>([&]<int l>() HYPOFP_INLINE {
      position_line<columns, true>(
          last, v, [&](int c) HYPOFP_INLINE { return blocks.on(column(c, own(l), phi_sides[l / mids][l % mids]) + here, c); },
          [&](int c) HYPOFP_INLINE { return blocks.on(column(c, eps_last[l / mids][l % mids], eps_sides[l / mids][l % mids]) + here, c); },
          [&](int b) HYPOFP_INLINE -> Lanes& { return sum[l][b]; });
    });
    if constexpr (d > 1) {
      phase(here);
      const Lanes v = splat(st.v[first_j]);
      each<mids>([&]<int m>() HYPOFP_INLINE {
        each<columns>([&]<int b>() HYPOFP_INLINE {
          position_line<rows, false>(
              first, v, [&](int c) HYPOFP_INLINE { return blocks.on(phi[c][mid_halo + m] + here, p + b); },
              [&](int c) HYPOFP_INLINE { return blocks.on(eps_first[c][m] + here, p + b); },
              [&](int a) HYPOFP_INLINE -> Lanes& { return sum[a * mids + m][b]; });
        });
      });
      phase(here);
      each<lines>([&]<int l>() HYPOFP_INLINE {
        const double* eps = eps_first[row_halo + l / mids][l % mids] + here;
        velocity_line(first_v, first[l / mids].force, own(l) + here, eps, nv * (d == 3 ? nv : 1), blocks, sum[l]);
      });
    }
    if constexpr (d == 3) {
      phase(here);
      const Lanes v = splat(st.v[middle_j]);
      each<rows>([&]<int a>() HYPOFP_INLINE {
        each<columns>([&]<int b>() HYPOFP_INLINE {
          position_line<mids, false>(
              middle, v, [&](int c) HYPOFP_INLINE { return blocks.on(phi[row_halo + a][c] + here, p + b); },
              [&](int c) HYPOFP_INLINE { return blocks.on(eps_middle[a][c] + here, p + b); },
              [&](int m) HYPOFP_INLINE -> Lanes& { return sum[a * mids + m][b]; });
        });
      });
      phase(here);
      each<lines>([&]<int l>() HYPOFP_INLINE {
        const double* eps = eps_middle[l / mids][mid_halo + l % mids] + here;
        velocity_line(middle_v, middle[l % mids].force, own(l) + here, eps, nv, blocks, sum[l]);
      });
    }
    phase(here);
    last_velocity_axis(here, i, blocks, sum);
  }

 private:
  /// n neighbours on an x-axis, cells p .. p+n-1 of phi_at(c), eps_at(c); first_seen: the pass that asks for phi of the group's own cells.
  template <int n, bool first_seen, class PhiAt, class EpsAt, class SumOf>
  HYPOFP_INLINE inline void position_line(const PositionCoefficients<r>* of, const Lanes& v, const PhiAt& phi_at, const EpsAt& eps_at,
                                          const SumOf& sum) const {
    Lanes S[n], D[n];
    each<n>([&]<int b>() HYPOFP_INLINE { S[b] = D[b] = Lanes{}; });
    each<n + 2 * p>([&]<int c>() HYPOFP_INLINE {
      const Lanes u = at(phi_at(c)), e = at(eps_at(c));
      if constexpr (first_seen || c < p || c >= p + n) soon(phi_at(c));
      soon(eps_at(c));
      each<n>([&]<int b>() HYPOFP_INLINE {
        constexpr int k = c - b;
        if constexpr (k >= p - r && k <= p + r && k != p) {
          sum(b) += (of[b].f[k] + of[b].q[k] * e) * u;
          S[b] += of[b].q[k] * u;
          D[b] += of[b].w[k] * e;
        } else if constexpr (k >= 0 && k <= 2 * p) {
          sum(b) += of[b].f[k] * u;
        }
      });
    });
    each<n>([&]<int b>() HYPOFP_INLINE {
      const Lanes u = at(phi_at(p + b)), e = at(eps_at(p + b));
      sum(b) += (e - v) * S[b] + (D[b] + of[b].w_sum * e) * u;
    });
  }

  /// A line of cells along a v-axis whose neighbours are `stride` apart.
  HYPOFP_INLINE inline void velocity_line(const VelocityCoefficients<r>& of, double force, const double* phi_line, const double* eps_line,
                                          std::ptrdiff_t stride, const Blocks& blocks, Lanes (&sum)[columns]) const {
    Lanes S[columns], D[columns];
    each<columns>([&]<int b>() HYPOFP_INLINE { S[b] = D[b] = Lanes{}; });
    each<v_width>([&]<int k>() HYPOFP_INLINE {
      const double *phi_k = phi_line + (k - r) * stride, *eps_k = eps_line + (k - r) * stride;
      each<columns>([&]<int b>() HYPOFP_INLINE {
        const Lanes u = at(blocks.on(phi_k, p + b)), e = at(blocks.on(eps_k, p + b));
        if (k == r) {
          sum[b] += of.K[k] * u;
        } else {
          sum[b] += (of.K[k] - of.Q[k] * e) * u;
          S[b] += of.Q[k] * u;
          D[b] += of.W[k] * e;
        }
      });
    });
    const double force_gamma = force / st.gamma;
    each<columns>([&]<int b>() HYPOFP_INLINE {
      const Lanes u = at(blocks.on(phi_line, p + b)), e = at(blocks.on(eps_line, p + b));
      sum[b] += (force_gamma - e) * S[b] - (D[b] + of.W_sum * e) * u;
    });
  }

  HYPOFP_INLINE inline void last_velocity_axis(std::ptrdiff_t here, int i, const Blocks& blocks, Sums& sum) const {
    const double gamma = st.gamma;
    each<columns>([&]<int b>() HYPOFP_INLINE {
      each<lines>([&]<int l>() HYPOFP_INLINE {
        const Line u(blocks.on(own(l) + here, p + b)), e(blocks.on(eps_last[l / mids][l % mids] + here, p + b));
        Lanes S{}, D{};
        each<v_width>([&]<int k>() HYPOFP_INLINE {
          const Lanes K = at(&st.K[k * nv + i]), Q = at(&st.Qv[k * nv + i]), W = at(&st.Wv[k * nv + i]);
          if constexpr (k == r) {
            sum[l][b] += K * u.shifted(0);
          } else {
            const Lanes u_k = u.shifted(k - r), e_k = gamma * e.shifted(k - r);
            sum[l][b] += (K - Q * e_k) * u_k;
            S += Q * u_k;
            D += W * e_k;
          }
        });
        const Lanes e_here = gamma * e.shifted(0);
        sum[l][b] += (last[b].force - e_here) * S - (D + at(&W_sum[i]) * e_here) * u.shifted(0);
      });
    });
  }

  std::vector<double> W_sum;  // over the last v-axis
  PositionCoefficients<r> first[rows], middle[mids];
  VelocityCoefficients<r> first_v, middle_v;
  int first_j = 0, middle_j = 0;
};

}  // namespace hypofp
