#include "io/case/sweep.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "io/case/toml.hpp"
#include "io/progress.hpp"
#include "io/results/folder.hpp"
#include "io/results/pictures.hpp"
#include "io/results/summary_file.hpp"
#include "io/results/sweep.hpp"
#include "io/terminal.hpp"
#include "solver/commands/commands.hpp"
#include "solver/commands/on_root.hpp"
#include "solver/commands/stop.hpp"
#include "solver/problem.hpp"
#include "solver/summary.hpp"
#include "solver/versions.hpp"

namespace hypofp {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Pointer = nlohmann::json::json_pointer;

/// A column: where it stands in the summary of one of the commands.
struct Found {
  const char *what, *name, *pointer, *long_name;
};
constexpr Found found[] = {
    {"", "mu", "/theory/mu", "mu, derived, at eps = 0"},
    {"", "mu_as_printed", "/theory/mu_as_printed", "mu as printed in (3.6)"},
    {"", "eps0", "/theory/eps0", "eps_0 of Assumption 3.1 on the case's box"},
    {"", "eps_bound", "/theory/eps_bound", "eps of Theorem 3.2, as printed"},
    {"", "eps_bound_derived", "/theory/eps_bound_derived", "eps of Theorem 3.2, derived"},
    {"run", "rate_h", "/measured/rate_h", "measured rate of ||h||_*"},
    {"run", "rate_H", "/measured/rate_H", "measured rate of H ~ e^(-2 rate t)"},
    {"run", "rate_uncertainty", "/measured/uncertainty", "of the measured rates"},
    {"run", "h_norm_end", "/final/h_norm", "||h||_* at the end"},
    {"run", "H_end", "/final/H", "H at the end"},
    {"run", "norm_of_F", "/steady/norm", "||F/M||_*"},
    {"spectrum", "gap", "/spectrum/gap", "spectral gap"},
    {"spectrum", "gap_scatter", "/spectrum/gap_scatter", "how far the members of its cluster lie from it"},
    {"spectrum", "gap_by_witness", "/witness/spectrum/gap", "spectral gap by the witness"},
    {"certify", "mu_cert", "/certificate/mu_cert", "certified rate for the case's C, C_hat, at the last degree"},
    {"certify", "mu_cert_step", "/certificate/limit/last_step", "what the last step in degree changed"},
    {"certify", "mu_cert_claimed", "/certificate/limit/claimed", "1 where the limit is claimed"},
    {"certify", "mu_cert_best", "/certificate/mu_cert_best", "certified rate for the best pair"},
    {"certify", "C_best", "/certificate/C_best", "of the best pair"},
    {"certify", "C_hat_best", "/certificate/C_hat_best", "of the best pair"},
};

std::string file_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return in ? text.str() : "";
}

/// A sweep's points, where they stand, and what is known of them.
class Points {
 public:
  Points(const RunOptions& options, Sweep sweep, std::string text)
      : options_(options),
        sweep_(std::move(sweep)),
        text_(std::move(text)),
        names_(sweep_.names()),
        folder_(options.directory.empty() ? "results/" + fs::path(options.case_file).stem().string() + "-sweep" : options.directory) {}

  const Sweep& sweep() const { return sweep_; }
  const std::vector<std::string>& names() const { return names_; }
  const fs::path& folder() const { return folder_; }
  std::string directory(std::size_t point, const std::string& what) const {
    return (sweep_.what.size() == 1 ? folder_ / names_[point] : folder_ / names_[point] / what).string();
  }
  RunOptions options(std::size_t point, const std::string& what) const {
    RunOptions o = options_;
    o.directory = directory(point, what);
    o.quiet = true, o.table = false;
    o.case_text = text_;  // a file edited meanwhile counts for none of the points
    const std::vector<std::string> settings = sweep_.settings(point);
    o.overrides.insert(o.overrides.end(), settings.begin(), settings.end());
    o.overrides.push_back("title=" + toml_text(fmt::format("{}: {}", sweep_.title, fmt::join(settings, ", "))));
    return o;
  }
  /// The results of just this case stand there, finished.
  bool finished(std::size_t point, const std::string& what) const try {
    const fs::path there = directory(point, what);
    if (!fs::exists(there / "summary.json")) return false;
    const Case c = read_case_text(text_, options_.case_file, options(point, what).overrides);
    return file_text(there / "case.toml") == to_toml(c) &&
           summary(point, what).value("by", "") == (options_.by_witness ? "witness" : "grid");
  } catch (const UserError&) {  // the point is no case, or its summary is damaged
    return false;
  }
  nlohmann::json summary(std::size_t point, const std::string& what) const {
    return read_summary((fs::path(directory(point, what)) / "summary.json").string());
  }
  /// Of all that is finished, whoever ran it. `failed`: what went wrong, by point.
  SweepTable table(const std::map<std::size_t, std::string>& failed) const;

