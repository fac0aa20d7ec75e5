// The application of the generator, one x-cell after the other, lines of the fastest velocity axis in registers.
//
//   (A phi)(x, v) = sum_i sum_k [ f_k(x_i) - (v_i - e) Q_k(x_i) ] phi(x + k e_i, v)
//                 + sum_i sum_k [ gamma K_k(v_i) + (omega0^2 x_i - gamma e) Q_k(v_i) ] phi(x, v + k e_i)  +  diag(B) phi,
//   e = (eps_i here + eps_i there)/2,   diag(B) = sum_i sum_k e [ W_k(x_i) - gamma W_k(v_i) ]
//
// (scheme.md; f = filter, W = Q weighted so that sqrt(W)^T A = 0). The coefficients are tables of one axis, so a cell costs
// the traffic of phi and y alone (eps: d more), each neighbour one fused multiply-add. Neighbours along x and along the
// slower v-axes are lines at other addresses; neighbours along the fastest v-axis are the same line, shifted, and
// coefficients beyond the box are zero, so what stands there is read but does not count.
#include <algorithm>
#include <cstring>

#include "operators/stencil.hpp"

namespace hypofp {
namespace {

typedef double Vec8 __attribute__((vector_size(64)));
typedef double Vec4 __attribute__((vector_size(32)));
typedef double Vec2 __attribute__((vector_size(16)));

template <class V>
inline V load(const double* p) {  // from any address; a plain unaligned load once compiled
  V v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

template <int d, int r, bool eps>
class Kernel {
  static constexpr int p = filter_width(r);
  static constexpr int n_x = 2 * p * d;              // x-neighbours, the fastest axis last
  static constexpr int n_slow = (2 * r + 1) * (d - 1);  // v-neighbours along the slower axes (the centres among them)

 public:
  Kernel(const PhaseGrid& g, const Halo& h, const Stencil& s, const Application& w)
      : grid(g), halo(h), st(s), what(w), nv(s.nv), block(g.block), line_table((2 * r + 1) * s.nv),
        slow_table(static_cast<std::size_t>(n_slow) * s.nv), padded((eps ? 2 : 1) * (s.nv + 2 * r)) {}

  void run() {
    for (PetscInt cell = 0; cell < grid.x_cells; ++cell) x_cell(cell);
  }

 private:
  void x_cell(PetscInt cell) {
    const Index3 ix = grid.x_cell(cell);
    center = cell * block;
    find_neighbours(cell, ix);
    // coefficients of this x-cell along the v-axes
    const double w2 = st.omega0 * st.omega0;
    for (int k = 0; k < 2 * r + 1; ++k) {
      const double fx = w2 * st.x[ix[d - 1]];
      for (int j = 0; j < nv; ++j) line_table[k * nv + j] = st.K[k * nv + j] + fx * st.Qv[k * nv + j];
      for (int i = 0; i + 1 < d; ++i)
        for (int j = 0; j < nv; ++j)
          slow_table[((i * nv) + j) * (2 * r + 1) + k] = st.K[k * nv + j] + w2 * st.x[ix[i]] * st.Qv[k * nv + j];
    }
    const int lines = static_cast<int>(block / nv);
    for (int l = 0; l < lines; ++l) line(l);
  }

  void find_neighbours(PetscInt cell, const Index3& ix) {
    diagonal = what.b / what.a;
    int n = 0;
    for (int i = 0; i < d; ++i) {
      diagonal += st.x_filter(ix[i], 0);
      for (int k = -p; k <= p; ++k) {
        if (k == 0) continue;
        const int at = halo.neighbour(cell, i, k);
        const std::size_t row = static_cast<std::size_t>(ix[i]) * (2 * p + 1) + k + p;
        x_block[n] = at >= 0 ? what.phi + at * block : what.phi_ghosts + ~at * block;
        if constexpr (eps) x_eps[n] = at >= 0 ? what.half_eps[i] + at * block : what.half_eps_ghosts[i] + ~at * block;
        x_f[n] = st.filter[row];
        x_q[n] = st.Qx[row];
        x_w[n] = st.Wx[row];
        ++n;
      }
    }
  }

  /// A line of `nv` cells at a place where cells before and after may be read; at the ends of the array, a copy.
  const double* readable(const double* array, PetscInt offset, bool at_end, double* copy) const {
    if (!at_end) return array + offset;
    std::copy(array + offset, array + offset + nv, copy + r);
    return copy + r;
  }

  void line(int l) {
    const PetscInt offset = center + static_cast<PetscInt>(l) * nv;
    const bool at_end = offset < r || offset + nv + r > static_cast<PetscInt>(grid.x_cells) * block;
    here = readable(what.phi, offset, at_end, padded.data());
    in_block = static_cast<PetscInt>(l) * nv;
    if constexpr (eps) {
      for (int i = 0; i < d; ++i) eps_here[i] = what.half_eps[i] + offset;
      eps_line = readable(what.half_eps[d - 1], offset, at_end, padded.data() + nv + 2 * r);
    }
    // slower axes: the scalars of this line
    int jv[3] = {}, rest = l;
    for (int i = d - 2; i >= 0; --i) jv[i] = rest % nv, rest /= nv;
    line_diagonal = diagonal;
    PetscInt stride = block;
    int n = 0;
    for (int i = 0; i + 1 < d; ++i) {
      stride /= nv;
      slow_v[i] = st.v[jv[i]];
      const double* row = &slow_table[(i * nv + jv[i]) * (2 * r + 1)];
      line_diagonal += row[r];
      for (int k = -r; k <= r; ++k) {
        if (k == 0) continue;
        const bool inside = jv[i] + k >= 0 && jv[i] + k < nv;
        const PetscInt shift = inside ? k * stride : 0;
        v_line[n] = what.phi + offset + shift;
        v_c[n] = row[k + r];
        if constexpr (eps) {
          v_eps[n] = what.half_eps[i] + offset + shift;
          v_q[n] = st.gamma * st.Qv[(k + r) * nv + jv[i]];
          v_w[n] = st.gamma * st.Wv[(k + r) * nv + jv[i]];
        }
        ++n;
      }
    }
    if constexpr (!eps)
      for (int i = 0, m = 0; i + 1 < d; ++i)
        for (int k = 0; k < 2 * p; ++k, ++m) x_c[m] = x_f[m] - slow_v[i] * x_q[m];
    double* y = what.y + offset;
    int j = 0;
    for (; j + 64 <= nv; j += 64) tile<Vec8, 8>(y, j);
    if (j + 32 <= nv) tile<Vec8, 4>(y, j), j += 32;
    if (j + 24 <= nv) tile<Vec8, 3>(y, j), j += 24;
    if (j + 16 <= nv) tile<Vec8, 2>(y, j), j += 16;
    if (j + 8 <= nv) tile<Vec8, 1>(y, j), j += 8;
    if (j + 4 <= nv) tile<Vec4, 1>(y, j), j += 4;
    if (j + 2 <= nv) tile<Vec2, 1>(y, j), j += 2;
    if (j < nv) tile<double, 1>(y, j);
  }

  template <class V, int T>
  [[gnu::always_inline]] inline void tile(double* y, int j) const {
    constexpr int w = sizeof(V) / sizeof(double);
    V acc[T], phi[T];
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) {
      phi[t] = load<V>(here + j + t * w);
      acc[t] = line_diagonal * phi[t];
    }
    for (int k = 0; k < 2 * r + 1; ++k)
#pragma GCC unroll 8
      for (int t = 0; t < T; ++t)
        acc[t] += load<V>(&line_table[k * nv + j + t * w]) * load<V>(here + j + t * w + k - r);
    if constexpr (eps)
      perturbed<V, T>(j, acc, phi);
    else
      unperturbed<V, T>(j, acc);
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) {
      V out = what.a * acc[t];
      if (what.c != 0) out += what.c * load<V>(y + j + t * w);
      std::memcpy(y + j + t * w, &out, sizeof out);
    }
  }

