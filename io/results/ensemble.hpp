#pragma once
#include <Eigen/Core>
#include <string>
#include <vector>

#include "io/hdf5.hpp"

namespace hypofp {

/// A group of ensemble.h5: what one model says of (theta, y), row by row. What it does not know stays empty.
struct EnsembleGroup {
  std::string name, long_name;
  std::vector<Eigen::VectorXd> mean, mean_se;
  std::vector<Eigen::MatrixXd> covariance, covariance_se;
  std::vector<double> excess_loss, excess_loss_se, ran_off;
};
/// Distance of two distributions (Kolmogorov and Smirnov), by row and component; theta and y in turn.
struct EnsembleDistances {
  std::string group;  ///< that it belongs to; empty: the file's root
  std::vector<Eigen::VectorXd> theta, y;
};
struct EnsembleTable {
  int dimension = 1;
  std::vector<double> step, time;
  std::vector<EnsembleGroup> groups;
  std::vector<EnsembleDistances> distances;  ///< to the PDE's marginals
};

void write_ensemble(const std::string& path, const EnsembleTable& table, const Origin& origin = {});
/// What the pictures need. Throws UserError where it is not there.
EnsembleTable read_ensemble(const std::string& path);

}  // namespace hypofp
