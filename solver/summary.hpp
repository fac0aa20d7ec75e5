#pragma once
#include <nlohmann/json.hpp>
#include <vector>

#include "io/results/series.hpp"
#include "operators/functionals.hpp"
#include "solver/problem.hpp"
#include "solver/judgement/rates.hpp"
#include "solver/modes/steady_state.hpp"

namespace hypofp {

/// What a run found, as it goes into summary.json (interface.md).
struct Findings {
  const Problem* problem;
  const SteadyState* steady;
  Moments steady_moments;
  std::vector<Observation> rows;
  MeasuredRate rate_h, rate_H;
  double grid_floor = 0;          ///< of relative rates: four times what box, aliasing and order do to the linear modes
  double seconds = 0;
  std::int64_t applications = 0;
  int ranks = 1;
  std::string propagator;
};

nlohmann::ordered_json theory_json(const Theory& theory);
nlohmann::ordered_json admissibility_json(const Admissibility& a);
nlohmann::ordered_json versions_json();
nlohmann::ordered_json summarize(const Findings& findings);

/// The paper's claims against the run: each with value and bound, and whether it holds (null: can't be said, and why).
nlohmann::ordered_json verdicts(const Findings& findings);

}  // namespace hypofp
