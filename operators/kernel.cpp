// The application of the generator: y = a A phi + b phi + c y, and sums of y and phi on the way (stencil.hpp).
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
// beyond a line's end meets a zero coefficient and does not count, but it has to be there: hence the copies of the first and last cell.
#ifdef __AVX512F__
#include <immintrin.h>
#endif

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "operators/stencil.hpp"

namespace hypofp {
namespace {

#ifdef __AVX512F__
constexpr int width = 8, group = 4;
#else
constexpr int width = 4, group = 2;
#endif
typedef double Lanes __attribute__((vector_size(8 * width)));
typedef double LooseLanes __attribute__((vector_size(8 * width), aligned(8), may_alias));  // at any address

inline Lanes at(const double* p) { return *reinterpret_cast<const LooseLanes*>(p); }
inline void put(double* p, Lanes v) { *reinterpret_cast<LooseLanes*>(p) = v; }
/// Past the caches: for a vector that will not be read before it has left them. p is aligned.
inline void stream(double* p, Lanes v) {
#ifdef __AVX512F__
  __builtin_ia32_movntpd512(p, v);
#else
  put(p, v);
#endif
}
/// The first n of `width` values; the others are zero, or stay as they are.
inline Lanes at(const double* p, int n) {
#ifdef __AVX512F__
  return reinterpret_cast<Lanes>(_mm512_maskz_loadu_pd(static_cast<__mmask8>((1 << n) - 1), p));
#else
  Lanes v = {};
  std::memcpy(&v, p, n * sizeof(double));
  return v;
#endif
}
inline void put(double* p, Lanes v, int n) {
#ifdef __AVX512F__
  _mm512_mask_storeu_pd(p, static_cast<__mmask8>((1 << n) - 1), reinterpret_cast<__m512d>(v));
#else
  std::memcpy(p, &v, n * sizeof(double));
#endif
}
/// v is computed here in any case: else the compiler moves its work into the branches that store it.
inline void settle([[maybe_unused]] Lanes& v) {
#ifdef __AVX__
  asm volatile("" : "+v"(v));
#endif
}
/// Loads before and after are kept apart: to reload from the nearest cache is cheaper than the registers that would carry the values.
inline void phase() { asm volatile("" ::: "memory"); }

template <int d, int r, bool eps>
class Kernel {
  static constexpr int p = filter_width(r);
  static constexpr int rows = d == 1 ? 1 : eps || d == 3 ? 2 : group, columns = d == 1 ? (eps ? 4 : 8) : eps ? 2 : group;
  static constexpr int row_halo = d == 1 ? 0 : p;  // neighbours along the first x-axis; at d = 1 the last axis is all there is
  static constexpr int all_rows = rows + 2 * row_halo, all_columns = columns + 2 * p;
  static constexpr int x_width = 2 * p + 1, v_width = 2 * r + 1;

 public:
  Kernel(const PhaseGrid& g, const Halo& h, const Stencil& s, const Application& w)
      : grid(g), halo(h), st(s), what(w), nv(s.nv), block(g.block), w2(s.omega0 * s.omega0), n_rows(d == 1 ? 1 : g.count[0]),
        n_middle(d == 3 ? g.count[1] : 1), n_columns(g.count[d - 1]), guard(g.guard),
        ends(2 * (block + 2 * guard)), row_table(d == 1 ? 0 : nv * rows * (x_width + v_width)) {
    const PetscInt last = (grid.x_cells - 1) * block;
    std::copy(what.phi, what.phi + block, ends.begin() + guard);
    std::copy(what.phi + last, what.phi + last + block, ends.begin() + 3 * guard + block);
    const std::size_t bytes = static_cast<std::size_t>(grid.x_cells) * block * sizeof(double);
    streams = what.c == 0 && what.n_sums == 0 && nv % width == 0 && reinterpret_cast<std::uintptr_t>(what.y) % 64 == 0 && bytes > (16 << 20);
  }

  void run() {
    for (row0 = 0; row0 < n_rows; row0 += rows) {
      if constexpr (d > 1) tabulate_rows();
      for (middle = 0; middle < n_middle; ++middle)
        for (column0 = 0; column0 < n_columns; column0 += columns) cells();
    }
    padding();
  }

