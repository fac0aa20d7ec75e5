#pragma once
#include <string>
#include <utility>
#include <vector>
#include "io/hdf5.hpp"

namespace hypofp {

/// A group of workers.h5: one crew of workers at one learning rate.
struct WorkerRun {
  std::string name, long_name;
  std::vector<std::pair<std::string, double>> numbers;  ///< attributes
  std::vector<double> staleness;                        ///< shares of 0, 1, 2, ... updates
  std::vector<double> update, loss, loss_se;            ///< E f - min f
  std::vector<double> time, loss_of_time;               ///< in mean services
};

void write_workers(const std::string& path, const std::vector<WorkerRun>& runs, const Origin& origin = {});

}  // namespace hypofp