 private:
  const RunOptions& options_;
  const Sweep sweep_;
  const std::string text_;
  const std::vector<std::string> names_;
  const fs::path folder_;
};

double number(const nlohmann::json& summary, const char* pointer) {
  const Pointer at(pointer);
  if (!summary.contains(at)) return std::nan("");
  const nlohmann::json& value = summary[at];
  return value.is_boolean() ? value.get<bool>() : value.is_number() ? value.get<double>() : std::nan("");
}

SweepTable Points::table(const std::map<std::size_t, std::string>& failed) const {
  SweepTable t{sweep_.title, sweep_.what, names_, std::vector<std::string>(names_.size(), "done"), {}, {}};
  for (const auto& axis : sweep_.axes) t.axes.push_back({axis.key, {}, {}});
  for (const Found& f : found) t.columns.push_back({f.name, f.long_name, std::vector<double>(names_.size(), std::nan(""))});
  for (const char* name : {"printed_rate", "derived_rate"})
    t.columns.push_back({name, std::string("mu - eps of Theorem 3.2, ") + (*name == 'p' ? "as printed" : "derived"),
                         std::vector<double>(names_.size(), std::nan(""))});
  for (std::size_t p = 0; p < names_.size(); ++p) {
    const std::vector<std::string> settings = sweep_.settings(p);
    for (std::size_t i = 0; i < settings.size(); ++i) {
      const std::string value = settings[i].substr(settings[i].find('=') + 1);
      char* end = nullptr;
      const double shown = std::strtod(value.c_str(), &end);
      t.axes[i].texts.push_back(value);
      t.axes[i].values.push_back(*end == '\0' ? shown : std::nan(""));
    }
    std::vector<std::string> missing;
    for (const std::string& what : sweep_.what) {
      if (!finished(p, what)) {
        missing.push_back(what);
        continue;
      }
      const nlohmann::json s = summary(p, what);
      for (std::size_t c = 0; c < std::size(found); ++c)
        if (found[c].what == what || *found[c].what == '\0') t.columns[c].values[p] = number(s, found[c].pointer);
      const auto left = [&](const char* mu, const char* eps) { return number(s, mu) - number(s, eps); };
      t.columns[std::size(found)].values[p] = left("/theory/mu_as_printed", "/theory/eps_bound");
      t.columns[std::size(found) + 1].values[p] = left("/theory/mu", "/theory/eps_bound_derived");
    }
    if (!missing.empty())
      t.status[p] = failed.contains(p) ? "failed: " + failed.at(p) : fmt::format("not done: {}", fmt::join(missing, ", "));
  }
  std::erase_if(t.columns, [](const auto& column) {
    return std::all_of(column.values.begin(), column.values.end(), [](double v) { return std::isnan(v); });
  });
  return t;
}

void run_one(MPI_Comm comm, const std::string& what, const RunOptions& options) {
  if (what == "run") run(comm, options);
  if (what == "spectrum") spectrum(comm, options, 8);
  if (what == "certify") certify(comm, options);
}

/// What became of points.
struct Outcome {
  std::map<std::size_t, std::string> failed;  ///< and why
  std::string stopped;                        ///< by which signal
};

