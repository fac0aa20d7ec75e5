#include "solver/worker_summary.hpp"

#include <fmt/format.h>

#include <cmath>

#include "io/results/words.hpp"

namespace hypofp {
namespace {

using Json = nlohmann::ordered_json;
using words::number;

constexpr const char* rates[] = {"case", "best", "given"};

Json or_null(double value) {
  if (!std::isfinite(value)) return nullptr;
  return value;
}

std::string law_of(const Service& s) {
  std::string words = service_laws[static_cast<int>(s.law)];
  if (s.law == ServiceLaw::lognormal) words += fmt::format("({})", s.sigma);
  if (s.slow_factor != 1) words += fmt::format(", one {} times slower", s.slow_factor);
  return words;
}

std::string dataset(std::size_t i) { return fmt::format("run-{:03d}", i); }

Json run_json(const Heat& h, const std::string& dataset, double curvature) {
  const double eta = h.asynchronous.learning_rate;
  Json run = {{"law", service_laws[static_cast<int>(h.service.law)]},
              {"service", law_of(h.service)},
              {"slow_factor", h.service.slow_factor},
              {"m", h.m},
              {"learning_rate", eta},
              {"chosen", rates[h.choice.kind]},
              {"eta_omega0_squared", eta * curvature},
              {"mean_staleness", h.rows.mean_staleness()},
              {"effective_kappa", h.rows.effective_kappa()},
              {"tv_to_geometric", h.rows.distance_to_geometric()},
              {"updates_per_time", h.rows.updates_per_time},
              {"time_to_target", or_null(h.asynchronous.time)},
              {"speedup", or_null(h.speedup())},
              {"synchronous",
               {{"round_time", h.round_time},
                {"learning_rate", h.synchronous.learning_rate},
                {"time_to_target", or_null(h.synchronous.time)},
                {"speedup", or_null(h.synchronous_speedup())}}},
              {"sgd", {{"learning_rate", h.sgd.learning_rate}, {"time_to_target", or_null(h.sgd.time)}}},
              {"remark_3_4", h.m * (1 - h.rows.effective_kappa())},
              {"dataset", dataset}};
  if (h.service.law == ServiceLaw::lognormal) run["sigma"] = h.service.sigma;
  return run;
}

}  // namespace

Json workers_json(const Problem& p, const Loss& loss, const std::vector<Heat>& heats) {
  const WorkerSettings& w = *p.input.workers;
  Json runs = Json::array();
  for (std::size_t i = 0; i < heats.size(); ++i) runs.push_back(run_json(heats[i], dataset(i), loss.curvature()));
  const double alpha = p.input.asgd->learning_rate * loss.curvature();
  return {{"paths", w.paths},
          {"updates", w.updates},
          {"target", w.target},
          {"unit_of_time", "mean time of a gradient"},
          {"most_at_the_case", 1 / (2 * alpha)},  // of the model: m up to 1/(4 eta omega0^2), then this
          {"runs", runs}};
}

std::string workers_text(const Json& w) {
  std::string out = fmt::format(
      "\nworkers, to {} of the start's excess loss; a unit of time is the mean time of a gradient\n{:<34}{:>5}{:>11}"
      "{:>11}{:>9}{:>10}{:>13}{:>10}{:>13}\n",
      number(w["target"], 4), "law of the times", "m", "eta", "staleness", "tv", "time", "synchronous", "speed-up", "synchronous");
  bool reached = true;
  for (const Json& r : w["runs"]) {
    const Json& s = r["synchronous"];
    out += fmt::format("{:<34}{:>5}{:>11}{:>11}{:>9}{:>10}{:>13}{:>10}{:>13}\n", r["service"].get<std::string>(), r["m"].get<int>(),
                       number(r["learning_rate"], 4), number(r["mean_staleness"], 4), number(r["tv_to_geometric"], 4),
                       number(r["time_to_target"], 4), number(s["time_to_target"], 4), number(r["speedup"], 4), number(s["speedup"], 4));
    reached = reached && !r["time_to_target"].is_null() && !r["sgd"]["time_to_target"].is_null() && !s["time_to_target"].is_null();
  }
  if (!reached)
    out += fmt::format("-: not reached for good within {} updates: too slow, or its noise keeps it above\n", w["updates"].get<int>());
  return out +
         fmt::format(
             "Remark 3.4's m (1 - kappa) > 1 does not decide: each update ages the other m - 1 reads by one, so that staleness is\n"
             "m - 1 in the mean and m (1 - kappa) = 1 under every law. At one learning rate the model's speed-up over SGD is about m\n"
             "up to 1/(4 eta omega0^2), then 1/(2 eta omega0^2) = {}.\n",
             number(w["most_at_the_case"], 4));
}

std::vector<WorkerRun> worker_runs(const std::vector<Heat>& heats) {
  std::vector<WorkerRun> runs;
  for (std::size_t i = 0; i < heats.size(); ++i) {
    const Heat& h = heats[i];
    const CrewRows::Loss& loss = h.rows.losses[0];
    runs.push_back({dataset(i),
                    fmt::format("{} workers, {}", h.m, law_of(h.service)),
                    {{"m", h.m}, {"learning_rate", h.asynchronous.learning_rate}, {"slow_factor", h.service.slow_factor}},
                    h.rows.staleness,
                    h.rows.update,
                    loss.of_update,
                    loss.error,
                    h.rows.time,
                    loss.of_time});
  }
  return runs;
}

}  // namespace hypofp
