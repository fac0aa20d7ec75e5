#include "solver/commands/page.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "io/files.hpp"
#include "io/results/pictures.hpp"
#include "io/results/summary_file.hpp"
#include "io/terminal.hpp"

namespace hypofp {
namespace {

bool root(MPI_Comm comm) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  return rank == 0;
}

}  // namespace

Page::Page(MPI_Comm comm, const RunOptions& options, const char* name, const std::function<std::vector<std::string>(int dimension)>& fields,
           std::size_t snapshots)
    : problem(prepare_together(comm, options.case_file, options.overrides, options.by_witness ? By::witness : By::grid, options.case_text)),
      progress(root(comm) && !options.quiet, isatty(STDERR_FILENO)),
      comm_(comm),
      quiet_(options.quiet),
      table_(options.table),
      directory_(options.directory.empty() ? fmt::format("results/{}-{}", problem.input.stem, name) : options.directory) {
  if (options.by_witness && problem.input.witness.degree == WitnessSettings::off)
    throw UserError(located(problem.input, "witness.degree", "\"off\"", "allowed with --by witness: \"auto\" or a degree"), true);
  for (const auto& w : problem.warnings) tell("warning: " + w);
  folder_.emplace(directory_, fields ? fields(problem.input.model.dimension) : std::vector<std::string>{}, snapshots);
  on_root(comm, [&] {
    folder_->claim();
    folder_->refuse_to_replace(problem.input.inputs(), false);
  });
}

void Page::tell(const std::string& line) const {
  if (root(comm_) && !quiet_) say(line);
}

void Page::take_folder() {
  on_root(comm_, [&] {
    folder_->take(false);
    replace_file(folder_->at("case.toml"), to_toml(problem.input));
  });
}

void Page::finish(nlohmann::ordered_json& summary, const std::string& table) {
  summary["cost"]["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  summary["cost"]["peak_bytes"] = peak_bytes(comm_);
  on_root(comm_, [&] {
    write_summary(directory_, summary);
    const Drawing drawing = draw_pictures(directory_);
    if (table_) print(table + ended(directory_, drawing));
  });
}

}  // namespace hypofp
