#pragma once
#include <functional>
#include <vector>

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
  double interval;
  std::size_t regular;  ///< the last row that is a multiple of the interval
};

/// Where an evolution stands, with all that its next step depends on: what a checkpoint keeps. A run to any later time stands there too.
struct Footing {
  std::size_t row = 0;             ///< of the schedule
  double stretch = 0;              ///< how far samples will be tried; 0 at the start
  std::vector<double> propagator;  ///< its state()
  Vec h = nullptr;                 ///< phi of h at that row
};

/// What an evolution calls on its way.
struct EvolutionEvents {
  std::function<void(const Schedule::Row&, const Observation&)> row;  ///< every row after the first, in order
  std::function<void(const Schedule::Row&, Vec phi_h)> snapshot;      ///< those that ask for one, soon after their row
  std::function<void(const Footing&)> checkpoint;                     ///< where one was asked for, or a little later
  bool forms = false;  ///< rows have the forms of the proof (operators/proof_forms.hpp) too; they cost as much as is said there, a state
};

/// Evolves h from a row of the schedule to the last. Rows that stand far closer than the functionals change come from samples of
/// these over stretches of at most `window`, to relative `accuracy` (samples.hpp); else each row is a state of its own. The mass of
/// h, which stays zero but for rounding, is taken out along F at least each 64 rows or stretch, so that it never outlives a decaying h.
///
/// The steps depend on model, grid, data, interval and tolerance, not on where a run ends or on what it writes: only steps that the end
/// cuts short differ, and no checkpoint is taken beyond the first of them. So a resumed run goes on bit for bit, to a later end too.
class Evolution {
 public:
  /// phi_h is the state at from.row (from.h is not read), and worked in. All arguments outlive the evolution. One vector more is held, and
  /// another while snapshots within a stretch of samples are made. Collective.
  Evolution(const Operator& A, Propagator& propagator, const SteadyState& F, double mass_of_g, Vec phi_h, const Schedule& schedule,
            double window, double accuracy, const Footing& from = {});

  /// An exception of an event passes through; footing() is then where the evolution can be taken up again.
  void run(const EvolutionEvents& events);
  Footing footing() const { return {now_, stretch_, state_, h_}; }

 private:
  struct Step {
    std::size_t stop;
    bool sampled, cut;
  };
  Step next_step() const;
  Observation observe(Vec state, const EvolutionEvents& events) const;
  void direct(std::size_t stop, const EvolutionEvents& events);
  bool sampled(std::size_t stop, const EvolutionEvents& events);
  void arrive(std::size_t stop);
  std::vector<double> offsets_of(std::size_t first, std::size_t last, bool snapshots_only) const;

  const Operator& A_;
  Propagator& propagator_;
  const SteadyState& F_;
  double mass_of_g_;
  const Vector own_;
  Vec h_, next_;  // the state, and where the propagator takes it: phi_h and own_ by turns
  const Schedule& schedule_;
  const std::vector<Schedule::Row>& rows_;
  double window_, accuracy_;
  std::size_t now_;
  double stretch_;
  std::vector<double> state_;  // of the propagator, at now_
};

}  // namespace hypofp