/// Runs what is not done; a point that fails is told, and the rest go on. What one rank alone finds ends them all.
Outcome run_points(MPI_Comm comm, const Points& points, const std::vector<std::size_t>& mine, bool told) {
  int rank = 0, ranks = 1;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &ranks);
  const StopSignals stop;
  Progress progress(rank == 0 && told, isatty(STDERR_FILENO));
  const std::size_t tasks = mine.size() * points.sweep().what.size();
  std::size_t begun = 0, kept = 0;
  Outcome outcome;
  const auto work = [&](std::size_t p, const std::string& what) {
    stop.check(comm);
    progress.update(static_cast<double>(begun), fmt::format("{} of {}: {} {}", begun + 1, tasks, what, points.names()[p]));
    ++begun;
    if (outcome.failed.contains(p)) return;
    int there = rank == 0 && points.finished(p, what);
    MPI_Bcast(&there, 1, MPI_INT, 0, comm);
    there ? void(++kept) : run_one(comm, what, points.options(p, what));
  };
  const auto fails = [&](std::size_t p, const Error& e) {
    if (!e.agreed && ranks > 1) throw;
    outcome.failed[p] = e.what();
  };
  progress.begin("sweep", static_cast<double>(tasks));
  try {
    for (std::size_t p : mine)
      for (const std::string& what : points.sweep().what) try {
          work(p, what);
        } catch (const UserError& e) {
          fails(p, e);
        } catch (const ComputationError& e) {
          fails(p, e);
        }
  } catch (const Stopped& s) {
    outcome.stopped = s.signal;
  }
  progress.end(fmt::format("{} of {} tasks, {} of them done before, {} points failed", begun, tasks, kept, outcome.failed.size()));
  return outcome;
}

std::string sweep_text(const SweepTable& t) {
  std::string out;
  const char* const shown[] = {"rate_H", "gap", "mu_cert", "mu_cert_best", "mu", "mu_as_printed"};
  out += fmt::format("{:<32}", "point");
  std::vector<const SweepTable::Column*> columns;
  for (const char* name : shown)
    for (const auto& column : t.columns)
      if (column.name == name) columns.push_back(&column), out += fmt::format(" {:>13}", name);
  for (std::size_t i = 0; i < t.points.size(); ++i) {
    out += fmt::format("\n{:<32}", t.points[i]);
    for (const auto* column : columns)
      out += std::isnan(column->values[i]) ? fmt::format(" {:>13}", "-") : fmt::format(" {:>13.8g}", column->values[i]);
    if (t.status[i] != "done") out += "  " + t.status[i];
  }
  return out + "\n";
}

}  // namespace

void sweep(MPI_Comm comm, const RunOptions& options, int index, int shares) {
  int ranks = 1;
  MPI_Comm_size(comm, &ranks);
  const std::string text = read_together(comm, options.case_file);
  Sweep asked;
  try {
    asked = read_sweep(text, options.case_file, options.overrides);
  } catch (const UserError& e) {
    throw UserError(e.what(), true);
  }
  const Points points(options, std::move(asked), text);
  const std::vector<std::string>& names = points.names();
  const auto own_folder = [&](const auto& action) {  // held for a moment only: the shares of a sweep stand in one
    on_root(comm, [&] {
      ResultsFolder folder(points.folder(), {}, 0);
      folder.claim();
      folder.refuse_to_replace({options.case_file}, false);
      action(folder);
    });
  };
  own_folder([](ResultsFolder&) {});

  std::vector<std::size_t> mine;
  for (std::size_t p = index - 1; p < names.size(); p += shares) mine.push_back(p);
  const Outcome outcome = run_points(comm, points, mine, !options.quiet);
  own_folder([&](ResultsFolder& folder) {
    const SweepTable table = points.table(outcome.failed);
    folder.take(false);
    const std::string path = points.folder().string();
    const Json versions = versions_json();
    Origin origin{{"title", points.sweep().title}, {"case", text}, {"ranks", fmt::format("{}", ranks)}};
    for (const auto& [name, words] : versions.items()) origin.emplace_back(name, words.get<std::string>());
    write_sweep(path, table, origin);
    write_summary(path, {{"sweep", sweep_json(table)}, {"versions", versions}, {"ranks", ranks}});
    const Drawing drawing = draw_pictures(path);
    if (options.table) print(sweep_text(table) + ended(path, drawing));
  });
  if (!outcome.stopped.empty())
    throw ComputationError(fmt::format("stopped by {}; what is done is kept, the same command goes on", outcome.stopped), true);
  if (!outcome.failed.empty()) {
    std::string all;
    for (const auto& [p, why] : outcome.failed) all += fmt::format("\n  {}: {}", names[p], why);
    throw ComputationError(fmt::format("{} of {} points failed:{}", outcome.failed.size(), mine.size(), all), true);
  }
}

}  // namespace hypofp
