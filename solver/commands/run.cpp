#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <filesystem>

#include "io/files.hpp"
#include "io/progress.hpp"
#include "io/results/checkpoint.hpp"
#include "io/results/folder.hpp"
#include "io/results/pictures.hpp"
#include "io/results/report.hpp"
#include "io/results/series.hpp"
#include "io/terminal.hpp"
#include "operators/functionals.hpp"
#include "operators/hermite/evaluation.hpp"
#include "solver/commands/commands.hpp"
#include "solver/commands/stop.hpp"
#include "solver/companion.hpp"
#include "solver/snapshot.hpp"
#include "solver/summary.hpp"

namespace hypofp {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

/// What a resumed run must share with the one it goes on from: model, eps, grid, initial data, tolerance, propagator. Its length, its
/// name and what it writes, H's constants among them (H is made anew of its parts), may change.
std::string fingerprint(const Problem& p) {
  Case c = p.input;
  c.title.clear();
  c.time.end = c.time.interval = 0;
  c.output = {};
  c.lyapunov = {};
  c.ensemble = {};
  if (p.by == By::grid) c.witness = {};
  c.where.clear();  // who wrote a value is no part of it
  c.initial.path = fs::path(c.initial.path).filename().string();
  return (p.by == By::witness ? "# by the witness\n" : "") + to_toml(c);
}

/// A table of rows in the folder is written anew at least this often, so that little is lost whatever happens.
constexpr std::chrono::seconds series_period(10);

std::unique_ptr<System> make_system(MPI_Comm comm, Problem& p) {
  if (p.by == By::grid) return std::make_unique<GridSystem>(comm, p.setting());
  try {
    WitnessChoice choice = witness_alone(p);
    p.estimate.cells = choice.witness->generator.space().size();
    return std::move(choice.witness);
  } catch (const UserError& e) {
    throw UserError(e.what(), true);
  }
}

/// One run, in the order of the data: grid -> generator -> propagator -> F -> h -> rows -> files.
class Run {
 public:
  Run(MPI_Comm comm, const RunOptions& options, Problem problem)
      : comm_(comm),
        options_(options),
        p_(std::move(problem)),
        system_(make_system(comm, p_)),
        grid_(dynamic_cast<GridSystem*>(system_.get())),
        schedule_(p_.input.time.end, p_.input.time.interval, p_.input.output.fields_interval, p_.input.output.checkpoint_interval),
        folder_(options.directory.empty() ? "results/" + p_.input.stem : options.directory, field_grid_names(p_.input.model.dimension),
                snapshots()),
        progress_(root() && !options.quiet, isatty(STDERR_FILENO)) {}

  /// What may be wrong with the case or the folder is found before anything in the folder changes.
  Json go() {
    for (const auto& w : p_.warnings) tell("warning: " + w);
    const InitialCheck data = system_->check_initial_state(p_);
    for (const auto& w : data.told) tell("warning: " + w);
    discontinuous_ = data.discontinuous;
    on_root([&] { folder_.claim(); });
    const std::optional<Checkpoint> from = options_.resume ? checkpoint() : std::nullopt;
    on_root([&] { folder_.refuse_to_replace(inputs(), from.has_value()); });
    if (grid_) accompany();
    const Footing footing = from ? restore(*from) : start();
    evolve(footing);
    return finish();
  }

 private:
  bool root() const {
    int rank = 0;
    MPI_Comm_rank(comm_, &rank);
    return rank == 0;
  }
  void tell(const std::string& line) const {
    if (root() && !options_.quiet) say(line);
  }
  std::size_t snapshots() const {
    return std::count_if(schedule_.rows.begin(), schedule_.rows.end(), [](const Schedule::Row& row) { return row.snapshot; });
  }
  std::vector<std::string> inputs() const { return {p_.input.file, p_.input.initial.path}; }
  /// Runs on rank 0 only; what is wrong there is thrown on every rank.
  template <class Action>
  void on_root(Action action) const {
    static const PetscLogEvent event = Logged::event("Output");
    const Logged logged(event);
    std::string trouble;
    int kind = 0;  // 1: an output, 2: the user
    if (root()) try {
        action();
      } catch (const UserError& e) {
        trouble = e.what(), kind = 2;
      } catch (const std::exception& e) {
        trouble = e.what(), kind = 1;
      }
    MPI_Bcast(&kind, 1, MPI_INT, 0, comm_);
    if (kind == 1) throw OutputError(trouble, true);
    if (kind == 2) throw UserError(trouble, true);
  }

