#pragma once
#include <vector>

#include "grids/halo.hpp"
#include "grids/phase_grid.hpp"

namespace hypofp {

/// The 1-D tables of the generator in natural units, as the kernel reads them. Row i of a table holds the coefficients of
/// cells i-width..i+width. `sense` = +1 for A, -1 for its adjoint: A is symmetric + skew, and the skew part changes sign.
struct Stencil {
  Stencil(const PhaseGrid& grid, double damping, int sense);

  double x_filter(int i, int k) const { return filter[static_cast<std::size_t>(i) * (2 * p + 1) + k + p]; }

  int d, r, p, nx, nv;
  double gamma, omega0;
  std::vector<double> filter;  ///< [nx][2p+1] odd-even filter, times its strength
  std::vector<double> Qx;      ///< [nx][2p+1] d/dx (zero beyond r), skew
  std::vector<double> K;       ///< [2r+1][nv] gamma K_v, in cells of v: offset-major, so that a line of v is contiguous
  std::vector<double> Qv;      ///< [2r+1][nv] d/dv, skew
  std::vector<double> Wx;      ///< [nx][2p+1] Q_{i,i+k} s_{i+k}/s_i (not changed in the adjoint): for B's diagonal
  std::vector<double> Wv;      ///< [2r+1][nv] likewise
  std::vector<double> x, v;    ///< cell centres
};

/// What one application reads and writes: y = a A phi + b phi + c y, then out += of_y y + of_phi phi for each sum.
struct Application {
  struct Sum {
    double* out;
    double of_y, of_phi;
  };
  const double* phi;
  const double* phi_ghosts;
  const double* const* half_eps = nullptr;         ///< eps_i / 2 on the local cells, d arrays; null without eps
  const double* const* half_eps_ghosts = nullptr;
  double* y;
  double a, b, c;
  const Sum* sums = nullptr;
  int n_sums = 0;
  std::vector<double>* strip = nullptr;  ///< room for copies, kept from one application to the next
};

/// The hot loop. Throws ComputationError for d or order it was not built for.
void apply_stencil(const PhaseGrid& grid, const Halo& halo, const Stencil& stencil, const Application& what);

}  // namespace hypofp
