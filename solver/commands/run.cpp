#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "io/results/checkpoint.hpp"
#include "io/files.hpp"
#include "io/results/pictures.hpp"
#include "io/progress.hpp"
#include "io/results/report.hpp"
#include "operators/functionals.hpp"
#include "solver/commands/commands.hpp"
#include "solver/flow/evolution.hpp"
#include "solver/snapshot.hpp"
#include "solver/system.hpp"
#include "solver/summary.hpp"

namespace hypofp {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// What a resumed run must share with the one it goes on from: everything but its length and its name.
std::string fingerprint(Case c) {
  if (c.output.fields_interval == c.time.end) c.output.fields_interval = 0;  // first and last, whenever that is
  if (c.output.checkpoint_interval == c.time.end) c.output.checkpoint_interval = 0;
  c.time.end = 0;
  c.title.clear();
  return to_toml(c);
}

/// A new run leaves nothing of an old one in the folder.
void clear_results(const fs::path& folder) {
  std::error_code ignored;
  for (const char* name : {"summary.json", "series.h5", "case.toml", "report.md", "decay.png", "fields.png", "checkpoint-0.h5", "checkpoint-1.h5"})
    fs::remove(folder / name, ignored);
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension() == ".xdmf" && entry.path().stem().string().starts_with("fields")) fs::remove(entry.path(), ignored);
  fs::remove_all(folder / "fields", ignored);
}

/// One run, in the order of the data: grid -> generator -> propagator -> F -> h -> rows -> files.
class Run {
 public:
  Run(const RunOptions& options, Problem problem)
      : options_(options), p_(std::move(problem)), folder_(options.directory.empty() ? "results/" + p_.input.stem : options.directory),
        grid_(PETSC_COMM_WORLD, p_.input.model, p_.input.grid), generator_(grid_, p_.field()),
        schedule_(p_.input.time.end, p_.input.time.interval, p_.input.output.fields_interval, p_.input.output.checkpoint_interval),
        progress_(root() && !options.quiet, isatty(STDERR_FILENO)) {}

  /// What may still be wrong with the case is found before the folder is made, and before an old result in it is cleared.
  void go() {
    for (const auto& w : p_.warnings) say("warning: " + w);
    h_ = initial_state(grid_, p_);
    make_folder();
    choose_propagator();
    const std::optional<Checkpoint> resumed = options_.resume ? resume() : std::nullopt;
    if (resumed)
      restore(*resumed);
    else
      start();
    evolve_all();
    finish();
  }

 private:
  bool root() const {
    int rank = 0;
    MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
    return rank == 0;
  }
  void say(const std::string& line) const {
    if (root() && !options_.quiet) fmt::print(stderr, "{}\n", line);
  }
  /// Runs on rank 0 only; an OutputError there is thrown on every rank.
  template <class Action>
  void on_root(Action action) const {
    static const PetscLogEvent event = Logged::event("Output");
    const Logged logged(event);
    std::string trouble;
    if (root()) try {
        action();
      } catch (const OutputError& e) {
        trouble = e.what();
      } catch (const fs::filesystem_error& e) {
        trouble = e.what();
      }
    int bad = !trouble.empty();
    MPI_Bcast(&bad, 1, MPI_INT, 0, PETSC_COMM_WORLD);
    if (bad) throw OutputError(trouble);
  }

  void make_folder() {
    on_root([&] {
      std::error_code e;
      fs::create_directories(folder_, e);
      if (e) throw OutputError(fmt::format("{}: can't be created: {}", folder_.string(), e.message()));
    });
  }
  /// From here on the folder is this run's.
  void take_folder(bool resumed) {
    on_root([&] {
      if (!resumed) clear_results(folder_);
      replace_file((folder_ / "case.toml").string(), to_toml(p_.input));
    });
  }

  void choose_propagator() {
    const PropagatorSettings s = propagator_settings(p_, support_of(generator_));
    if (p_.epsilon) p_.admissibility.numerical_abscissa = s.support.front();
    radius_ = *std::max_element(s.support.begin(), s.support.end());
    propagator_ = make_propagator(p_.input.time.propagator, generator_, s);
  }

