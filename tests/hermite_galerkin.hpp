#pragma once
#include <Eigen/Dense>
#include <Eigen/Sparse>
#include <functional>

namespace hypofp {

/// An independent solution of (2.4) for d = 1, to test against; it shares nothing with the grid method.
///
/// u = g/M is expanded in Hermite functions psi_p(zeta) psi_q(eta), p + q <= degree, orthonormal in L2(M). zeta and eta
/// are (x, v) in standard deviations, rotated so that theta = -s_theta zeta: eps(theta) then touches one index only.
/// With D_x, D_v the derivatives and E the multiplication by eps, integration by parts against M gives
///
///   A = -(D_v^T D_x - D_x^T D_v)/beta - (gamma/beta) D_v^T D_v - (D_x - gamma D_v)^T E,      u' = A u.
///
/// Coefficient 0 is the mass; the norm ‖.‖_* is that of the coefficients.
class HermiteGalerkin {
 public:
  using Vector = Eigen::VectorXd;
  using Matrix = Eigen::SparseMatrix<double, Eigen::RowMajor>;

  /// epsilon may be empty: eps = 0.
  HermiteGalerkin(double omega0, double gamma, double beta, const std::function<double(double)>& epsilon, int degree);

  const Matrix& generator() const { return A_; }
  /// F/M, the steady state with mass 1.
  const Vector& steady() const { return F_; }
  /// g/M for Gaussian g.
  Vector gaussian(const Eigen::Vector2d& mean, const Eigen::Matrix2d& covariance) const;
  /// h = (g - F)/M for Gaussian g.
  Vector deviation(const Eigen::Vector2d& mean, const Eigen::Matrix2d& covariance) const;

  /// exp(t A) h.
  Vector evolve(Vector h, double t) const;

  double norm(const Vector& h) const { return h.norm(); }
  struct Gradient {
    double x, v, cross;  ///< ‖h_x‖_*^2, ‖h_v‖_*^2, <h_x, h_v>_*
  };
  Gradient gradient(const Vector& h) const;
  /// H of (3.8).
  double lyapunov(const Vector& h, double C, double C_hat) const;

  struct Moments {
    Eigen::Vector2d mean;
    Eigen::Matrix2d covariance;
  };
  /// Of g = M u with mass 1.
  Moments moments(const Vector& u) const;

  /// All of the generator's, slowest first, of a pair the one above the real axis first. Dense: for small degrees.
  Eigen::VectorXcd eigenvalues() const;

 private:
  static int index(int p, int q) { return (p + q) * (p + q + 1) / 2 + q; }
  Matrix multiplication(const std::function<double(double)>& f) const;
  Vector steady_state() const;

  int degree_, size_;
  double s_theta_;         ///< theta = -s_theta zeta
  Eigen::Matrix2d to_xv_;  ///< (x, v) = to_xv (zeta, eta)
  Matrix Dx_, Dv_, A_;
  Vector F_;
};

}  // namespace hypofp