  /// The witness goes first: its F is where the grid looks for its own.
  void accompany() {
    try {
      progress_.begin("witness", schedule_.rows.back().time);
      companion_ = follow(p_, schedule_, [&](double time) {
        progress_.update(time);
        stop_.check(comm_);
      });
      progress_.end(companion_.witness ? companion_.witness->description() : "silent");
    } catch (const Stopped& s) {
      throw ComputationError(fmt::format("stopped by {} while the witness ran; nothing was written", s.signal), true);
    }
    if (companion_.witness) p_.estimate.peak_bytes += witness_bytes(p_, *companion_.witness);
    if (!companion_.witness || !p_.epsilon || options_.resume || A().direct_solve_pays()) return;
    const HermiteSpace& space = companion_.witness->generator.space();
    system_->guess_F(on_grid(space, ReadArray(companion_.witness->F().phi.get()), grid_->grid));
  }

  Footing start() {
    find_F();
    h_ = system_->initial_state(p_);
    mass_ = A().mass(h_.get());
    F().take_out(mass_, h_.get());
    if (!(norm_of(h_.get()) > 1e-14 * mass_))
      throw UserError(located(p_.input, "initial.kind", "", "g starts at the steady state: there is no decay to follow"), true);
    take_folder(false, {});
    take_row(schedule_.rows.front(), A().observe(F(), mass_, h_.get()));
    if (schedule_.rows.front().snapshot) snapshot(schedule_.rows.front(), h_.get());
    mass_ = rows_.front().mass;  // what a resumed run finds
    doubt_[0] = A().doubt(h_.get(), rows_.front(), p_.theory.C, p_.theory.C_hat);
    return {};
  }

  void find_F() {
    if (!p_.epsilon) return;
    progress_.begin("steady state", 1);
    try {
      system_->F([&](double residual) {
        stop_.check(comm_);
        progress_.update(std::clamp(std::log(residual) / std::log(1e-13), 0.0, 1.0), fmt::format("residual {:.1e}", residual));
      });
    } catch (const Stopped& s) {
      throw ComputationError(fmt::format("stopped by {} while F was sought; nothing was written", s.signal), true);
    }
    progress_.end(fmt::format("residual {:.1e}, {}", F().residual, F().method));
  }
  const Operator& A() const { return system_->A(); }
  const SteadyState& F() { return system_->F(); }

  /// From here on the folder is this run's. `kept`: times of snapshots that stay.
  void take_folder(bool resumed, const std::vector<double>& kept) {
    on_root([&] {
      if (snapshots() > 0) fields_ = std::make_unique<FieldsWriter>(folder_.path().string(), kept);
      folder_.take(resumed);
      replace_file(folder_.at("case.toml"), to_toml(p_.input));
    });
    series_due_ = Clock::now() + series_period;
  }

  /// Row of the schedule at a time; its size where there is none.
  std::size_t row_at(double time) const {
    const auto& rows = schedule_.rows;
    const double i = std::round(time / schedule_.interval);
    const std::size_t row = i >= 0 && i < static_cast<double>(rows.size()) ? static_cast<std::size_t>(i) : 0;
    return std::abs(rows[row].time - time) <= 1e-9 * time ? row : rows.size();
  }

  std::optional<Checkpoint> checkpoint() {
    std::vector<std::string> remarks;
    bool another = false;
    const auto usable = [&](const Checkpoint& c) -> std::string {
      another = another || c.fingerprint != fingerprint(p_);
      if (c.fingerprint != fingerprint(p_)) return "belongs to another case";
      return row_at(c.time) < schedule_.rows.size() ? "" : fmt::format("stands at t = {:.6g}, which is no row of this run", c.time);
    };
    auto found = read_checkpoint(A().comm(), folder_.path().string(), system_->distribution(), usable, remarks);
    if (!found && !remarks.empty())
      throw UserError(fmt::format("--resume: {}; {}", fmt::join(remarks, "; "),
                                  another ? "only time, title, [output], [lyapunov], [witness] and [ensemble] may change for --resume"
                                          : "run without --resume to start again"),
                      true);
    for (const auto& remark : remarks) tell("warning: " + remark);
    if (found) return found;
    on_root([&] {
      if (folder_.holds_results() && !begun_by_this_case())
        throw UserError(fmt::format("--resume: {} holds results of another case, and no checkpoint; run without --resume to replace them",
                                    folder_.path().string()));
    });
    tell("nothing to resume: starting at t = 0");
    return {};
  }
  /// An unfinished run of this case stands in the folder: one that was ended before its first checkpoint.
  bool begun_by_this_case() const {
    if (!fs::exists(folder_.at("case.toml"))) return true;
    if (fs::exists(folder_.at("summary.json"))) return false;
    Problem before;
    before.input = read_case(folder_.at("case.toml"), {});
    before.by = p_.by;
    return fingerprint(before) == fingerprint(p_);
  }

