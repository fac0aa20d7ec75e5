#pragma once
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "operators/kernel/stencil.hpp"
#include "operators/operator.hpp"

namespace hypofp {

/// eps as the generator reads it: values of component i at n points theta[n][d].
using EpsilonField = std::function<void(int i, const double* theta, std::size_t n, double* out)>;

/// The generator of (2.4) by finite volumes. The equation, for u = g/M with (3.2), (3.3):
///
///   d_t u = -T u + L u + R u,    T = v.grad_x - omega0^2 x.grad_v           transport
///                                L = (gamma/beta) M^-1 div_v (M grad_v)     dissipation
///                                R = M^-1 (grad_x - gamma grad_v).(eps M .) what eps(theta) does
///
/// On phi = sqrt(W) u, W = M x cell volume, along each axis with the matrices K (diffusion) and Q (skew derivative) of GaussianAxis:
///
///   A = gamma K_v - sum_i (v_i Q_{x_i} - omega0^2 x_i Q_{v_i}) + B + filter
///   B = sum_i (E_i Q_{x_i} + Q_{x_i} E_i)/2 - gamma (E_i Q_{v_i} + Q_{v_i} E_i)/2 + diagonal,   E_i = eps_i at the cell centres
///
/// No flux leaves the box: a row's neighbours end with the axis. Exact to rounding on any grid: sqrt(W)^T A = 0 (mass); A sqrt(W) = 0
/// where eps = 0 (M is steady); T skew, L symmetric and <= 0 with the functions of x as its kernel, B skew + diagonal.
class Generator : public Operator {
 public:
  /// An empty `epsilon` means eps = 0. Throws UserError where eps is not finite at a cell centre (names the place).
  explicit Generator(const PhaseGrid& grid, const EpsilonField& epsilon = {});

  void gradient(int axis, Sense sense, Vec phi, Vec y) const override;
  MPI_Comm comm() const override { return grid_.comm; }
  const Model& model() const override { return grid_.model; }
  bool perturbed() const override { return !half_eps_.empty(); }
  Vector vector() const override { return grid_.vector(); }
  Vector maxwellian() const override { return grid_.maxwellian(); }
  double mass(Vec phi) const override;
  void add_maxwellian(double amount, Vec phi) const override;
  Observation observe(const SteadyState& F, double mass_of_g, Vec phi_h) const override;
  Moments moments(Vec phi) const override;
  double edge_share(Vec phi) const override;
  /// How far Gamma and K are apart (functionals.hpp); of the norm nothing is known so.
  Doubt doubt(Vec phi_h, const Observation& by_Gamma, double C, double C_hat) const override;
  NumericalRange numerical_range() const override;
  double norm_bound() const override;
  Matrix assemble() const override;
  bool direct_solve_pays() const override { return direct_solve_pays(grid_.d(), static_cast<double>(grid_.cells())); }
  Vector rough(double phase) const override;
  std::function<double(Vec)> rough_product() const override;

  /// d = 1 up to 10,000 cells; beyond, the factors cost more time and memory than Krylov (100^2: 0.39 s and 0.08 s, 400^2: 50 s and 11 s).
  static bool direct_solve_pays(int dimension, double cells) { return dimension == 1 && cells <= 10000; }
  /// B's diagonal: values of the form <R f, f>_*, Prop. 4.1(c); zero without eps.
  Vector perturbation_diagonal() const;
  const PhaseGrid& grid() const { return grid_; }
  const Halo& halo() const { return halo_; }
  const Stencil& stencil() const { return whole_; }
  /// max |eps_i| over the grid, by component; empty without eps. Collective.
  std::vector<double> largest_epsilon() const;

  /// Strength of the odd-even filter: clears three gaps for gamma from 0.1 to 20 omega0 (grids/README.md).
  static double damping(const Model& m) { return std::min(2 * m.gamma, 8 * m.omega0 * m.omega0 / m.gamma); }

 protected:
  void act(Part part, Sense sense, Vec phi, Vec y, double a, double b, double c, const std::vector<Sum>& sums) const override;

 private:
  void tabulate(const EpsilonField& epsilon);
  const Stencil& stencil_of(Part part, Sense sense) const;

  const PhaseGrid& grid_;
  Halo halo_;
  Stencil whole_, adjoint_;
  mutable std::map<std::pair<Part, Sense>, Stencil> parts_;  // made where they are asked for
  std::vector<Vector> half_eps_;                             // eps_i/2 at the cell centres
  std::vector<std::vector<double>> half_eps_ghosts_;         // with a guard on either side
  mutable std::vector<double> ends_;                         // the kernel's copies of the first and the last cells
};

}  // namespace hypofp