 private:
  PetscInt local(int row, int mid, int column) const { return (static_cast<PetscInt>(row) * n_middle + mid) * n_columns + column; }

  /// Number of a cell at most p outside this rank's box along one axis: >= 0 local, < 0 ghost; the nearest one beyond the whole box,
  /// where coefficients are zero.
  PetscInt number(int row, int mid, int column) const {
    const int a = std::clamp(row, 0, n_rows - 1), m = std::clamp(mid, 0, n_middle - 1), b = std::clamp(column, 0, n_columns - 1);
    const PetscInt home = local(a, m, b);
    if (b != column) return halo.neighbour(home, d - 1, std::clamp(column - b, -p, p));
    if (d == 3 && m != mid) return halo.neighbour(home, 1, mid - m);
    if (d > 1 && a != row) return halo.neighbour(home, 0, std::clamp(row - a, -p, p));
    return home;
  }
  const double* phi_of(PetscInt cell) const {
    if (cell == 0) return ends.data() + guard;
    if (cell == grid.x_cells - 1) return ends.data() + 3 * guard + block;
    return cell >= 0 ? what.phi + cell * block : what.phi_ghosts + ~cell * block;
  }
  const double* eps_of(int axis, PetscInt cell) const {
    return cell >= 0 ? what.half_eps[axis] + cell * block : what.half_eps_ghosts[axis] + ~cell * block;
  }

  /// Coefficients along the first x-axis and the slowest v-axis for these rows, one set for each velocity along it.
  void tabulate_rows() {
    for (int j = 0; j < nv; ++j)
      for (int a = 0; a < rows; ++a) {
        const int ix = std::min(grid.first[0] + row0 + a, st.nx - 1);
        double* x = &row_table[(j * rows + a) * (x_width + v_width)];
        double* v = x + x_width;
        for (int k = 0; k < x_width; ++k) x[k] = st.filter[ix * x_width + k] - st.v[j] * st.Qx[ix * x_width + k];
        for (int k = 0; k < v_width; ++k) v[k] = st.K[k * nv + j] + w2 * st.x[ix] * st.Qv[k * nv + j];
      }
  }

  /// One group of x-cells, all velocities.
  void cells() {
    for (int a = 0; a < all_rows; ++a)
      for (int b = 0; b < all_columns; ++b) {
        const bool in_row = a >= row_halo && a < row_halo + rows, in_column = b >= p && b < p + columns;
        if (!in_row && !in_column) continue;
        const PetscInt cell = number(row0 + a - row_halo, middle, column0 + b - p);
        phi[a][b] = phi_of(cell);
        if constexpr (eps) {
          if (in_column) eps_first[a][b - p] = eps_of(0, cell);
          if (in_row) eps_last[a - row_halo][b] = eps_of(d - 1, cell);
        }
      }
    for (int b = 0; b < columns; ++b) {
      const int ix = std::min(grid.first[d - 1] + column0 + b, st.nx - 1);
      force[b] = w2 * st.x[ix];
      for (int k = 0; k < x_width; ++k) {
        f[b][k] = st.filter[ix * x_width + k];
        q[b][k] = st.Qx[ix * x_width + k];
        w[b][k] = st.Wx[ix * x_width + k];
      }
      f[b][p] += what.b / what.a;
    }
    whole_group = row0 + rows <= n_rows && column0 + columns <= n_columns;
    for (int a = 0; a < rows; ++a)
      for (int b = 0; b < columns; ++b) {
        const bool here = row0 + a < n_rows && column0 + b < n_columns;
        place[a][b] = here ? local(row0 + a, middle, column0 + b) * block : -1;
        if constexpr (d == 3)
          for (int k = -p; k <= p; ++k) {
            const int row = std::min(row0 + a, n_rows - 1), column = std::min(column0 + b, n_columns - 1);
            const PetscInt cell = number(row, middle + k, column);
            phi_middle[k + p][a][b] = phi_of(cell);
            if constexpr (eps) eps_middle[k + p][a][b] = eps_of(1, cell);
          }
      }
    const int lines = d == 3 ? nv : 1, planes = d == 1 ? 1 : nv;
    for (slow = 0; slow < planes; ++slow)
      for (line = 0; line < lines; ++line) {
        if constexpr (d == 3) tabulate_middle();
        const std::ptrdiff_t start = (static_cast<std::ptrdiff_t>(slow) * lines + line) * nv;
        for (int i = 0; i < nv; i += width) velocities(start + i, i);
      }
  }
  void tabulate_middle() {
    const int ix = grid.first[1] + middle;
    for (int k = 0; k < x_width; ++k) x_middle[k] = st.filter[ix * x_width + k] - st.v[line] * st.Qx[ix * x_width + k];
    for (int k = 0; k < v_width; ++k) v_middle[k] = st.K[k * nv + line] + w2 * st.x[ix] * st.Qv[k * nv + line];
  }