  Footing restore(const Checkpoint& c) {
    const std::size_t row = row_at(c.time);
    for (std::size_t i = 0; i <= row; ++i) {
      const double time = schedule_.rows[i].time;
      const auto same = [time](const Observation& o) { return std::abs(o.time - time) <= 1e-9 * time; };
      const auto old = std::find_if(c.rows.begin() + (i < c.rows.size() && same(c.rows[i]) ? i : 0), c.rows.end(), same);
      if (old == c.rows.end())
        throw UserError(
            located(p_.input, "time.interval", fmt::format("{}", schedule_.interval),
                    fmt::format("the run that is resumed has no row at t = {:.6g}; allowed: its interval, or a multiple of it", time)),
            true);
      rows_.push_back(*old);
      rows_.back().H = lyapunov(*old, p_.theory.C, p_.theory.C_hat);
      hear_witness(rows_.back(), i);
    }
    applications_before_ = c.applications;
    seconds_before_ = c.seconds;
    mass_ = rows_.front().mass;
    h_ = A().vector();
    {
      const WriteArray out(h_.get());
      std::copy(c.vectors.at(0).begin(), c.vectors.at(0).end(), out + 0);
    }
    if (p_.epsilon) system_->adopt_F(c.vectors.at(1));
    std::vector<double> kept;
    for (std::size_t i = 0; i <= row; ++i)
      if (schedule_.rows[i].snapshot) kept.push_back(schedule_.rows[i].time);
    take_folder(true, kept);
    doubt_[0] = A().doubt(h_.get(), rows_.back(), p_.theory.C, p_.theory.C_hat);
    tell(fmt::format("resumed at t = {:.6g}", c.time));
    return {row, c.stretch, c.propagator, nullptr};
  }

  void hear_witness(Observation& o, std::size_t row) const {
    if (companion_.rows.empty()) return;
    o.witness_h_norm = companion_.rows[row].h_norm;
    o.witness_H = companion_.rows[row].H;
  }

  void take_row(const Schedule::Row& row, Observation o) {
    o.time = row.time;
    o.H = lyapunov(o, p_.theory.C, p_.theory.C_hat);
    hear_witness(o, rows_.size());
    if (!std::isfinite(o.h_norm) || !std::isfinite(o.H))
      throw ComputationError(fmt::format("the state is not finite at t = {:.6g}", row.time), true);
    rows_.push_back(o);
    if (root() && Clock::now() > series_due_) {
      write_series(folder_.at("series.h5"), rows_);
      series_due_ = Clock::now() + series_period;
    }
  }

  void snapshot(const Schedule::Row& row, Vec h) {
    if (!field_grids_) field_grids_.emplace(*system_);
    const auto grids = (*field_grids_)(mass_, h);
    on_root([&] { fields_->write(row.time, grids); });
  }

  void evolve(const Footing& from) {
    progress_.begin("evolution", schedule_.rows.back().time, rows_.back().time);
    Evolution evolution(A(), system_->propagator(), F(), mass_, h_.get(), schedule_, system_->longest_span(),
                        0.25 * p_.input.time.tolerance, from);
    try {
      evolution.run({[&](const Schedule::Row& row, const Observation& o) {
                       take_row(row, o);
                       progress_.update(row.time, fmt::format("‖h‖_* {:.3e}", o.h_norm));
                       stop_.check(comm_);
                     },
                     [&](const Schedule::Row& row, Vec h) { snapshot(row, h); }, [&](const Footing& at) { keep(at); }});
    } catch (const Stopped& s) {
      std::string kept = keep_rows();
      try {
        keep(evolution.footing());
        kept += fmt::format(" and a checkpoint at t = {:.6g}: --resume goes on from there", schedule_.rows[evolution.footing().row].time);
      } catch (const OutputError& e) {
        kept += fmt::format("; {}", e.what());
      }
      throw ComputationError(fmt::format("stopped by {} at t = {:.6g}; {}", s.signal, rows_.back().time, kept), true);
    } catch (const ComputationError& e) {
      throw ComputationError(fmt::format("{}; {}", e.what(), keep_rows()), e.agreed);
    } catch (const OutputError& e) {
      throw OutputError(fmt::format("{}; {}", e.what(), keep_rows()), e.agreed);
    }
    end_ = evolution.footing().h;
    progress_.end(fmt::format("‖h‖_* {:.6e}, {} applications", rows_.back().h_norm, applications()));
    doubt_[1] = A().doubt(end_, rows_.back(), p_.theory.C, p_.theory.C_hat);
  }

