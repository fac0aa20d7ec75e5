#pragma once
#include <Eigen/Core>
#include <string>
#include <vector>

#include "grids/observation.hpp"
#include "io/results/fields.hpp"

namespace hypofp {

/// What the picture of theta needs beside the rows.
struct ThetaSetting {
  std::string title;
  double mu = 1;         ///< ellipses at t = 0, 1/(2 mu), 1/mu, 2/mu, 4/mu, and the end
  Eigen::VectorXd mean;  ///< of theta under F
  Eigen::MatrixXd covariance;
};

/// Draws theta under g: its mean with bands of one and two standard deviations over t (d = 1), or the path of the mean with such ellipses
/// in every plane (theta_i, theta_j); and the excess loss of the snapshots with its floor. Empty, or why there is no picture.
std::string draw_theta(const std::string& png, const ThetaSetting& setting, const std::vector<Observation>& rows,
                       const std::vector<XdmfStep>& snapshots);

}  // namespace hypofp