  /// `width` velocities of each cell of the group; `here` their place in the block, i along the fastest axis.
  [[gnu::noinline]] void velocities(std::ptrdiff_t here, int i) const {
    Lanes sum[rows][columns] = {}, diagonal[rows][columns] = {};
    if (what.c != 0) ask_for(what.y, here);
    for (int s = 0; s < what.n_sums; ++s) ask_for(what.sums[s].out, here);
    last_position_axis(here, i, sum, diagonal);
    phase();
    if constexpr (d > 1) {
      first_position_axis(here, sum, diagonal);
      phase();
      // along the slowest v-axis: eps of the same pair
      slow_velocity_axis(here, nv * (d == 3 ? nv : 1), 0, &row_table[slow * rows * (x_width + v_width) + x_width], x_width + v_width, slow, sum, diagonal);
      phase();
    }
    if constexpr (d == 3) {
      middle_position_axis(here, sum, diagonal);
      phase();
      slow_velocity_axis(here, nv, 1, v_middle, 0, line, sum, diagonal);
      phase();
    }
    fast_velocity_axis(here, i, sum, diagonal);
    phase();
    if constexpr (eps)
#pragma GCC unroll 8
      for (int a = 0; a < rows; ++a)
#pragma GCC unroll 8
        for (int b = 0; b < columns; ++b) sum[a][b] += diagonal[a][b] * at(phi[row_halo + a][p + b] + here);
    finish(here, i, sum);
  }

  using Sums = Lanes[rows][columns];

  /// Values from the far caches are asked for three steps early.
  static void soon(const double* p) { __builtin_prefetch(p + 3 * width, 0, 2); }
  [[gnu::always_inline]] inline void ask_for(const double* array, std::ptrdiff_t here) const {
#pragma GCC unroll 8
    for (int a = 0; a < rows; ++a)
#pragma GCC unroll 8
      for (int b = 0; b < columns; ++b) __builtin_prefetch(array + place[a][b] + here + 3 * width, 1, 2);
  }

  [[gnu::always_inline]] inline void last_position_axis(std::ptrdiff_t here, int i, Sums& sum, Sums& diagonal) const {
    const Lanes v = at(&st.v[i]);
#pragma GCC unroll 32
    for (int c = 0; c < all_columns; ++c) {
      Lanes u[rows];
#pragma GCC unroll 8
      for (int a = 0; a < rows; ++a) {
        u[a] = at(phi[row_halo + a][c] + here);
        soon(phi[row_halo + a][c] + here);
        if constexpr (eps) soon(eps_last[a][c] + here);
      }
#pragma GCC unroll 8
      for (int b = 0; b < columns; ++b) {
        const int k = c - b;  // offset + p
        if (k < 0 || k > 2 * p) continue;
        const Lanes along = f[b][k] - v * q[b][k];
#pragma GCC unroll 8
        for (int a = 0; a < rows; ++a) {
          if constexpr (eps) {
            const Lanes e = at(eps_last[a][p + b] + here) + at(eps_last[a][c] + here);
            sum[a][b] += (along + q[b][k] * e) * u[a];
            diagonal[a][b] += w[b][k] * e;
          } else {
            sum[a][b] += along * u[a];
          }
        }
      }
    }
  }

