#pragma once
#include <nlohmann/json.hpp>

#include "solver/ensembles/loss.hpp"
#include "solver/ensembles/start.hpp"
#include "solver/problem.hpp"

namespace hypofp {

/// "ensemble.remark_3_3" of summary.json: rates a step over eta omega0^2 for several kappa, the case's among them.
nlohmann::ordered_json remark_3_3_json(const Problem& problem);
/// "ensemble.limit": the algorithm's moments towards those of (2.2), along 1 - kappa = gamma^2 eta from the case's eta down.
nlohmann::ordered_json limit_json(const Problem& problem, const Law& start);

/// "ensemble.trust": how far the models (2.2) and (2.4) are from the algorithm near the minimum, and for what they stand.
nlohmann::ordered_json trust_json(const Problem& problem, const Loss& loss);
std::string trust_text(const nlohmann::ordered_json& trust);
/// "asgd" of a run's summary: its rate by steps of the algorithm, and F in (theta, y). `excess_loss` of F, where it is known.
nlohmann::ordered_json per_step_json(const Problem& problem, std::optional<double> rate_h, const Law& steady,
                                     std::optional<double> excess_loss);
/// "table" of summary.json: what was fitted, and the noise of its gradients.
nlohmann::ordered_json table_json(const Case& c);
std::string table_text(const nlohmann::ordered_json& table);

}  // namespace hypofp
