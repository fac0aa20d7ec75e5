#pragma once
#include <Eigen/Core>
#include <Eigen/SparseCore>
#include <array>
#include <vector>

#include "grids/model.hpp"

namespace hypofp {

/// psi_0 .. psi_degree at each z, a column each: psi_k = He_k/sqrt(k!), orthonormal for the standard Gaussian.
Eigen::MatrixXd hermite_functions(const std::vector<double>& z, int degree);

/// Gauss-Hermite quadrature for the standard Gaussian (weights add up to 1); n <= 512, beyond which its outer nodes leave the range of
/// a double.
struct GaussRule {
  explicit GaussRule(int n);
  std::vector<double> nodes, weights;
};

/// Multi-indices of N^d by total degree: those of degree <= n are the first count(d, n).
class Simplex {
 public:
  using Index = std::array<int, 3>;  // entries beyond d are 0

  Simplex(int d, int degree);
  static int count(int d, int degree);  ///< of total degree <= degree; 0 below zero

  int size() const { return static_cast<int>(entries_.size()); }
  const Index& operator[](int rank) const { return entries_[rank]; }
  int degree(int rank) const { return degrees_[rank]; }
  /// Of an index of total degree <= degree.
  int rank(const Index& k) const;
  /// Of k + e_i and k - e_i; -1 where that leaves the set.
  int above(int rank, int i) const { return above_[rank * d_ + i]; }
  int below(int rank, int i) const { return below_[rank * d_ + i]; }

 private:
  int d_;
  std::vector<Index> entries_;
  std::vector<int> degrees_, above_, below_, ranks_;
  int side_;
};

/// Polynomials in (x, v) of total degree <= N, of dimension C(2d + N, N), as coefficients of Hermite functions orthonormal in L2(M): ‖.‖_*
/// is the norm of the coefficients, and what is cut is orthogonal to what is kept.
///
/// In each pair (x_i, v_i), in standard deviations, the coordinates are rotated,
///   zeta = c z_x + s z_v,  eta = -s z_x + c z_v,  theta = -theta_scale zeta,
/// so that eps(theta) touches zeta alone, and (grad_x - gamma grad_v) eta alone. A basis function is
///   prod_i psi_{p_i}(zeta_i) psi_{q_i}(eta_i),  |p| + |q| <= N,
/// and stands at `at(q, p)`: levels |q| = 0..N one after the other, q after q, p fastest. All p of a level are the first of the simplex, so
/// that a matrix over p acts on a whole level by its leading block.
class HermiteSpace {
 public:
  HermiteSpace(const Model& model, int degree);

  int d() const { return model.dimension; }
  int size() const { return starts_.back(); }
  /// Of a q, or of all q of a level: how many p there are.
  int width(int level) const { return Simplex::count(d(), degree - level); }
  int start(int level) const { return starts_[level]; }
  int first_of(int level) const { return Simplex::count(d(), level - 1); }  ///< rank of the level's first q
  int count_of(int level) const { return Simplex::count(d(), level) - first_of(level); }
  int at(int q, int p) const {
    const int level = indices.degree(q);
    return starts_[level] + (q - first_of(level)) * width(level) + p;
  }

  /// (x, v) of the rotated coordinates (zeta_1..zeta_d, eta_1..eta_d): 2d x 2d.
  Eigen::MatrixXd to_xv() const;
  /// Lowering in zeta_i (axis i) or eta_i (axis d + i): d psi_k = sqrt(k) psi_{k-1}.
  using Sparse = Eigen::SparseMatrix<double, Eigen::RowMajor>;
  Sparse lowering(int axis) const;
  /// d/dx_i (axis i) or d/dv_i (axis d + i): two lowerings.
  Sparse derivative(int axis) const;
  /// <u, w> by total degree, 0..N.
  std::vector<double> products_by_degree(const double* u, const double* w) const;

  /// Coefficients in products psi_j(z_x) psi_l(z_v), at(l, j), to those in the rotated coordinates, or back. In place.
  void rotate(double* u, bool back = false) const;

  const Model model;
  const int degree;
  const Simplex indices;
  double c, s, theta_scale;

 private:
  std::vector<int> starts_;
};

/// What a sum over total degrees, cut after the last given, lacks: what is left from a degree on goes on falling as it did over the last
/// third. Cautiously, five times that (tests/regression/test_witness_figures.cpp holds it against higher degrees). Steps are of two
/// degrees: of even or odd data each other one is empty.
double beyond(const std::vector<double>& by_degree);

}  // namespace hypofp
