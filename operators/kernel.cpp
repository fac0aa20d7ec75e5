// The application of the generator: y = a A phi + b phi + c y, and sums of y and phi (stencil.hpp).
//
//   (A phi)(x, v) = sum_i sum_k [ f_k(x_i) - (v_i - e) Q_k(x_i) ] phi(x + k e_i, v)
//                 + sum_i sum_k [ gamma K_k(v_i) + (omega0^2 x_i - gamma e) Q_k(v_i) ] phi(x, v + k e_i)  +  diag(B) phi,
//   e = (eps_i here + eps_i there)/2,   diag(B) = sum_i sum_k e [ W_k(x_i) - gamma W_k(v_i) ]
//
// (scheme.md; f = filter, W = Q weighted so that sqrt(W)^T A = 0). The coefficients are tables of one axis.
//
// What costs is bringing phi from the caches: an entry meets 2 d (p + r) + 1 others. So a rows x b columns of x-cells (first and last
// x-axis) are taken together, `width` neighbouring velocities at a time, all their sums in registers: a value read once
// serves every cell of the group that needs it. Velocities along the fastest axis are the same line, shifted; what is read
// beyond a line's end, or beyond the box, meets a zero coefficient.
#include <algorithm>
#include <cstdint>
#include <numeric>

#include "operators/kernel_group.hpp"

namespace hypofp {
namespace {

/// The coefficients of one cell of an x-axis.
template <int r>
struct PositionCoefficients {
  static constexpr int n = 2 * filter_width(r) + 1;
  double f[n], q[n], w[n], w_sum, force;
  void tabulate(const Stencil& st, int ix) {
    std::copy_n(&st.filter[ix * n], n, f);
    std::copy_n(&st.Qx[ix * n], n, q);
    std::copy_n(&st.Wx[ix * n], n, w);
    w_sum = std::accumulate(w, w + n, 0.0);
    force = st.omega0 * st.omega0 * st.x[ix];
  }
};
/// The coefficients of one cell of a v-axis, times gamma.
template <int r>
struct VelocityCoefficients {
  static constexpr int n = 2 * r + 1;
  double K[n], Q[n], W[n], W_sum;
  void tabulate(const Stencil& st, int j) {
    for (int k = 0; k < n; ++k) {
      K[k] = st.K[k * st.nv + j];
      Q[k] = st.gamma * st.Qv[k * st.nv + j];
      W[k] = st.gamma * st.Wv[k * st.nv + j];
    }
    W_sum = std::accumulate(W, W + n, 0.0);
  }
};

template <int d, int r, bool eps>
class Kernel : Group<d, r, eps> {
  using G = Group<d, r, eps>;
  static constexpr int p = G::p, rows = G::rows, mids = G::mids, columns = G::columns, row_halo = G::row_halo, mid_halo = G::mid_halo,
                       all_rows = G::all_rows, all_mids = G::all_mids, all_columns = G::all_columns, x_width = G::x_width, v_width = G::v_width;
  static constexpr int lines = rows * mids, set = x_width + v_width;
  using G::st, G::what, G::nv, G::block, G::phi, G::phi_sides, G::eps_first, G::eps_middle, G::eps_last, G::eps_sides, G::y_place;
  using Sums = Lanes[lines][columns];

 public:
  Kernel(const PhaseGrid& g, const Halo& h, const Stencil& s, const Application& w)
      : G(g, h, s, w), row_table(eps || d == 1 ? 0 : nv * rows * set), mid_table(eps || d < 3 ? 0 : nv * mids * set) {
    const std::size_t bytes = static_cast<std::size_t>(g.x_cells) * block * sizeof(double);
    streams = what.c == 0 && what.n_sums == 0 && nv % width == 0 && reinterpret_cast<std::uintptr_t>(what.y) % 64 == 0 && bytes > (16 << 20);
    if constexpr (eps) {
      W_sum.assign(nv + width, 0.0);
      for (int k = 0; k < v_width; ++k)
        for (int j = 0; j < nv; ++j) W_sum[j] += st.Wv[k * nv + j];
    }
  }

  void run() {
    for (int row = 0; row < this->n_rows; row += rows)
      for (int mid = 0; mid < this->n_mids; mid += mids) {
        for (int column = 0; column < this->n_columns; column += columns) {
          this->choose(row, mid, column);
          if (column == 0) tabulate();
          cells();
          if (d == 1) add_sums(y_place[0][0], this->own_columns);
        }
        for (int a = 0; a < this->own_rows && d > 1; ++a) add_sums(this->local(row + a, mid, 0) * block, this->own_mids * this->n_columns);
      }
    padding();
  }

