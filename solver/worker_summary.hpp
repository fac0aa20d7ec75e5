#pragma once
#include <nlohmann/json.hpp>

#include "io/results/workers.hpp"
#include "solver/ensembles/race.hpp"
#include "solver/problem.hpp"

namespace hypofp {

/// "workers" of summary.json.
nlohmann::ordered_json workers_json(const Problem& problem, const Loss& loss, const std::vector<Heat>& heats);
/// What a person reads, from it.
std::string workers_text(const nlohmann::ordered_json& workers);
/// The content of workers.h5, in the order of workers.runs[].
std::vector<WorkerRun> worker_runs(const std::vector<Heat>& heats);

}  // namespace hypofp
