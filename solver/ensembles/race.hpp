#pragma once
#include <optional>

#include "solver/ensembles/workers.hpp"

namespace hypofp {

/// When a way of going down reaches the target, and its learning rate; infinite where it does not.
struct Arrival {
  double learning_rate, time;
};

/// One crew at one learning rate, beside synchronous SGD of the same workers and SGD of one: each at the same learning rate, or each at
/// its own best.
struct Heat {
  Service service;
  int m;
  RateChoice choice;
  CrewRows rows;  ///< with one loss
  Arrival asynchronous, synchronous, sgd;
  double round_time;  ///< of synchronous SGD: the mean of the slowest
  double speedup() const { return sgd.time / asynchronous.time; }
  double synchronous_speedup() const { return sgd.time / synchronous.time; }
};

/// Times that all paths are sent through all updates, at most: to find a best learning rate takes several.
double race_runs(const WorkerSettings& workers);

/// All heats of the settings: services, counts, learning rates. `progress` is told what is run and the share of it that is done.
/// Collective.
std::vector<Heat> run_race(MPI_Comm comm, const Asgd& asgd, const Loss& loss, const WorkerSettings& workers, const EnsembleSettings& seeds,
                           const std::function<void(double)>& progress);

}  // namespace hypofp