  void start() {
    if (p_.epsilon) {
      h_.reset();  // made again below: the steady state needs the memory
      progress_.begin("steady state", 1);
      steady_ = find_steady_state(generator_, radius_, *propagator_, [&](double residual) {
        progress_.update(std::clamp(std::log(residual) / std::log(1e-13), 0.0, 1.0), fmt::format("residual {:.1e}", residual));
      });
      progress_.end(fmt::format("residual {:.1e}, {}", steady_.residual, steady_.method));
      h_ = initial_state(grid_, p_);
    }
    mass_ = mass(grid_, h_.get());
    if (steady_.phi)
      petsc(VecAXPY(h_.get(), -mass_, steady_.phi.get()));
    else
      remove_mass(grid_, h_.get(), mass_);
    PetscReal norm = 0;
    petsc(VecNorm(h_.get(), NORM_2, &norm));
    if (!(norm > 1e-14 * mass_)) throw UserError(located(p_.input, "initial.kind", "", "g starts at the steady state: there is no decay to follow"));
    take_folder(false);
    take_row(schedule_.rows.front(), observe(generator_, steady_.phi.get(), mass_, h_.get()), h_.get());
    mass_ = rows_.front().mass;  // what a resumed run finds
  }

  std::optional<Checkpoint> resume() {
    std::vector<std::string> remarks;
    auto found = read_checkpoint(PETSC_COMM_WORLD, folder_.string(), grid_.distribution(), remarks);
    for (const auto& remark : remarks) say("warning: " + remark);
    if (!found && !remarks.empty())
      throw UserError(fmt::format("--resume: {}; run without --resume to start again", fmt::join(remarks, "; ")));
    if (!found) {
      say("nothing to resume: starting at t = 0");
    } else if (found->fingerprint != fingerprint(p_.input)) {
      throw UserError(fmt::format("{}: the checkpoint belongs to another case; only time.end and title may change for --resume", folder_.string()));
    }
    return found;
  }

  void restore(const Checkpoint& c) {
    rows_ = c.rows;
    spent_ = c.applications;
    seconds_ = c.seconds;
    first_ = rows_.size() - 1;
    if (first_ >= schedule_.rows.size() || std::abs(schedule_.rows[first_].time - c.time) > 1e-9 * c.time)
      throw UserError(fmt::format("{}: the checkpoint stands at t = {:.6g}, beyond or between this run's rows", folder_.string(), c.time));
    if (!c.propagator.empty()) propagator_->restore(c.propagator);
    take_folder(true);
    fill(h_.get(), c.vectors.at(0));
    mass_ = rows_.front().mass;
    if (p_.epsilon) {
      steady_.phi = grid_.vector();
      fill(steady_.phi.get(), c.vectors.at(1));
      measure_steady_state(generator_, radius_, steady_);
      steady_.method = "from the checkpoint";
    }
    for (std::size_t i = 0; i <= first_; ++i)
      if (schedule_.rows[i].snapshot) kept_.push_back(schedule_.rows[i].time);
    if (!kept_.empty()) field_grids_.emplace(grid_, steady_.phi.get());
    say(fmt::format("resumed at t = {:.6g}", c.time));
  }
  static void fill(Vec v, const std::vector<double>& values) {
    WriteArray out(v);
    std::copy(values.begin(), values.end(), out + 0);
  }

  void take_row(const Schedule::Row& row, const Observation& o, Vec h) {
    rows_.push_back(o);
    rows_.back().time = row.time;
    rows_.back().H = lyapunov(o, p_.theory.C, p_.theory.C_hat);
    if (!std::isfinite(o.h_norm)) throw ComputationError(fmt::format("the state is not finite at t = {:.6g}; rows before are kept", row.time));
    if (row.snapshot) {
      if (!fields_ && root()) fields_ = std::make_unique<FieldsWriter>(folder_.string(), kept_);
      if (!field_grids_) field_grids_.emplace(grid_, steady_.phi.get());
      const auto grids = (*field_grids_)(mass_, h);
      on_root([&] { fields_->write(row.time, grids); });
    }
  }

