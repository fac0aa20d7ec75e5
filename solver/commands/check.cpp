#include <fmt/format.h>

#include "io/results/report.hpp"
#include "io/terminal.hpp"
#include "solver/commands/commands.hpp"
#include "solver/grid_system.hpp"
#include "solver/summary.hpp"
#include "solver/witness.hpp"

namespace hypofp {
void check(MPI_Comm comm, const std::string& case_file, const std::vector<std::string>& overrides) {
  Problem p = prepare_together(comm, case_file, overrides);
  {
    const GridSystem system(comm, p.setting());
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
  out += fmt::format("cost\n  {:.6g} cells, {:.0f} vectors, peak memory about {:.3g} GB of {:.3g} GB free\n", e.cells, e.vectors,
                     e.peak_bytes / 1e9, e.available_bytes / 1e9);
  out += fmt::format("  about {:.0f} applications of the generator: {:.3g} cell updates\n", e.applications, e.applications * e.cells);
  out += witness.witness ? fmt::format("witness: {} ({})\n", witness.witness->description(), witness.why)
                         : fmt::format("witness: silent: {}\n", witness.why);
  for (const auto& w : p.warnings) out += fmt::format("warning: {}\n", w);
  print(out + fmt::format("the case can be run: hypofp run {}\n", case_file));
}

}  // namespace hypofp