 private:
  /// Coefficients along an x-axis but the last and its v-axis, one set for each of n cells and each velocity.
  template <class XOf>
  void tabulate(std::vector<double>& table, int n, const XOf& x_of) const {
    double* to = table.data();
    for (int j = 0; j < nv; ++j)
      for (int a = 0; a < n; ++a) {
        const int ix = x_of(a);
        for (int k = 0; k < x_width; ++k) *to++ = st.filter[ix * x_width + k] - st.v[j] * st.Qx[ix * x_width + k];
        for (int k = 0; k < v_width; ++k) *to++ = st.K[k * nv + j] + st.omega0 * st.omega0 * st.x[ix] * st.Qv[k * nv + j];
      }
  }
  void tabulate() {
    if constexpr (eps) {
      for (int a = 0; a < rows; ++a) first[a].tabulate(st, this->row_x(a));
      for (int m = 0; m < mids; ++m) middle[m].tabulate(st, this->mid_x(m));
    } else {
      if (d > 1) tabulate(row_table, rows, [&](int a) { return this->row_x(a); });
      if (d == 3) tabulate(mid_table, mids, [&](int m) { return this->mid_x(m); });
    }
  }

  /// One group of x-cells, all velocities.
  void cells() {
    for (int b = 0; b < columns; ++b) {
      last[b].tabulate(st, this->column_x(b));
      last[b].f[p] += what.b / what.a;
    }
    const int inner = d == 3 ? nv : 1, outer = d == 1 ? 1 : nv;
    for (slow = 0; slow < outer; ++slow) {
      if constexpr (eps && d > 1) first_v.tabulate(st, slow);
      for (middling = 0; middling < inner; ++middling) {
        if constexpr (eps && d == 3) middle_v.tabulate(st, middling);
        const std::ptrdiff_t start = (static_cast<std::ptrdiff_t>(slow) * inner + middling) * nv;
        for (int i = 0; i < nv; i += width) velocities(start + i, i);
      }
    }
  }

  /// `width` velocities of each cell of the group; `here` their place in the block, i along the fastest axis.
  [[gnu::noinline]] void velocities(std::ptrdiff_t here, int i) const {
    const Blocks blocks(block);
    Lanes sum[lines][columns];
    each<lines>([&]<int l>() HYPOFP_INLINE { each<columns>([&]<int b>() HYPOFP_INLINE { sum[l][b] = Lanes{}; }); });
    if (what.c != 0) ask_for(what.y, here, blocks);
    if constexpr (eps)
      perturbed(here, i, blocks, sum);
    else
      unperturbed(here, i, blocks, sum);
    finish(here, i, blocks, sum);
  }

  /// Line l of the group, from p columns before its own.
  HYPOFP_INLINE inline const double* own(int l) const { return phi[row_halo + l / mids][mid_halo + l % mids]; }
  /// Where its column c is counted from.
  HYPOFP_INLINE static inline const double* column(int c, const double* own, const double* const (&sides)[2]) {
    return c < p ? sides[0] : c < p + columns ? own : sides[1];
  }
  /// Values from the far caches are asked for six steps early.
  HYPOFP_INLINE static inline void soon(const double* from) { __builtin_prefetch(from + 6 * width, 0, 2); }
  HYPOFP_INLINE inline void ask_for(const double* array, std::ptrdiff_t here, const Blocks& blocks) const {
    each<lines>([&]<int l>() HYPOFP_INLINE {
      const double* line = array + y_place[l / mids][l % mids] + here;
      each<columns>([&]<int b>() HYPOFP_INLINE { __builtin_prefetch(blocks.on(line, b) + 6 * width, 1, 2); });
    });
  }

  // Without eps.

  HYPOFP_INLINE inline void unperturbed(std::ptrdiff_t here, int i, const Blocks& blocks, Sums& sum) const {
    last_position_axis(here, i, blocks, sum);
    phase(here);
    if constexpr (d > 1) {
      const double* table = &row_table[slow * rows * set];
      position_axis<0>(here, table, blocks, sum);
      phase(here);
      velocity_axis<0>(here, nv * (d == 3 ? nv : 1), table + x_width, blocks, sum);
      phase(here);
    }
    if constexpr (d == 3) {
      const double* table = &mid_table[middling * mids * set];
      position_axis<1>(here, table, blocks, sum);
      phase(here);
      velocity_axis<1>(here, nv, table + x_width, blocks, sum);
      phase(here);
    }
    last_velocity_axis(here, i, blocks, sum);
  }