  [[gnu::always_inline]] inline void first_position_axis(std::ptrdiff_t here, Sums& sum, Sums& diagonal) const {
    const double* table = &row_table[slow * rows * (x_width + v_width)];
#pragma GCC unroll 32
    for (int c = 0; c < all_rows; ++c) {
      Lanes u[columns];
#pragma GCC unroll 8
      for (int b = 0; b < columns; ++b) {
        u[b] = at(phi[c][p + b] + here);
        if (c < p || c >= p + rows) soon(phi[c][p + b] + here);
        if constexpr (eps) soon(eps_first[c][b] + here);
      }
#pragma GCC unroll 8
      for (int a = 0; a < rows; ++a) {
        const int k = c - a;
        if (k < 0 || k > 2 * p) continue;
        const double along = table[a * (x_width + v_width) + k];
        const int ix = eps ? std::min(grid.first[0] + row0 + a, st.nx - 1) * x_width + k : 0;
#pragma GCC unroll 8
        for (int b = 0; b < columns; ++b) {
          if constexpr (eps) {
            const Lanes e = at(eps_first[p + a][b] + here) + at(eps_first[c][b] + here);
            sum[a][b] += (along + st.Qx[ix] * e) * u[b];
            diagonal[a][b] += st.Wx[ix] * e;
          } else {
            sum[a][b] += along * u[b];
          }
        }
      }
    }
  }

  [[gnu::always_inline]] inline void middle_position_axis(std::ptrdiff_t here, Sums& sum, Sums& diagonal) const {
    for (int k = 0; k < x_width; ++k) {
      const int ix = (grid.first[1] + middle) * x_width + k;
#pragma GCC unroll 8
      for (int a = 0; a < rows; ++a)
#pragma GCC unroll 8
        for (int b = 0; b < columns; ++b) {
          if constexpr (eps) {
            const Lanes e = at(eps_middle[p][a][b] + here) + at(eps_middle[k][a][b] + here);
            sum[a][b] += (x_middle[k] + st.Qx[ix] * e) * at(phi_middle[k][a][b] + here);
            diagonal[a][b] += st.Wx[ix] * e;
            soon(eps_middle[k][a][b] + here), soon(phi_middle[k][a][b] + here);
          } else {
            sum[a][b] += x_middle[k] * at(phi_middle[k][a][b] + here);
            soon(phi_middle[k][a][b] + here);
          }
        }
    }
  }

  /// A v-axis whose neighbours are `stride` apart; coefficients table[row * row_step + k].
  [[gnu::always_inline]] inline void slow_velocity_axis(std::ptrdiff_t here, std::ptrdiff_t stride, int axis, const double* table,
                                                        int row_step, int j, Sums& sum, Sums& diagonal) const {
#pragma GCC unroll 16
    for (int k = 0; k < v_width; ++k) {
      const std::ptrdiff_t there = here + (k - r) * stride;
      const double Q = eps ? st.gamma * st.Qv[k * nv + j] : 0, W = eps ? st.gamma * st.Wv[k * nv + j] : 0;
#pragma GCC unroll 8
      for (int a = 0; a < rows; ++a)
#pragma GCC unroll 8
        for (int b = 0; b < columns; ++b) {
          const Lanes u = at(phi[row_halo + a][p + b] + there);
          if constexpr (eps) {
            const double* own = axis == 0 ? eps_first[row_halo + a][b] : eps_middle[p][a][b];
            const Lanes e = at(own + here) + at(own + there);
            sum[a][b] += (table[a * row_step + k] - Q * e) * u;
            diagonal[a][b] -= W * e;
          } else {
            sum[a][b] += table[a * row_step + k] * u;
          }
        }
    }
  }

