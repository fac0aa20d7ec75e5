#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cmath>

#include "io/files.hpp"
#include "io/progress.hpp"
#include "io/results/fields.hpp"
#include "io/results/ledger.hpp"
#include "io/results/pictures.hpp"
#include "io/results/report.hpp"
#include "io/results/series.hpp"
#include "io/results/summary_file.hpp"
#include "io/terminal.hpp"
#include "operators/functionals.hpp"
#include "operators/hermite/evaluation.hpp"
#include "operators/proof_forms.hpp"
#include "solver/commands/commands.hpp"
#include "solver/commands/on_root.hpp"
#include "solver/commands/resume.hpp"
#include "solver/commands/stop.hpp"
#include "solver/companion.hpp"
#include "solver/ledgers.hpp"
#include "solver/snapshot.hpp"
#include "solver/summary.hpp"
#include "solver/theta_loss.hpp"
#include "solver/true_gap.hpp"
#include "solver/versions.hpp"

namespace hypofp {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

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
        origin_(origin_of(p_)),
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
    on_root(comm_, [&] { folder_.claim(); });
    const std::optional<Checkpoint> from =
        options_.resume ? checkpoint_to_resume(comm_, p_, *system_, schedule_, folder_, [&](const std::string& line) { tell(line); })
                        : std::nullopt;
    on_root(comm_, [&] { folder_.refuse_to_replace(p_.input.inputs(), from.has_value()); });
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
    Observation first = A().observe(F(), mass_, h_.get());
    if (keeps_ledger()) add_proof_forms(A(), h_.get(), first);
    take_row(schedule_.rows.front(), first);
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

  /// From here on the folder is this run's. `kept`: times of the snapshots that stay.
  void take_folder(bool resumed, const std::vector<double>& kept) {
    on_root(comm_, [&] {
      if (snapshots() > 0)
        fields_ = std::make_unique<FieldsWriter>(folder_.path().string(),
                                                 resumed ? EarlierSnapshots{kept, folder_.snapshots()} : EarlierSnapshots{}, origin_);
      folder_.take(resumed);
      replace_file(folder_.at("case.toml"), to_toml(p_.input));
    });
    series_due_ = Clock::now() + series_period;
  }

  Footing restore(const Checkpoint& c) {
    const std::size_t row = row_at(schedule_, c.time);
    rows_ = rows_to(row, c, schedule_, p_);
    for (std::size_t i = 0; i <= row; ++i) hear_witness(rows_[i], i);
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
      write_series(folder_.at("series.h5"), rows_, origin_);
      series_due_ = Clock::now() + series_period;
    }
  }

  void snapshot(const Schedule::Row& row, Vec h) {
    if (!field_grids_) field_grids_.emplace(*system_, excess_loss_on_theta_space(p_));
    const Snapshot shown = (*field_grids_)(row.time, mass_, h);
    on_root(comm_, [&] { fields_->write(shown); });
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
                     [&](const Schedule::Row& row, Vec h) { snapshot(row, h); }, [&](const Footing& at) { keep(at); }, keeps_ledger()});
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
      write_series(folder_.at("series.h5"), rows_, origin_);
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
    c.origin = origin_;
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
    grid_ ? write() : on_root(comm_, write);  // the witness is whole on every rank
    on_root(comm_, [&] { write_series(folder_.at("series.h5"), rows_, origin_); });
  }

  /// The forms of the proof take some twenty applications a state at d = 1, and more beyond: there the witness's ledger stands alone.
  bool keeps_ledger() const { return !grid_ || (p_.input.model.dimension == 1 && p_.estimate.cells <= 1e5); }

  /// The witness knows it, where one is at work.
  std::optional<TrueGap> find_gap(std::string& why) {
    auto* witness = grid_ ? companion_.witness.get() : static_cast<Witness*>(system_.get());
    if (!p_.epsilon || !witness) return std::nullopt;
    progress_.begin("true gap", 1);
    std::optional<TrueGap> gap = true_gap(p_, *witness, why);
    progress_.end(gap ? fmt::format("{:.8g}", gap->value()) : "not found");
    return gap;
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
    std::string no_gap = companion_.why;
    const std::optional<TrueGap> gap = find_gap(no_gap);
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
                         gap ? std::optional<Gap>({gap->value(), gap->doubt}) : std::nullopt,
                         no_gap,
                         p_.input.time.tolerance,
                         static_cast<double>(applications()),
                         F().residual};
    Json summary =
        summarize(p_, a, found, *system_, companion_, {elapsed(), peak_bytes(comm_), applications(), system_->propagator().description()});
    if (gap) summary["spectrum"] = gap->json();
    const Ledgers kept = ledgers_of(found, companion_, grid_ ? By::grid : By::witness, p_.input.grid.half_width);
    if (kept.own) summary["ledger"] = kept.json;
    on_root(comm_, [&] {
      if (kept.own) write_ledger(folder_.at("ledger.h5"), *kept.own, kept.beside, p_.input.grid.half_width, origin_);
      write_series(folder_.at("series.h5"), rows_, origin_);
      if (fields_) fields_->finish();
      write_summary(folder_.path().string(), summary);
      const Drawing drawing = draw_pictures(folder_.path().string());
      write_report(folder_.path().string());
      if (options_.table) print(report_table(summary) + ended(folder_.path().string(), drawing));
    });
    return summary;
  }

  const MPI_Comm comm_;
  const RunOptions& options_;
  Problem p_;
  const Origin origin_;
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
  return Run(comm, options, prepare_together(comm, options.case_file, options.overrides, by, options.case_text)).go();
}

}  // namespace hypofp
