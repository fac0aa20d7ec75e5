#pragma once
#include <functional>
#include <vector>

#include "operators/kernel/stencil.hpp"

namespace hypofp {

/// eps as the generator reads it: values of component i at n points theta[n][d].
using EpsilonField = std::function<void(int i, const double* theta, std::size_t n, double* out)>;

/// The generator of d_t phi = A phi, phi = sqrt(W) u, u = g/M:  A = -T + L + R + filter  of (3.2), (3.3), on the grid.
/// sqrt(W)^T A = 0 (mass); A sqrt(W) = 0 where eps = 0 (M is steady); A = symmetric + skew.
class Generator {
 public:
  /// An empty `epsilon` means eps = 0. Throws UserError where eps is not finite at a cell centre (names the place).
  explicit Generator(const PhaseGrid& grid, const EpsilonField& epsilon = {});

  /// y = a A phi + b phi + c y, a != 0; phi and y differ. Collective.
  void apply(Vec phi, Vec y, double a = 1, double b = 0, double c = 0) const { apply(forward_, phi, y, a, b, c, {}); }
  /// The same, and out += of_y y + of_phi phi for each sum while y is at hand.
  struct Sum {
    Vec out;
    double of_y, of_phi;
  };
  void apply(Vec phi, Vec y, double a, double b, double c, const std::vector<Sum>& sums) const { apply(forward_, phi, y, a, b, c, sums); }
  /// The same with A^T.
  void apply_adjoint(Vec phi, Vec y, double a = 1, double b = 0, double c = 0) const { apply(adjoint_, phi, y, a, b, c, {}); }

  Matrix shell() const;     ///< A as a MATSHELL (MatMult, MatMultTranspose) for PETSc's and SLEPc's solvers
  Matrix assemble() const;  ///< A as AIJ, for checks and direct solves
  /// B's diagonal: values of the form <R f, f>_*, Prop. 4.1(c); zero without eps.
  Vector perturbation_diagonal() const;

  /// Bound of A's largest row sum, from the 1-D tables.
  double norm_bound() const;
  bool perturbed() const { return !half_eps_.empty(); }
  std::int64_t applications() const { return applications_; }
  const PhaseGrid& grid() const { return grid_; }
  const Halo& halo() const { return halo_; }
  const Stencil& stencil() const { return forward_; }
  /// max |eps_i| over the grid, by component; empty without eps. Collective.
  std::vector<double> largest_epsilon() const;

  /// Strength of the odd-even filter: clears three gaps for gamma from 0.1 to 20 omega0 (solver/README.md has the table).
  static double damping(const Model& m) { return std::min(2 * m.gamma, 8 * m.omega0 * m.omega0 / m.gamma); }

 private:
  void apply(const Stencil&, Vec phi, Vec y, double a, double b, double c, const std::vector<Sum>& sums) const;
  void tabulate(const EpsilonField& epsilon);

  const PhaseGrid& grid_;
  Halo halo_;
  Stencil forward_, adjoint_;
  std::vector<Vector> half_eps_;                       // eps_i/2 at the cell centres
  std::vector<std::vector<double>> half_eps_ghosts_;   // with a guard on either side
  mutable std::vector<double> ends_;                   // the kernel's copies of the first and the last cells
  mutable std::int64_t applications_ = 0;
};

}  // namespace hypofp
