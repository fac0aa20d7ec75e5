#pragma once
#include <functional>
#include <vector>

#include "operators/functionals.hpp"
#include "solver/flow/propagator.hpp"

namespace hypofp {

/// The times of a run: rows each `interval` and at `end`; which of them also ask for a snapshot or a checkpoint.
struct Schedule {
  struct Row {
    double time;
    bool snapshot, checkpoint;
  };
  Schedule(double end, double interval, double snapshot_interval, double checkpoint_interval);
  std::vector<Row> rows;  ///< the first at t = 0
};

/// What an evolution calls on its way. A row between samples comes without its state (null); snapshots and the last row have it.
struct EvolutionEvents {
  std::function<void(const Schedule::Row&, const Observation&, Vec phi_h)> row;
  std::function<void(const Schedule::Row&, Vec phi_h)> checkpoint;
};

/// Evolves phi_h from row `first` (its state) to the last. Rows that stand far closer than the functionals change come from samples of
/// these over stretches of at most `window`, to relative `accuracy` (samples.hpp); else each row is a state of its own. The mass of
/// h, which stays zero but for rounding, is taken out at each checkpoint and at least each 64 rows or stretch, so that it never outlives a
/// decaying h. A run resumed from a checkpoint takes the same steps as one that went through. phi_F null means F = M; phi_h is worked in.
void evolve(const Generator& generator, Propagator& propagator, Vec phi_F, double mass_of_g, Vec phi_h, const Schedule& schedule,
            std::size_t first, double window, double accuracy, const EvolutionEvents& events);

}  // namespace hypofp