  void evolve_all() {
    progress_.begin("evolution", schedule_.rows.back().time);
    const EvolutionEvents events{
        [&](const Schedule::Row& row, const Observation& o, Vec h) {
          take_row(row, o, h);
          progress_.update(row.time, fmt::format("‖h‖_* {:.3e}", o.h_norm));
        },
        [&](const Schedule::Row& row, Vec h) { checkpoint(row.time, h); }};
    evolve(generator_, *propagator_, steady_.phi.get(), mass_, h_.get(), schedule_, first_, longest_span(p_), 0.25 * p_.input.time.tolerance, events);
    progress_.end(fmt::format("‖h‖_* {:.6e}, {} applications", rows_.back().h_norm, spent_ + generator_.applications()));
  }

  void checkpoint(double time, Vec h) {
    Checkpoint c;
    c.fingerprint = fingerprint(p_.input);
    c.time = time;
    c.applications = spent_ + generator_.applications();
    c.seconds = elapsed();
    c.propagator = propagator_->state();
    c.rows = rows_;
    c.names = {"h"};
    const ReadArray values(h);
    std::vector<const double*> data{values};
    const double* F = nullptr;
    if (steady_.phi) {
      petsc(VecGetArrayRead(steady_.phi.get(), &F));
      c.names.push_back("F");
      data.push_back(F);
    }
    write_checkpoint(PETSC_COMM_WORLD, folder_.string(), c, grid_.distribution(), data);
    if (F) petsc(VecRestoreArrayRead(steady_.phi.get(), &F));
    on_root([&] { write_series((folder_ / "series.h5").string(), rows_); });
  }

  double elapsed() const { return seconds_ + std::chrono::duration<double>(Clock::now() - born_).count(); }

  void finish() {
    Findings f;
    f.problem = &p_;
    f.steady = &steady_;
    const Vector M = steady_.phi ? Vector() : grid_.maxwellian();
    f.steady_moments = moments(grid_, steady_.phi ? steady_.phi.get() : M.get());
    if (p_.epsilon) {
      p_.admissibility.edge_share_of_F = std::max(p_.admissibility.edge_share_of_F, edge_share(grid_, steady_.phi.get()));
      decide(p_.admissibility, p_.theory.mu);
    }
    std::vector<double> times, squares, H;
    for (const auto& r : rows_) times.push_back(r.time), squares.push_back(r.h_norm * r.h_norm), H.push_back(r.H);
    f.rows = rows_;
    f.rate_h = measure_rate(times, squares);
    f.rate_H = measure_rate(times, H);
    f.grid_floor = 4 * std::max(linear_mode_error(grid_.x, p_.input.model.omega0 / p_.input.model.gamma),
                                linear_mode_error(grid_.v, p_.input.model.omega0 / p_.input.model.gamma));
    f.seconds = elapsed();
    f.applications = spent_ + generator_.applications();
    MPI_Comm_size(PETSC_COMM_WORLD, &f.ranks);
    f.propagator = propagator_->description();
    const nlohmann::ordered_json summary = summarize(f);
    on_root([&] {
      write_series((folder_ / "series.h5").string(), rows_);
      if (fields_) fields_->finish();
      write_summary(folder_.string(), summary);  // it marks a finished run: what follows is drawn and told from it
      const Drawing drawing = draw_pictures(folder_.string());
      write_report(folder_.string(), summary);  // shows the pictures there are
      fmt::print("{}\nresults: {}  (pictures: {})\n", report_table(summary), folder_.string(),
                 drawing.drawn.empty() ? "none" : fmt::to_string(fmt::join(drawing.drawn, ", ")));
      for (const auto& missing : drawing.missing) fmt::print("not drawn: {}\n", missing);
    });
  }

  const RunOptions& options_;
  Problem p_;
  fs::path folder_;
  PhaseGrid grid_;
  Generator generator_;
  Schedule schedule_;
  Progress progress_;
  std::unique_ptr<Propagator> propagator_;
  SteadyState steady_;
  Vector h_;
  double radius_ = 0, mass_ = 1;
  std::vector<Observation> rows_;
  std::size_t first_ = 0;
  std::int64_t spent_ = 0;
  double seconds_ = 0;
  std::optional<FieldGrids> field_grids_;
  std::unique_ptr<FieldsWriter> fields_;
  std::vector<double> kept_;
  Clock::time_point born_ = Clock::now();
};

}  // namespace

void run(const RunOptions& options) {
  Run(options, prepare_together(options.case_file, options.overrides)).go();
}

}  // namespace hypofp