  [[gnu::always_inline]] inline void fast_velocity_axis(std::ptrdiff_t here, int i, Sums& sum, Sums& diagonal) const {
#pragma GCC unroll 16
    for (int k = 0; k < v_width; ++k) {
      const Lanes K = at(&st.K[k * nv + i]), Q = at(&st.Qv[k * nv + i]);
#pragma GCC unroll 8
      for (int b = 0; b < columns; ++b) {
        const Lanes along = K + force[b] * Q;
#pragma GCC unroll 8
        for (int a = 0; a < rows; ++a) {
          const Lanes u = at(phi[row_halo + a][p + b] + here + k - r);
          if constexpr (eps) {
            const Lanes e = st.gamma * (at(eps_last[a][p + b] + here) + at(eps_last[a][p + b] + here + k - r));
            sum[a][b] += (along - Q * e) * u;
            diagonal[a][b] -= at(&st.Wv[k * nv + i]) * e;
          } else {
            sum[a][b] += along * u;
          }
        }
      }
    }
  }

  /// y, and the sums of y and phi: written while both are at hand.
  [[gnu::always_inline]] inline void finish(std::ptrdiff_t here, int i, Sums& sum) const {
#pragma GCC unroll 8
    for (int a = 0; a < rows; ++a)
#pragma GCC unroll 8
      for (int b = 0; b < columns; ++b) {
        sum[a][b] *= what.a;
        settle(sum[a][b]);
      }
    if (!whole_group)
      store<false, false>(here, std::min(width, nv - i), sum);
    else if (nv - i < width)
      store<true, false>(here, nv - i, sum);
    else
      store<true, true>(here, width, sum);
  }
  /// n velocities of the cells, of those inside the box where the group is not `whole`.
  template <bool whole, bool all_lanes>
  [[gnu::always_inline]] inline void store(std::ptrdiff_t here, int n, Sums& sum) const {
    const auto each = [&](auto&& action) __attribute__((always_inline)) {
#pragma GCC unroll 8
      for (int a = 0; a < rows; ++a)
#pragma GCC unroll 8
        for (int b = 0; b < columns; ++b)
          if (whole || place[a][b] >= 0) action(place[a][b] + here, sum[a][b], phi[row_halo + a][p + b] + here);
    };
    const auto read = [n](const double* from) __attribute__((always_inline)) { return all_lanes ? at(from) : at(from, n); };
    const auto write = [n](double* to, Lanes v) __attribute__((always_inline)) { all_lanes ? put(to, v) : put(to, v, n); };
    if (streams && whole && all_lanes) return each([&](std::ptrdiff_t to, Lanes& value, const double*) { stream(what.y + to, value); });
    if (what.c != 0) each([&](std::ptrdiff_t to, Lanes& value, const double*) { value += what.c * read(what.y + to); });
    each([&](std::ptrdiff_t to, Lanes& value, const double*) { write(what.y + to, value); });
    for (const auto* s = what.sums; s != what.sums + what.n_sums; ++s)
      each([&](std::ptrdiff_t to, Lanes& value, const double* own) { write(s->out + to, read(s->out + to) + s->of_y * value + s->of_phi * read(own)); });
  }

  /// The entries that fill a block up to whole cache lines: A is zero there.
  void padding() const {
    for (PetscInt cell = 0; cell < grid.x_cells; ++cell)
      for (PetscInt i = cell * block + grid.velocities; i < (cell + 1) * block; ++i)
        what.y[i] = what.b * what.phi[i] + (what.c != 0 ? what.c * what.y[i] : 0);
  }

  const PhaseGrid& grid;
  const Halo& halo;
  const Stencil& st;
  const Application& what;
  const int nv;
  const std::ptrdiff_t block;
  const double w2;
  const int n_rows, n_middle, n_columns;
  const std::ptrdiff_t guard;
  std::vector<double> ends;       // the first and the last cell's phi, with room to read beyond
  std::vector<double> row_table;  // [nv][rows][x_width + v_width]
  bool streams = false, whole_group = true;

  // of the group
  int row0 = 0, middle = 0, column0 = 0, slow = 0, line = 0;
  const double* phi[all_rows][all_columns];
  const double* phi_middle[d == 3 ? x_width : 1][rows][columns];
  const double* eps_first[eps ? all_rows : 1][columns];
  const double* eps_middle[eps && d == 3 ? x_width : 1][rows][columns];
  const double* eps_last[rows][eps ? all_columns : 1];
  double f[columns][x_width], q[columns][x_width], w[columns][x_width], force[columns];
  double x_middle[x_width], v_middle[v_width];
  std::ptrdiff_t place[rows][columns];
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
