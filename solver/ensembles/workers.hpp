#pragma once
#include <mpi.h>

#include <functional>
#include <vector>

#include "grids/ensemble_settings.hpp"
#include "grids/worker_settings.hpp"
#include "solver/ensembles/loss.hpp"

namespace hypofp {

/// m workers without a clock: each computes the gradient at the theta it read last, for a time of its own, writes
/// theta <- theta - eta (grad f(theta read) + noise xi), and reads again. How stale a read is, the events decide. All read `start` at
/// time 0; workers whose times are not random are then spread evenly over one.
struct Crew {
  int m;
  Service service;
  double noise;  ///< standard deviation of a gradient's
  Eigen::VectorXd start;
  std::vector<double> learning_rates;  ///< tried side by side, under the same events and noise
};

/// What a crew did, the mean over the paths.
struct CrewRows {
  std::vector<double> staleness;  ///< shares of 0, 1, 2, ... updates, of the last four fifths
  double updates_per_time;
  std::vector<double> update, time;  ///< of the rows
  struct Loss {                      ///< E f - min f, at one learning rate
    std::vector<double> of_update, error, of_time;
  };
  std::vector<Loss> losses;

  double mean_staleness() const;
  /// kappa of the law (1 - kappa) kappa^l with the same mean.
  double effective_kappa() const;
  /// Total variation to that law.
  double distance_to_geometric() const;
};

/// The same bits on any number of ranks. Collective.
CrewRows run_crew(MPI_Comm comm, const Crew& crew, const Loss& loss, const EnsembleSettings& seeds, int paths, int updates,
                  const std::function<void(double)>& progress);

/// When a series comes below a level for good, between rows by its logarithm; infinite where it does not.
double time_to_reach(const std::vector<double>& time, const std::vector<double>& series, double level);

}  // namespace hypofp
