#include <fmt/format.h>

#include "io/results/report.hpp"
#include "io/terminal.hpp"
#include "solver/commands/commands.hpp"
#include "solver/summary.hpp"

namespace hypofp {
void check(MPI_Comm comm, const std::string& case_file, const std::vector<std::string>& overrides) {
  Problem p = prepare_together(comm, case_file, overrides);
  {
    const System system(comm, p.setting());
    for (auto& w : check_initial_state(system, p).told) p.warnings.push_back(std::move(w));
  }
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  if (rank != 0) return;
  const Estimate& e = p.estimate;
  std::string out = fmt::format("# the resolved case\n{}\n{}", to_toml(p.input), theory_table(theory_json(p.theory), p.epsilon != nullptr));
  if (p.epsilon) out += admissibility_table(admissibility_json(p.admissibility));
  out += fmt::format("cost\n  {:.6g} cells, {:.0f} vectors, peak memory about {:.3g} GB of {:.3g} GB free\n", e.cells, e.vectors,
                     e.peak_bytes / 1e9, e.available_bytes / 1e9);
  out += fmt::format("  about {:.0f} applications of the generator: {:.3g} cell updates\n", e.applications, e.applications * e.cells);
  for (const auto& w : p.warnings) out += fmt::format("warning: {}\n", w);
  print(out + fmt::format("the case can be run: hypofp run {}\n", case_file));
}

}  // namespace hypofp