  template <class V, int T>
  [[gnu::always_inline]] inline void unperturbed(int j, V* acc) const {
    constexpr int w = sizeof(V) / sizeof(double);
    for (int n = 0; n < 2 * r * (d - 1); ++n)
#pragma GCC unroll 8
      for (int t = 0; t < T; ++t) acc[t] += v_c[n] * load<V>(v_line[n] + j + t * w);
    for (int n = 0; n < 2 * p * (d - 1); ++n)
#pragma GCC unroll 8
      for (int t = 0; t < T; ++t) acc[t] += x_c[n] * load<V>(x_block[n] + in_block + j + t * w);
    V transport[T] = {};
    for (int n = 2 * p * (d - 1); n < n_x; ++n)
#pragma GCC unroll 8
      for (int t = 0; t < T; ++t) {
        const V u = load<V>(x_block[n] + in_block + j + t * w);
        acc[t] += x_f[n] * u;
        transport[t] += x_q[n] * u;
      }
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) acc[t] -= load<V>(&st.v[j + t * w]) * transport[t];
  }

  template <class V, int T>
  [[gnu::always_inline]] inline void perturbed(int j, V* acc, const V* phi) const {
    constexpr int w = sizeof(V) / sizeof(double);
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) {
      const int at = j + t * w;
      V diag = {};
      for (int i = 0, n = 0; i + 1 < d; ++i) {
        const V mine = load<V>(eps_here[i] + at);
        for (int k = 0; k < 2 * r; ++k, ++n) {
          const V e = mine + load<V>(v_eps[n] + at);
          acc[t] += (v_c[n] - v_q[n] * e) * load<V>(v_line[n] + at);
          diag -= v_w[n] * e;
        }
      }
      const V mine = load<V>(eps_here[d - 1] + at);
      for (int k = 0; k < 2 * r + 1; ++k) {
        const V e = st.gamma * (mine + load<V>(eps_line + at + k - r));
        acc[t] -= load<V>(&st.Qv[k * nv + at]) * e * load<V>(here + at + k - r);
        diag -= load<V>(&st.Wv[k * nv + at]) * e;
      }
      for (int i = 0, n = 0; i < d; ++i) {
        const V own = load<V>(eps_here[i] + at);
        const V velocity = i + 1 < d ? V{} + slow_v[i] : load<V>(&st.v[at]);
        for (int k = 0; k < 2 * p; ++k, ++n) {
          const V e = own + load<V>(x_eps[n] + in_block + at);
          acc[t] += (x_f[n] + x_q[n] * (e - velocity)) * load<V>(x_block[n] + in_block + at);
          diag += x_w[n] * e;
        }
      }
      acc[t] += diag * phi[t];
    }
  }

  const PhaseGrid& grid;
  const Halo& halo;
  const Stencil& st;
  const Application& what;
  const int nv;
  const PetscInt block;
  std::vector<double> line_table, slow_table;
  std::vector<double> padded;

  // of the x-cell
  PetscInt center = 0;
  double diagonal = 0;
  const double* x_block[n_x];
  const double* x_eps[n_x];
  double x_f[n_x], x_q[n_x], x_w[n_x];
  // of the line
  PetscInt in_block = 0;
  const double *here = nullptr, *eps_line = nullptr;
  const double* eps_here[d];
  double line_diagonal = 0, slow_v[3] = {}, x_c[n_x];
  const double* v_line[n_slow + 1];
  const double* v_eps[n_slow + 1];
  double v_c[n_slow + 1], v_q[n_slow + 1], v_w[n_slow + 1];
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
