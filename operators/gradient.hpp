#pragma once
#include <algorithm>
#include <vector>

#include "operators/generator.hpp"

namespace hypofp {

/// Gamma phi over one v-cell's block of positions: the derivative of u = g/M along an axis, Gamma = Q + z/2 in standard deviations
/// (grids/gaussian_axis.hpp). Its adjoint is -Q + z/2. Buffers are kept between cells.
template <int r>
class Gradient {
 public:
  Gradient(const Generator& g, Sense sense)
      : grid_(g.grid()),
        halo_(g.halo()),
        st_(g.stencil()),
        sign_(sense == Sense::forward ? 1 : -1),
        gx_(grid_.positions),
        gv_(grid_.positions),
        padded_(grid_.positions + 2 * r * (grid_.positions / st_.nx)) {
    const double sx = grid_.model.sigma_x();
    for (int k = 0; k <= 2 * r; ++k)
      for (int i = 0; i < st_.nx; ++i) table_.push_back(sign_ * st_.Q_x(i, k - r) + (k == r ? 0.5 * st_.x[i] / (sx * sx) : 0.0));
  }

  /// Along x_{axis + 1}, or v_{axis - d + 1} from axis d on; `grid().positions` values.
  const double* along(int axis, PetscInt cell, const double* phi, const double* ghosts) {
    if (axis >= st_.d) {
      along_v(cell, axis - st_.d, grid_.v_cell(cell)[axis - st_.d], phi, ghosts);
      return gv_.data();
    }
    pad(cell, phi);
    along_x(axis);
    return gx_.data();
  }

  /// Adds |Gamma_x phi|^2, |Gamma_v phi|^2 and their product over v-cell `cell` to sums[0..2].
  void add(PetscInt cell, const double* phi, const double* ghosts, double* sums) {
    const Index3 jv = grid_.v_cell(cell);
    pad(cell, phi);
    for (int i = 0; i < st_.d; ++i) {
      along_v(cell, i, jv[i], phi, ghosts);
      along_x(i);
      const double *gx = gx_.data(), *gv = gv_.data();
      double xx = 0, vv = 0, xv = 0;
#pragma omp simd reduction(+ : xx, vv, xv)
      for (PetscInt b = 0; b < grid_.positions; ++b) xx += gx[b] * gx[b], vv += gv[b] * gv[b], xv += gx[b] * gv[b];
      sums[0] += xx, sums[1] += vv, sums[2] += xv;
    }
  }

 private:
  /// r lines of zeros stand before and after the block: coefficients there are zero.
  void pad(PetscInt cell, const double* phi) {
    std::copy_n(phi + cell * grid_.block, grid_.positions, padded_.data() + r * (grid_.positions / st_.nx));
  }

  void along_v(PetscInt cell, int axis, int jv, const double* phi, const double* ghosts) {
    const double sv = grid_.model.sigma_v();
    const double* there[2 * r + 1];
    double q[2 * r + 1];
    for (int k = 0; k <= 2 * r; ++k) {
      const int at = halo_.neighbour(cell, axis, k - r);
      there[k] = at >= 0 ? phi + at * grid_.block : ghosts + ~at * grid_.block;
      q[k] = sign_ * st_.Q_v(jv, k - r);
    }
    q[r] += 0.5 * st_.v[jv] / (sv * sv);
    double* out = gv_.data();
#pragma omp simd
    for (PetscInt b = 0; b < grid_.positions; ++b) {
      double sum = 0;
#pragma GCC unroll 9
      for (int k = 0; k <= 2 * r; ++k) sum += q[k] * there[k][b];
      out[b] = sum;
    }
  }

  void along_x(int axis) {
    const int nx = st_.nx;
    PetscInt inner = 1;  // cells between neighbours along the axis
    for (int i = axis + 1; i < st_.d; ++i) inner *= nx;
    const double* middle = padded_.data() + r * (grid_.positions / nx);
    const auto line = [&](PetscInt start, auto coefficient, PetscInt n) {
      const double* u = middle + start;
      double* out = gx_.data() + start;
#pragma omp simd
      for (PetscInt b = 0; b < n; ++b) {
        double sum = 0;
#pragma GCC unroll 9
        for (int k = 0; k <= 2 * r; ++k) sum += coefficient(k, b) * u[b + (k - r) * inner];
        out[b] = sum;
      }
    };
    for (PetscInt start = 0, n = inner == 1 ? nx : inner; start < grid_.positions; start += n) {
      const double* q = table_.data();
      if (inner == 1) {
        line(
            start, [q, nx](int k, PetscInt b) { return q[k * nx + b]; }, n);
      } else {
        double here[2 * r + 1];
        for (int k = 0; k <= 2 * r; ++k) here[k] = q[k * nx + start / inner % nx];
        line(
            start, [&here](int k, PetscInt) { return here[k]; }, n);
      }
    }
  }

  const PhaseGrid& grid_;
  const Halo& halo_;
  const Stencil& st_;
  const double sign_;                             // of Q
  std::vector<double> gx_, gv_, padded_, table_;  // table_: [2r+1][nx], along x
};

/// action(Gradient<r>) for the generator's order.
template <class Action>
void with_gradient(const Generator& g, Sense sense, const Action& action) {
  switch (g.stencil().r) {
    case 1:
      return action(Gradient<1>(g, sense));
    case 2:
      return action(Gradient<2>(g, sense));
    case 3:
      return action(Gradient<3>(g, sense));
    default:
      return action(Gradient<4>(g, sense));
  }
}

}  // namespace hypofp
