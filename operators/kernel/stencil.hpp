#pragma once
#include <vector>

#include "grids/halo.hpp"
#include "grids/phase_grid.hpp"
#include "operators/operator.hpp"

namespace hypofp {

/// The 1-D tables of the generator in natural units, as the kernel reads them: coefficients of the cells up to p or r away. A is symmetric
/// + skew, and the skew part changes sign in the adjoint. Of a part of A the other parts' tables are zero; -T is what A holds.
struct Stencil {
  Stencil(const PhaseGrid& grid, double damping, Part part, Sense sense);

  /// Entries of the tables: cell i or j and the one k further, |k| <= p (W_x and Q_x vanish beyond r) or r.
  double Q_x(int i, int k) const { return Qx[(k + p) * nx + i]; }
  double W_x(int i, int k) const { return Wx[(k + p) * nx + i]; }
  double Q_v(int j, int k) const { return Qv[j * (2 * r + 1) + k + r]; }
  double W_v(int j, int k) const { return Wv[j * (2 * r + 1) + k + r]; }

  int d, r, p, nx, nv;
  double gamma, omega0;
  std::vector<double> filter;  ///< [2p+1][nx] odd-even filter, times its strength: offset-major, so that a line of x is contiguous
  std::vector<double> Qx;      ///< [2p+1][nx] d/dx (zero beyond r), skew
  std::vector<double> K;       ///< [nv][2r+1] gamma K_v
  std::vector<double> Qv;      ///< [nv][2r+1] d/dv, skew
  std::vector<double> Wx;      ///< [2p+1][nx] Q_{i,i+k} s_{i+k}/s_i (not changed in the adjoint): for B's diagonal
  std::vector<double> Wv;      ///< [nv][2r+1] likewise
  std::vector<double> x,
      v;  ///< cell centres (zero where transport is left out); tables of x are filled up with zeros, as the kernel reads whole vectors
};

/// What one application reads and writes: y = a A phi + b phi + c y, then out += of_y y + of_phi phi for each sum.
struct Application {
  struct LocalSum {  // of Operator::Sum, this rank's entries
    double* out;
    double of_y, of_phi;
  };
  const double* phi;
  const double* phi_ghosts;
  const double* const* half_eps = nullptr;  ///< eps_i / 2 on the local cells, d arrays; null without eps
  const double* const* half_eps_ghosts = nullptr;
  double* y;
  double a, b, c;
  const LocalSum* sums = nullptr;
  int n_sums = 0;
  std::vector<double>* ends = nullptr;  ///< room for copies of the first and the last cells, kept from one application to the next
};

/// The hot loop. Throws ComputationError for d or order it was not built for.
void apply_stencil(const PhaseGrid& grid, const Halo& halo, const Stencil& stencil, const Application& what);

}  // namespace hypofp
