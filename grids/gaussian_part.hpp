#pragma once
#include <Eigen/Core>

#include "grids/model.hpp"

namespace hypofp {

/// A Gaussian part of a density; (x_1..x_d, v_1..v_d).
struct GaussianPart {
  double weight = 1;  ///< relative to the others of a mixture
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance;
};

/// Covariance of M, (3.1): 2d x 2d, diagonal.
inline Eigen::MatrixXd covariance_of_M(const Model& m) {
  Eigen::VectorXd variance(2 * m.dimension);
  for (int i = 0; i < 2 * m.dimension; ++i) variance(i) = m.sigma(i) * m.sigma(i);
  return variance.asDiagonal();
}

}  // namespace hypofp