  HYPOFP_INLINE inline void last_position_axis(std::ptrdiff_t here, int i, const Blocks& blocks, Sums& sum) const {
    const Lanes v = at(&st.v[i]);
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
  HYPOFP_INLINE inline void velocity_axis(std::ptrdiff_t here, std::ptrdiff_t stride, const double* table, const Blocks& blocks, Sums& sum) const {
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

  // With eps: E here stands before the sum over neighbours, E there in the coefficient,
  //   sum_k (f - (v - E - E_k) Q_k) u_k = sum_k (f + E_k Q_k) u_k + (E - v) sum_k Q_k u_k, and the diagonal likewise.

  HYPOFP_INLINE inline void perturbed(std::ptrdiff_t here, int i, const Blocks& blocks, Sums& sum) const {
    const Lanes v = at(&st.v[i]);
    each<lines>([&]<int l>() HYPOFP_INLINE {
      perturbed_position<columns, true>(
          last, v, [&](int c) HYPOFP_INLINE { return blocks.on(column(c, own(l), phi_sides[l / mids][l % mids]) + here, c); },
          [&](int c) HYPOFP_INLINE { return blocks.on(column(c, eps_last[l / mids][l % mids], eps_sides[l / mids][l % mids]) + here, c); }, [&](int b) HYPOFP_INLINE -> Lanes& { return sum[l][b]; });
    });
    if constexpr (d > 1) {
      phase(here);
      const Lanes v = splat(st.v[slow]);
      each<mids>([&]<int m>() HYPOFP_INLINE {
        each<columns>([&]<int b>() HYPOFP_INLINE {
          perturbed_position<rows, false>(
              first, v, [&](int c) HYPOFP_INLINE { return blocks.on(phi[c][mid_halo + m] + here, p + b); },
              [&](int c) HYPOFP_INLINE { return blocks.on(eps_first[c][m] + here, p + b); }, [&](int a) HYPOFP_INLINE -> Lanes& { return sum[a * mids + m][b]; });
        });
      });
      phase(here);
      each<lines>([&]<int l>() HYPOFP_INLINE {
        perturbed_velocity(first_v, first[l / mids].force, own(l) + here, eps_first[row_halo + l / mids][l % mids] + here, nv * (d == 3 ? nv : 1), blocks, sum[l]);
      });
    }
    if constexpr (d == 3) {
      phase(here);
      const Lanes v = splat(st.v[middling]);
      each<rows>([&]<int a>() HYPOFP_INLINE {
        each<columns>([&]<int b>() HYPOFP_INLINE {
          perturbed_position<mids, false>(
              middle, v, [&](int c) HYPOFP_INLINE { return blocks.on(phi[row_halo + a][c] + here, p + b); },
              [&](int c) HYPOFP_INLINE { return blocks.on(eps_middle[a][c] + here, p + b); }, [&](int m) HYPOFP_INLINE -> Lanes& { return sum[a * mids + m][b]; });
        });
      });
      phase(here);
      each<lines>([&]<int l>() HYPOFP_INLINE {
        perturbed_velocity(middle_v, middle[l % mids].force, own(l) + here, eps_middle[l / mids][mid_halo + l % mids] + here, nv, blocks, sum[l]);
      });
    }
    phase(here);
    perturbed_last_velocity(here, i, blocks, sum);
  }

  /// n neighbours on an x-axis, cells p .. p+n-1 of phi_at(c), eps_at(c).
  template <int n, bool first_seen, class PhiAt, class EpsAt, class SumOf>
  HYPOFP_INLINE inline void perturbed_position(const PositionCoefficients<r>* of, const Lanes& v, const PhiAt& phi_at, const EpsAt& eps_at, const SumOf& sum) const {
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
  HYPOFP_INLINE inline void perturbed_velocity(const VelocityCoefficients<r>& of, double force, const double* phi_line, const double* eps_line,
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

  HYPOFP_INLINE inline void perturbed_last_velocity(std::ptrdiff_t here, int i, const Blocks& blocks, Sums& sum) const {
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

  HYPOFP_INLINE inline void finish(std::ptrdiff_t here, int i, const Blocks& blocks, Sums& sum) const {
    each<lines>([&]<int l>() HYPOFP_INLINE {
      each<columns>([&]<int b>() HYPOFP_INLINE {
        sum[l][b] *= what.a;
        settle(sum[l][b]);
      });
    });
    if (nv - i >= width && this->whole()) {
      const auto cells = [&](auto&& action) HYPOFP_INLINE {
        each<lines>([&]<int l>() HYPOFP_INLINE {
          double* line = what.y + y_place[l / mids][l % mids] + here;
          each<columns>([&]<int b>() HYPOFP_INLINE { action(blocks.on(line, b), sum[l][b]); });
        });
      };
      if (streams) return cells([](double* to, Lanes& value) HYPOFP_INLINE { stream(to, value); });
      if (what.c != 0) cells([&](double* to, Lanes& value) HYPOFP_INLINE { value += what.c * at(to); });
      cells([](double* to, Lanes& value) HYPOFP_INLINE { put(to, value); });
    } else {
      Sums copy;  // of what would else be kept in memory for this rare case
      each<lines>([&]<int l>() HYPOFP_INLINE { each<columns>([&]<int b>() HYPOFP_INLINE { copy[l][b] = sum[l][b]; }); });
      finish_part(here, std::min(width, nv - i), copy);
    }
  }
  /// n velocities of the cells inside the box.
  [[gnu::noinline]] void finish_part(std::ptrdiff_t here, int n, Sums& sum) const {
    for (int l = 0; l < lines; ++l)
      for (int b = 0; b < columns; ++b) {
        if (l / mids >= this->own_rows || l % mids >= this->own_mids || b >= this->own_columns) continue;
        double* to = what.y + y_place[l / mids][l % mids] + b * block + here;
        if (what.c != 0) sum[l][b] += what.c * at(to, n);
        put(to, sum[l][b], n);
      }
  }

  /// The sums of y and phi over some cells, while both are in a cache.
  void add_sums(std::ptrdiff_t first, std::ptrdiff_t n) const {
    constexpr std::ptrdiff_t piece = 512;
    for (std::ptrdiff_t from = first, end = first + n * block; from < end && what.n_sums > 0; from += piece)
      for (const auto* s = what.sums; s != what.sums + what.n_sums; ++s)
#pragma omp simd
        for (std::ptrdiff_t e = from; e < std::min(from + piece, end); ++e) s->out[e] += s->of_y * what.y[e] + s->of_phi * what.phi[e];
  }

  /// The entries that fill a block up to whole cache lines: A is zero there.
  void padding() const {
    for (PetscInt cell = 0; cell < this->grid.x_cells; ++cell)
      for (PetscInt i = cell * block + this->grid.velocities; i < (cell + 1) * block; ++i)
        what.y[i] = what.b * what.phi[i] + (what.c != 0 ? what.c * what.y[i] : 0);
  }

  std::vector<double> row_table, mid_table;  // [nv][rows or mids][x_width + v_width]
  std::vector<double> W_sum;                 // over the last v-axis
  bool streams = false;
  int slow = 0, middling = 0;                // velocities along the first and the middle axis
  PositionCoefficients<r> last[columns], first[rows], middle[mids];
  VelocityCoefficients<r> first_v, middle_v;
};

template <int d, int r>
void apply(const PhaseGrid& g, const Halo& h, const Stencil& s, const Application& w) {
  if (w.half_eps)
    Kernel<d, r, true>(g, h, s, w).run();
  else
    Kernel<d, r, false>(g, h, s, w).run();
}

}  // namespace

void apply_stencil(const PhaseGrid& g, const Halo& h, const Stencil& s, const Application& w) {
  using Function = void (*)(const PhaseGrid&, const Halo&, const Stencil&, const Application&);
  static constexpr Function table[3][4] = {{apply<1, 1>, apply<1, 2>, apply<1, 3>, apply<1, 4>},
                                           {apply<2, 1>, apply<2, 2>, apply<2, 3>, apply<2, 4>},
                                           {apply<3, 1>, apply<3, 2>, apply<3, 3>, apply<3, 4>}};
  table[s.d - 1][s.r - 1](g, h, s, w);
}

}  // namespace hypofp
