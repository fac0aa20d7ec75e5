#include <fmt/format.h>
#include <mpi.h>

#include <filesystem>

#include "grids/errors.hpp"
#include "io/results/folder.hpp"
#include "io/results/pictures.hpp"
#include "io/results/report.hpp"
#include "io/terminal.hpp"
#include "solver/commands/commands.hpp"

namespace hypofp {

void plot(const std::string& folder, bool animate) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank != 0) return;
  ResultsFolder results(folder, {}, 0);
  if (std::filesystem::is_directory(folder)) {
    results.claim();
    results.refuse_to_replace({}, true);
    if (results.holds_results()) results.take(true);  // names that an earlier version's list has not
  }
  Drawing drawing = draw_pictures(folder);
  if (animate) animate_fields(folder, drawing);
  write_report(folder);
  for (const auto& name : drawing.drawn) print(fmt::format("{}/{}\n", folder, name));
  if (!drawing.missing.empty()) throw OutputError(fmt::format("{}: not drawn: {}", folder, fmt::join(drawing.missing, "; ")));
}

}  // namespace hypofp
