#pragma once
#include <Eigen/Core>
#include <optional>
#include <string>

namespace hypofp {

/// Rows of a table: predictors, and how often the response was yes and no. Rows are different from each other.
struct Records {
  Eigen::MatrixXd predictors;  ///< a row each
  Eigen::VectorXd yes, no;
};

/// The minimum of the loss of logistic regression,
///   f(b) = (1/N) sum_i [log(1 + e^{x_i.b}) - y_i x_i.b] + ridge |b|^2/2,
/// and around it b = minimum + W theta, with W^T f'' W = omega0^2 I at theta = 0.
struct LogisticFit {
  Records records;
  double ridge;
  Eigen::VectorXd minimum;
  double loss;              ///< there
  Eigen::MatrixXd hessian;  ///< there, in b
  Eigen::MatrixXd W;
  /// Gradients in theta of single records at the minimum, less their mean, and their shares: a row each.
  Eigen::MatrixXd noise;
  Eigen::VectorXd share;

  Eigen::VectorXd noise_eigenvalues() const;  ///< of their covariance; Sigma^2 is their mean
  /// f - f(minimum) - omega0^2 |theta|^2/2 as an expression in theta1..thetad.
  std::string potential(double omega0) const;
};

/// None where there is no minimum, or a flat one: responses that predictors separate, predictors that depend on each other.
std::optional<LogisticFit> fit_logistic(const Records& records, double ridge, double omega0);

/// The potential, less and less of it beyond |theta| = R: times e^{-(|theta|/R)^4}.
std::string tapered(const std::string& potential, int dimension, double R);

}  // namespace hypofp
