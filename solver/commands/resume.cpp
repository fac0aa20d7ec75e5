#include "solver/commands/resume.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "operators/functionals.hpp"
#include "solver/commands/on_root.hpp"

namespace hypofp {

namespace fs = std::filesystem;

std::string fingerprint(const Problem& p) {
  Case c = p.input;
  c.title.clear();
  c.time.end = c.time.interval = 0;
  c.output = {};
  c.lyapunov = {};
  c.ensemble = {};
  c.workers.reset();
  if (p.by == By::grid) c.witness = {};
  c.where.clear();  // who wrote a value is no part of it
  const auto moved = [](std::string& path) { path = fs::path(path).filename().string(); };
  moved(c.initial.path);
  if (c.table) moved(c.table->path);
  return (p.by == By::witness ? "# by the witness\n" : "") + to_toml(c);
}

std::size_t row_at(const Schedule& schedule, double time) {
  const auto& rows = schedule.rows;
  const double i = std::round(time / schedule.interval);
  const std::size_t row = i >= 0 && i < static_cast<double>(rows.size()) ? static_cast<std::size_t>(i) : 0;
  return std::abs(rows[row].time - time) <= 1e-9 * time ? row : rows.size();
}

namespace {

/// An unfinished run of this case stands in the folder: one that was ended before its first checkpoint.
bool begun_by_this_case(const Problem& p, const ResultsFolder& folder) {
  if (!fs::exists(folder.at("case.toml"))) return true;
  if (fs::exists(folder.at("summary.json"))) return false;
  Problem before;
  before.input = read_case(folder.at("case.toml"), {});
  before.by = p.by;
  return fingerprint(before) == fingerprint(p);
}

}  // namespace

std::optional<Checkpoint> checkpoint_to_resume(MPI_Comm comm, const Problem& p, const System& system, const Schedule& schedule,
                                               const ResultsFolder& folder, const std::function<void(const std::string&)>& tell) {
  std::vector<std::string> remarks;
  bool another = false;
  const auto usable = [&](const Checkpoint& c) -> std::string {
    another = another || c.fingerprint != fingerprint(p);
    if (c.fingerprint != fingerprint(p)) return "belongs to another case";
    return row_at(schedule, c.time) < schedule.rows.size() ? "" : fmt::format("stands at t = {:.6g}, which is no row of this run", c.time);
  };
  auto found = read_checkpoint(system.A().comm(), folder.path().string(), system.distribution(), usable, remarks);
  if (!found && !remarks.empty())
    throw UserError(
        fmt::format("--resume: {}; {}", fmt::join(remarks, "; "),
                    another ? "only time, title, [output], [lyapunov], [witness], [ensemble] and [workers] may change for --resume"
                            : "run without --resume to start again"),
        true);
  for (const auto& remark : remarks) tell("warning: " + remark);
  if (found) return found;
  on_root(comm, [&] {
    if (folder.holds_results() && !begun_by_this_case(p, folder))
      throw UserError(fmt::format(
          "--resume: {} holds results of a finished run or of another case, and no checkpoint; run without --resume to replace them",
          folder.path().string()));
  });
  tell("nothing to resume: starting at t = 0");
  return {};
}

std::vector<Observation> rows_to(std::size_t row, const Checkpoint& c, const Schedule& schedule, const Problem& p) {
  std::vector<Observation> rows;
  for (std::size_t i = 0; i <= row; ++i) {
    const double time = schedule.rows[i].time;
    const auto same = [time](const Observation& o) { return std::abs(o.time - time) <= 1e-9 * time; };
    const auto old = std::find_if(c.rows.begin() + (i < c.rows.size() && same(c.rows[i]) ? i : 0), c.rows.end(), same);
    if (old == c.rows.end())
      throw UserError(
          located(p.input, "time.interval", fmt::format("{}", schedule.interval),
                  fmt::format("the run that is resumed has no row at t = {:.6g}; allowed: its interval, or a multiple of it", time)),
          true);
    rows.push_back(*old);
    rows.back().H = lyapunov(*old, p.theory.C, p.theory.C_hat);
  }
  return rows;
}

}  // namespace hypofp
