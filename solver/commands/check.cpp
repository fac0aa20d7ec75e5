#include <fmt/format.h>

#include "io/results/report.hpp"
#include "io/terminal.hpp"
#include "solver/asgd_summary.hpp"
#include "solver/commands/commands.hpp"
#include "solver/ensemble_summary.hpp"
#include "solver/ensembles/race.hpp"
#include "solver/grid_system.hpp"
#include "solver/summary.hpp"
#include "solver/witness.hpp"

namespace hypofp {
namespace {

/// Of an [asgd] case: how far the algorithm and its model go together, and what `hypofp asgd` takes.
std::string algorithm_text(const Problem& p) {
  const Loss loss = loss_of(p);
  const auto forecast = forecast_json(p, loss);
  std::string out = p.input.table ? table_text(table_json(p.input)) : "";
  out += fmt::format("algorithm: a step is t = {:.6g}\n{}", forecast["delta_t"].get<double>(), ensemble_text(forecast));
  for (const auto& w : ensemble_warnings(forecast)) out += fmt::format("warning: {}\n", w);
  const EnsembleSettings& e = p.input.ensemble;
  if (p.input.asgd->staleness == 0) return out + "  hypofp asgd: kappa = 0 has no y to start from\n";
  out += fmt::format("  hypofp asgd: {:.3g} path-steps of the algorithm, twice as many of coupled paths, {:.3g} of the SDE\n",
                     1.0 * e.paths * e.steps, 1.0 * e.paths * e.steps * (loss.perturbed() ? e.sde_substeps : 1.0 / e.interval));
  if (const auto& w = p.input.workers) out += fmt::format("  workers: {:.3g} path-updates\n", 1.0 * w->paths * w->updates * race_runs(*w));
  return out;
}

}  // namespace

void check(MPI_Comm comm, const std::string& case_file, const std::vector<std::string>& overrides) {
  Problem p = prepare_together(comm, case_file, overrides);
  {
    GridSystem system(comm, p.setting());
    for (auto& w : system.check_initial_state(p).told) p.warnings.push_back(std::move(w));
  }
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  if (rank != 0) return;
  const WitnessChoice witness = witness_beside_grid(p);
  if (witness.witness) p.estimate.peak_bytes += witness_bytes(p, *witness.witness);
  const Estimate& e = p.estimate;
  std::string out = fmt::format("# the resolved case\n{}\n{}", to_toml(p.input), theory_table(theory_json(p.theory), p.epsilon != nullptr));
  if (p.epsilon) out += admissibility_table(admissibility_json(p.admissibility));
  if (p.input.asgd) out += algorithm_text(p);
  out += fmt::format("cost\n  {:.6g} cells, {:.0f} vectors, peak memory about {:.3g} GB of {:.3g} GB free\n", e.cells, e.vectors,
                     e.peak_bytes / 1e9, e.available_bytes / 1e9);
  out += fmt::format("  about {:.0f} applications of the generator: {:.3g} cell updates\n", e.applications, e.applications * e.cells);
  out += witness.witness ? fmt::format("witness: {} ({})\n", witness.witness->description(), witness.why)
                         : fmt::format("witness: silent: {}\n", witness.why);
  for (const auto& w : p.warnings) out += fmt::format("warning: {}\n", w);
  print(out + fmt::format("the case can be run: hypofp run {}\n", case_file));
}

}  // namespace hypofp