  /// The rows so far, to disk; what is kept, in words. Not collective: another rank may not be there to take part.
  std::string keep_rows() {
    if (!root()) return "";
    try {
      write_series(folder_.at("series.h5"), rows_);
      if (fields_) fields_->finish();
      return fmt::format("kept in {}: {} rows, to t = {:.6g}", folder_.path().string(), rows_.size(), rows_.back().time);
    } catch (const OutputError& e) {
      return e.what();
    }
  }

  std::int64_t applications() const { return applications_before_ + A().applications(); }
  double elapsed() const { return seconds_before_ + std::chrono::duration<double>(Clock::now() - began_).count(); }

  void keep(const Footing& at) {
    Checkpoint c;
    c.fingerprint = fingerprint(p_);
    c.time = schedule_.rows[at.row].time;
    c.applications = applications();
    c.seconds = elapsed();
    c.propagator = at.propagator;
    c.stretch = at.stretch;
    c.rows.assign(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(at.row) + 1);
    c.names = {"h"};
    const ReadArray values(at.h);
    std::vector<const double*> data{values};
    std::optional<ReadArray> phi_F;
    if (!F().is_maxwellian()) {
      phi_F.emplace(F().phi.get());
      c.names.push_back("F");
      data.push_back(*phi_F);
    }
    const auto write = [&] { write_checkpoint(A().comm(), folder_.path().string(), c, system_->distribution(), data); };
    grid_ ? write() : on_root(write);  // the witness is whole on every rank
    on_root([&] { write_series(folder_.at("series.h5"), rows_); });
  }

  Json finish() {
    Admissibility a = p_.admissibility;
    if (p_.epsilon) {  // the whole grid's beside the lines'
      a.numerical_abscissa = system_->range().abscissa();
      if (grid_) a.edge_share_of_F = std::max(a.edge_share_of_F, A().edge_share(F().phi.get()));
    }
    std::vector<double> times, squares, H;
    for (const auto& r : rows_) times.push_back(r.time), squares.push_back(r.h_norm * r.h_norm), H.push_back(r.H);
    const MeasuredRate rate_h = measure_rate(times, squares), rate_H = measure_rate(times, H);
    std::optional<Comparison> comparison;
    if (companion_.witness) comparison = compare(p_, *grid_, companion_, rows_, rate_h, rate_H);
    const Findings found{p_.theory,
                         p_.input.model,
                         a.perturbed,
                         discontinuous_,
                         rows_,
                         rate_h,
                         rate_H,
                         system_->rate_floor(),
                         doubt_[0],
                         doubt_[1],
                         std::move(comparison),
                         p_.input.time.tolerance,
                         static_cast<double>(applications()),
                         F().residual};
    const Json summary = summarize(p_, a, found, *system_, companion_,
                                   {elapsed(), peak_bytes(comm_), applications(), p_.estimate.ranks, system_->propagator().description()});
    on_root([&] {
      write_series(folder_.at("series.h5"), rows_);
      if (fields_) fields_->finish();
      write_summary(folder_.path().string(), summary);
      const Drawing drawing = draw_pictures(folder_.path().string());
      write_report(folder_.path().string(), summary);
      std::string told = fmt::format("{}\nresults: {}", report_table(summary), folder_.path().string());
      for (const auto& name : drawing.drawn) told += fmt::format("\npicture: {}", folder_.at(name.c_str()));
      for (const auto& why : drawing.missing) told += "\nnot drawn: " + why;
      print(told + "\n");
    });
    return summary;
  }

  const MPI_Comm comm_;
  const RunOptions& options_;
  Problem p_;
  std::unique_ptr<System> system_;
  GridSystem* const grid_;  // null: by the witness alone
  Schedule schedule_;
  ResultsFolder folder_;
  Progress progress_;
  StopSignals stop_;
  Vector h_;
  Vec end_ = nullptr;
  double mass_ = 1;
  bool discontinuous_ = false;
  std::vector<Observation> rows_;
  Companion companion_;
  Doubt doubt_[2];  // of h at the start, or where it was resumed, and at the end
  std::int64_t applications_before_ = 0;
  double seconds_before_ = 0;
  std::optional<FieldGrids> field_grids_;
  std::unique_ptr<FieldsWriter> fields_;
  Clock::time_point began_ = Clock::now(), series_due_;
};

}  // namespace

Json run(MPI_Comm comm, const RunOptions& options) {
  const By by = options.by_witness ? By::witness : By::grid;
  return Run(comm, options, prepare_together(comm, options.case_file, options.overrides, by)).go();
}

}  // namespace hypofp
