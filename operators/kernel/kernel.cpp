// The application of the generator: y = a A phi + b phi + c y, and sums of y and phi (stencil.hpp).
//
//   (A phi)(x, v) = sum_i sum_k [ f_k(x_i) - (v_i - e) Q_k(x_i) ] phi(x + k e_i, v)
//                 + sum_i sum_k [ gamma K_k(v_i) + (omega0^2 x_i - gamma e) Q_k(v_i) ] phi(x, v + k e_i)  +  diag(B) phi,
//   e = (eps_i here + eps_i there)/2,   diag(B) = sum_i sum_k e [ W_k(x_i) - gamma W_k(v_i) ]
//
// (f = filter, W = Q weighted so that sqrt(W)^T A = 0). The coefficients are tables of one axis.
//
// What costs is bringing phi from the caches: an entry meets 2 d (p + r) + 1 others. So a rows x b columns of v-cells (first and last
// v-axis) are taken together, `width` neighbouring positions at a time, all their sums in registers: a value or a coefficient read once
// serves every cell of the group that needs it. Positions along the fastest axis are the same line, shifted; what is read
// beyond a line's end, or beyond the box, meets a zero coefficient.
#include <algorithm>
#include <cstdint>

#include "operators/kernel/perturbed.hpp"
#include "operators/kernel/unperturbed.hpp"

namespace hypofp {
namespace {

/// Base adds up a A phi + b phi for a group of v-cells; here are the order of the groups, and what becomes of the sums.
template <int d, class Base>
class Kernel : Base {
  using typename Base::Sums;
  static constexpr int rows = Base::rows, mids = Base::mids, columns = Base::columns, lines = Base::lines;
  using Base::what, Base::nx, Base::block, Base::y;

 public:
  Kernel(const PhaseGrid& g, const Halo& h, const Stencil& s, const Application& w) : Base(g, h, s, w) {
    const std::size_t bytes = static_cast<std::size_t>(g.v_cells) * block * sizeof(double);
    streams =
        what.c == 0 && what.n_sums == 0 && nx % width == 0 && reinterpret_cast<std::uintptr_t>(what.y) % 64 == 0 && bytes > (16 << 20);
  }

  void run() {
    for (int row = 0; row < this->n_rows; row += rows)
      for (int mid = 0; mid < this->n_mids; mid += mids) {
        for (int column = 0; column < this->n_columns; column += columns) {
          this->choose(row, mid, column);
          if (column == 0) this->tabulate_rows();
          cells();
          if (d == 1) add_sums(column * block, this->own_columns);
        }
        for (int a = 0; a < this->own_rows && d > 1; ++a) add_sums(this->local(row + a, mid, 0) * block, this->own_mids * this->n_columns);
      }
    padding();
  }

 private:
  /// One group of v-cells, all positions.
  [[gnu::noinline]] void cells() {
    this->tabulate_columns();
    this->add([&](std::ptrdiff_t here, int i, Sums& sum) HYPOFP_INLINE { finish(here, i, sum); });
  }

  /// y = sum + c y
  HYPOFP_INLINE inline void finish(std::ptrdiff_t here, int i, Sums& sum) const {
    const auto cells = [&](auto&& action) HYPOFP_INLINE {
      each<lines>([&]<int l>() HYPOFP_INLINE { each<columns>([&]<int b>() HYPOFP_INLINE { action(y[l][b] + here, sum[l][b]); }); });
    };
    if (what.c != 0) cells([](double* to, Lanes&) HYPOFP_INLINE { soon_changed(to); });
    cells([](double*, Lanes& value) HYPOFP_INLINE { settle(value); });
    if (nx - i >= width && this->whole()) {
      if (streams) return cells([](double* to, Lanes& value) HYPOFP_INLINE { stream(to, value); });
      if (what.c != 0) cells([&](double* to, Lanes& value) HYPOFP_INLINE { value += what.c * at(to); });
      cells([](double* to, Lanes& value) HYPOFP_INLINE { put(to, value); });
    } else {
      Sums copy;  // of what would else be kept in memory for this rare case
      each<lines>([&]<int l>() HYPOFP_INLINE { each<columns>([&]<int b>() HYPOFP_INLINE { copy[l][b] = sum[l][b]; }); });
      finish_part(here, std::min(width, nx - i), copy);
    }
  }
  /// n positions of the cells inside the box.
  [[gnu::noinline]] void finish_part(std::ptrdiff_t here, int n, Sums& sum) const {
    for (int l = 0; l < lines; ++l)
      for (int b = 0; b < columns; ++b) {
        if (l / mids >= this->own_rows || l % mids >= this->own_mids || b >= this->own_columns) continue;
        double* to = y[l][b] + here;
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
    for (PetscInt cell = 0; cell < this->grid.v_cells; ++cell)
      for (PetscInt i = cell * block + this->grid.positions; i < (cell + 1) * block; ++i)
        what.y[i] = what.b * what.phi[i] + (what.c != 0 ? what.c * what.y[i] : 0);
  }

  bool streams = false;
};

template <int d, int r>
void apply(const PhaseGrid& g, const Halo& h, const Stencil& s, const Application& w) {
  if (w.half_eps)
    Kernel<d, Perturbed<d, r>>(g, h, s, w).run();
  else
    Kernel<d, Unperturbed<d, r>>(g, h, s, w).run();
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
