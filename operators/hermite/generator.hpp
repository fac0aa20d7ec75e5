#pragma once
#include <optional>

#include "operators/generator.hpp"
#include "operators/hermite/evaluation.hpp"
#include "operators/hermite/space.hpp"

namespace hypofp {

/// The generator of (2.4) by Hermite-Galerkin: what the finite volumes are held against. It shares nothing with them but the equation.
///
/// With a_i, b_i the lowering operators in zeta_i, eta_i (space.hpp), and E_i the multiplication by eps_i, cut at degree N,
///
///   T = omega0 sum_i (b_i^T a_i - a_i^T b_i)                        transport
///   L = -gamma sum_i (s a_i + c b_i)^T (s a_i + c b_i)              dissipation, = -(gamma/beta) grad_v^T grad_v
///   R = length/(sigma_x sigma_v) sum_i b_i^T E_i                    what eps does: grad_x - gamma grad_v lowers eta alone
///
/// T and L keep the total degree, so that at eps = 0 nothing is cut: each degree evolves exactly. E_i acts on the p of each level by a
/// leading block of one matrix: R is a product of small dense matrices, level by level.
/// Exactly: mass is conserved (row 0 of A is zero), T is skew, L symmetric and <= 0, R strictly raises the level |q|.
///
/// Replicated, not distributed: each rank holds all of it on a communicator of its own. A vector has thousands of entries where a grid has
/// millions of cells, an application takes less time than a message, and every number of ranks gives the same bits.
/// Cost of an application: size x (1 + 4d) multiply-adds, and with eps d sum_l count_of(l) width(l) width(l + 1).
class HermiteGenerator : public Operator {
 public:
  /// An empty `epsilon` means eps = 0. Throws UserError where eps is not finite at a node of the quadrature. Not collective.
  /// `lattice`: observations tell the smallest g on one; else their g_min is no number.
  HermiteGenerator(const Model& model, int degree, const EpsilonField& epsilon = {}, bool lattice = false);

  void gradient(int axis, Sense sense, Vec phi, Vec y) const override;
  MPI_Comm comm() const override { return PETSC_COMM_SELF; }
  const Model& model() const override { return space_.model; }
  bool perturbed() const override { return !epsilon_.empty(); }
  Vector vector() const override;
  Vector maxwellian() const override;
  double mass(Vec phi) const override;
  void add_maxwellian(double amount, Vec phi) const override;
  Observation observe(const SteadyState& F, double mass_of_g, Vec phi_h) const override;
  Moments moments(Vec phi) const override;
  double edge_share(Vec phi) const override;  ///< of the last two degrees
  /// What the degrees beyond the last would add, by how those that are there fall.
  Doubt doubt(Vec phi_h, const Observation& o, double C, double C_hat) const override;
  NumericalRange numerical_range() const override;
  double norm_bound() const override;
  Matrix assemble() const override;
  bool direct_solve_pays() const override { return space_.d() == 1; }
  Vector rough(double phase) const override;
  std::function<double(Vec)> rough_product() const override;

  const HermiteSpace& space() const { return space_; }
  /// Nodes an axis of the quadrature of eps; 0 at eps = 0.
  int nodes() const { return nodes_; }
  /// What half as many nodes again still change in E, relative to its largest entry.
  double quadrature_error() const { return quadrature_error_; }
  /// Share of the squares of eps in degrees beyond the space's.
  double missing_epsilon() const { return missing_epsilon_; }
  /// Memory that one takes with some twenty vectors of its solves, while it is made too.
  static double bytes(int dimension, int degree, bool perturbed);
  /// Multiply-adds of an application.
  static double work(int dimension, int degree, bool perturbed);

 protected:
  void act(Part part, Sense sense, Vec phi, Vec y, double a, double b, double c, const std::vector<Sum>& sums) const override;

 private:
  using Sparse = HermiteSpace::Sparse;
  void tabulate(const EpsilonField& epsilon);
  /// out += R u, or R^T u.
  void perturb(Sense sense, const double* u, double* out) const;
  double raising() const {
    return space_.theta_scale * std::pow(space_.model.omega0, 2) / (space_.model.sigma_x() * space_.model.sigma_v());
  }

  const HermiteSpace space_;
  Sparse A0_, T_;                         // A0 = L - T
  std::vector<Sparse> derivatives_;       // along each of the 2d axes
  std::vector<Eigen::MatrixXd> epsilon_;  // E_i over the p of level 0
  std::optional<Lattice> lattice_;
  int nodes_ = 0;
  double quadrature_error_ = 0, missing_epsilon_ = 0;
  mutable Eigen::VectorXd image_, buffer_;  // P phi; a level of it (Eigen aligns them: sums add in the same order in every run)
};

}  // namespace hypofp
