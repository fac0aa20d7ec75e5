#pragma once
#include <functional>

#include "solver/flow/evolution.hpp"
#include "solver/grid_system.hpp"
#include "solver/judgement/verdicts.hpp"
#include "solver/witness.hpp"

namespace hypofp {

/// The witness beside a grid's run: its series at the same times, and what it knows of its own error.
struct Companion {
  std::unique_ptr<Witness> witness;  ///< null: silent, and `why`
  std::string why;
  std::vector<Observation> rows;
  Doubt doubt;               ///< the largest over the run
  double doubt_of_rate = 0;  ///< relative: the tail of the last h, in which the slowest modes are left
  Witness::Tails tails{0, 0};
  double seconds = 0;
};

/// Chooses the witness and takes it through all rows of a run. What it can't do makes it silent. `each_row`, told the time, may throw.
/// Replicated.
Companion follow(const Problem& problem, const Schedule& schedule, const std::function<void(double time)>& each_row);

/// Grid against witness: series, rates, F; and where they disagree, which of the two moves when refined, by runs on three quarters of the
/// cells and of the degree, where there is memory for them. Collective.
Comparison compare(const Problem& problem, GridSystem& grid, Companion& companion, const std::vector<Observation>& rows,
                   const MeasuredRate& rate_h, const MeasuredRate& rate_H);

}  // namespace hypofp
