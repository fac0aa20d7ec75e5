#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <vector>

#include "grids/model.hpp"
#include "grids/observation.hpp"
#include "grids/petsc.hpp"
#include "operators/numerical_range.hpp"

namespace hypofp {

struct SteadyState;

/// Mass, mean and covariance of a density.
struct Moments {
  double mass;
  Eigen::VectorXd mean;        ///< 2d: (x_1..x_d, v_1..v_d)
  Eigen::MatrixXd covariance;  ///< 2d x 2d
};

/// How far functionals of h are known, relative: ‖h‖_*, ‖grad_x h‖_*^2 + ‖grad_v h‖_*^2, and H of (3.8).
struct Doubt {
  double h_norm = 0, gradients = 0, H = 0;
};

/// The terms of the generator of (3.2), (3.3): A = -T + L + R + filter. T is transport, L dissipation, R what eps does; the
/// filter is the discretisation's own.
enum class Part { whole, T, L, R, filter };
/// An operator, or its adjoint in ‖.‖_*.
enum class Sense { forward, adjoint };

/// The face of a discretised generator: all that flow and modes see of it. d_t phi = A phi, where phi holds u = g/M in coordinates
/// in which ‖.‖_* is the plain 2-norm. Every member is collective.
class Operator {
 public:
  virtual ~Operator() = default;

  /// y = a A phi + b phi + c y, a != 0; phi and y differ.
  void apply(Vec phi, Vec y, double a = 1, double b = 0, double c = 0) const { act(Part::whole, Sense::forward, phi, y, a, b, c, {}); }
  void apply_adjoint(Vec phi, Vec y, double a = 1, double b = 0, double c = 0) const {
    act(Part::whole, Sense::adjoint, phi, y, a, b, c, {});
  }
  /// out += of_y y + of_phi phi, while y is at hand.
  struct Sum {
    Vec out;
    double of_y, of_phi;
  };
  /// The same in either sense, and each sum.
  void apply(Sense sense, Vec phi, Vec y, double a, double b, double c, const std::vector<Sum>& sums) const {
    act(Part::whole, sense, phi, y, a, b, c, sums);
  }
  /// One term alone: y = a P phi + b phi + c y.
  void apply_part(Part part, Sense sense, Vec phi, Vec y, double a = 1, double b = 0, double c = 0) const {
    act(part, sense, phi, y, a, b, c, {});
  }
  /// Applications so far, of A, its adjoint or a part.
  std::int64_t applications() const { return applications_; }

  /// Gamma: phi of du/dx_i (axis i - 1) or du/dv_i (axis d + i - 1), or its adjoint; phi and y differ.
  virtual void gradient(int axis, Sense sense, Vec phi, Vec y) const = 0;

  virtual MPI_Comm comm() const = 0;
  virtual const Model& model() const = 0;
  virtual bool perturbed() const = 0;     ///< eps is not zero
  virtual Vector vector() const = 0;      ///< a new zero vector
  virtual Vector maxwellian() const = 0;  ///< phi of M, of norm 1: A^T phi = 0, as mass is conserved
  virtual double mass(Vec phi) const = 0;
  virtual void add_maxwellian(double amount, Vec phi) const = 0;  ///< phi += amount M
  /// h_norm, gradients, g_min, edge and mass of h = (g - F)/M and g = mass_of_g F + M h; time and H are the caller's to fill in.
  virtual Observation observe(const SteadyState& F, double mass_of_g, Vec phi_h) const = 0;
  virtual Moments moments(Vec phi) const = 0;
  virtual double edge_share(Vec phi) const = 0;  ///< share of ‖.‖^2 at the discretisation's edge: outermost cells, last degrees
  /// How far what `o` has of this h is known, by the discretisation's own means.
  virtual Doubt doubt(Vec phi_h, const Observation& o, double C, double C_hat) const = 0;

  virtual NumericalRange numerical_range() const = 0;  ///< found anew at each call
  virtual double norm_bound() const = 0;               ///< of A's largest row sum
  virtual Matrix assemble() const = 0;                 ///< A as AIJ
  virtual bool direct_solve_pays() const = 0;          ///< against a matrix-free one
  /// A vector rough in every direction, the same on any number of ranks.
  virtual Vector rough(double phase) const = 0;
  /// The product with a fixed rough vector that takes no room.
  virtual std::function<double(Vec)> rough_product() const = 0;

 protected:
  virtual void act(Part part, Sense sense, Vec phi, Vec y, double a, double b, double c, const std::vector<Sum>& sums) const = 0;
  mutable std::int64_t applications_ = 0;
};

/// A as a MATSHELL (MatMult, MatMultTranspose, a bound as its norm) for PETSc's and SLEPc's solvers; `A` outlives it.
Matrix shell(const Operator& A);

/// The steady state F of unit mass. Where eps = 0, F = M exactly, and no vector is held.
struct SteadyState {
  explicit SteadyState(const Operator& generator) : A(&generator) {}

  /// phi -= amount F.
  void take_out(double amount, Vec phi) const;
  Vector state() const;  ///< a copy of phi_F, M's where F = M
  bool is_maxwellian() const { return !phi; }

  const Operator* A;
  Vector phi;           ///< null where F = M
  double residual = 0;  ///< ‖A phi_F‖ / (‖A‖ ‖phi_F‖), ‖A‖ as its numerical radius (below the 2-norm)
  double norm = 1;      ///< ‖F/M‖_* = ‖phi_F‖
  double mass = 1;
  std::string method = "F = M exactly (eps = 0)";
};

}  // namespace hypofp
