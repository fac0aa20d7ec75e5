#pragma once
#include "grids/model.hpp"
#include "solver/ensembles/loss.hpp"
#include "solver/ensembles/paths.hpp"

namespace hypofp {

// What is known exactly where f is quadratic, grad f = A (theta - theta*).

/// Over a time t of dz = B z dt + dW, E[dW dW^T] = G dt: z(t) = flow z(0) + a Gaussian of covariance `noise`.
struct Transition {
  Eigen::MatrixXd flow, noise;
};
Transition transition(const Eigen::MatrixXd& B, const Eigen::MatrixXd& G, double t);
/// That of (2.2), tau^2 = 2 gamma/(beta omega0^4) (below (2.4)), from the Hessian A.
Transition sde_transition(const Model& model, const Eigen::MatrixXd& A, double t);

/// The law of (2.2) after a time with this transition; theta* by itself.
Law advanced(const Transition& over, const Quadratic& f, const Law& law);

/// E f - min f.
double excess_loss(const Quadratic& f, const Law& law);

/// Moments of the algorithm below (2.1) from a start of any law. With m the delayed average of theta - theta*, y = -A m/gamma, the mean
/// of (theta, m) is closed; with P = E theta theta^T, R = E theta m^T, M = E m m^T and Q the delayed average of E theta theta^T, which one
/// random delay for all components makes the noise A (Q - M) A^T of, so are (P, R, M, Q).
class ExactAlgorithm {
 public:
  ExactAlgorithm(const Asgd& asgd, const Quadratic& f);
  void begin(const Law& start);
  void step();
  Law law() const;  ///< of (theta, y)

  /// Spectral radius of the mean's step matrix, whose determinant is kappa^d.
  double contraction() const;
  /// That of the second moments' step.
  double second_moment_contraction() const;
  /// The stationary covariance of (theta, y); none beyond the mean-square limit.
  std::optional<Eigen::MatrixXd> stationary() const;

 private:
  struct Second {
    Eigen::MatrixXd P, R, M, Q;
  };
  Second stepped(const Second& s) const;  // without the gradient's own noise
  Second source() const;
  Eigen::MatrixXd second_matrix() const;
  Eigen::MatrixXd mean_matrix() const;
  Eigen::MatrixXd to_y() const;  // (theta, y) of (theta, m)
  Eigen::VectorXd pack(const Second& s) const;
  Second unpack(const Eigen::VectorXd& z) const;

  const int d_;
  const double eta_, kappa_, noise_;  // eta^2 Sigma^2
  const Quadratic f_;
  Eigen::VectorXd mean_;
  Second second_;
};

/// What alpha = eta omega0^2 has to pass at this kappa.
struct Thresholds {
  double model;      ///< gamma = 2 omega0, alpha = (1 - kappa)/4: the mean of (2.2) begins to oscillate
  double algorithm;  ///< the algorithm's own does
  double oscillation_ends;
  double mean_diverges, mean_square_diverges;
};
Thresholds thresholds(double kappa);
/// Share of the delays in the stationary noise of the reads, Var_tau grad f(theta_{k-tau})/Sigma^2, to leading order: (2.2) has none.
double delay_noise_share(double alpha, double kappa);

}  // namespace hypofp
