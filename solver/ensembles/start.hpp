#pragma once
#include <vector>

#include "grids/gaussian_part.hpp"
#include "solver/ensembles/paths.hpp"

namespace hypofp {

/// The law of (x, v) that paths start from: a mixture of Gaussian parts, or, without any, uniform on lower <= (x, v) <= upper.
class StartLaw {
 public:
  StartLaw(const Model& model, std::vector<GaussianPart> parts, const Eigen::VectorXd& lower = {}, const Eigen::VectorXd& upper = {});

  /// The same law with (x, v) moved by this much: its draws are the same, moved.
  StartLaw moved(const Eigen::VectorXd& by) const;

  /// (theta, y) of the paths of a block.
  Block draw(int seed, std::uint32_t block) const;
  /// Mean and covariance of (theta, y).
  Law law() const;

 private:
  std::vector<GaussianPart> parts_;
  std::vector<Eigen::MatrixXd> roots_;  // of the covariances
  Eigen::VectorXd lower_, upper_;
  Eigen::MatrixXd theta_y_;
};

/// The matrix T of (theta, y) = T (x, v): theta = -(v + gamma x)/omega0^2, y = x (below (2.3)).
Eigen::MatrixXd theta_y_of_x_v(const Model& model);

}  // namespace hypofp
