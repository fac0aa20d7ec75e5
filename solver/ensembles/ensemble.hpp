#pragma once
#include <mpi.h>

#include <functional>
#include <limits>
#include <vector>

#include "solver/ensembles/loss.hpp"
#include "solver/ensembles/paths.hpp"

namespace hypofp {

/// Evenly spaced bins of one component.
struct Bins {
  double low = 0, width = 1;
  int count = 0;
};

/// Moments of (theta, y) at one row. Of an ensemble with standard errors; else those are empty.
struct MomentRow {
  Law law, error;
  double excess_loss = 0, excess_loss_error = 0;  ///< of f - min f
  std::vector<Eigen::VectorXd> below;             ///< of each component the share below the edges of its bins
  double ran_off = 0;                             ///< paths with a |theta_i| beyond the limit, or that are no number
  double beyond = 0;                              ///< share of the paths with |theta| beyond the radius
};

/// What is asked of an ensemble.
struct EnsembleQuestion {
  int paths, rows;         ///< the first row at step 0
  std::vector<Bins> bins;  ///< of the 2d components
  double limit;            ///< of |theta_i|: beyond it a path has run off
  double radius = std::numeric_limits<double>::infinity();
};

/// Sends the paths through the rows, in blocks (blocks.hpp). Collective.
std::vector<MomentRow> run_ensemble(MPI_Comm comm, Walk& walk, const Loss& loss, const EnsembleQuestion& question,
                                    const std::function<void(double)>& progress);

}  // namespace hypofp
