// `hypofp asgd`: paths of the algorithm and of the SDE beside the PDE, and what is exact.
#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "solver/asgd_summary.hpp"
#include "solver/commands/page.hpp"
#include "solver/commands/stop.hpp"
#include "solver/density.hpp"
#include "solver/ensemble_summary.hpp"
#include "solver/ensembles/algorithm.hpp"
#include "solver/ensembles/compare.hpp"
#include "solver/ensembles/coupled.hpp"
#include "solver/ensembles/sde.hpp"
#include "solver/versions.hpp"
#include "solver/worker_summary.hpp"

namespace hypofp {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

constexpr double far_off = 1000;  // standard deviations of theta, at the start or under M: a path there has run off

/// What paths can't be sent through.
void refuse(const Case& c) {
  const auto refusal = [&](const char* key, const std::string& value, const char* why) {
    throw UserError(located(c, key, value, why), true);
  };
  if (!c.asgd) refusal("asgd", "", "missing; allowed: a case with [asgd] (learning_rate, staleness, noise), whose algorithm is run");
  if (c.asgd->staleness == 0)
    refusal(
        "asgd.staleness", "0",
        "without delay y is the present gradient and no state of its own, so that no (theta_0, y_0) can be started from; allowed: above 0");
  if (c.initial.kind == InitialKind::deviation || c.initial.kind == InitialKind::file)
    refusal("initial.kind", c.initial.kind == InitialKind::file ? "\"file\"" : "\"deviation\"",
            "paths can't be drawn from it; allowed: gaussian, mixture, box");
}

/// What workers can't be sent through.
void refuse(const Case& c, const Loss& loss) {
  if (!c.workers) return;
  if (!loss.has_value())
    throw UserError(
        located(c, "perturbation.epsilon", "", "is no gradient that is known: workers are told by their loss; allowed: potential"), true);
  double excess = 0;
  loss.excess(c.workers->start.data(), 1, &excess);
  if (!(excess > 0))
    throw UserError(located(c, "workers.start", "", "is the minimum of f, from where no way leads down; allowed: another theta"), true);
}

StartLaw start_of(const Case& c) {
  return c.initial.kind == InitialKind::box ? StartLaw(c.model, {}, c.initial.lower, c.initial.upper)
                                            : StartLaw(c.model, c.initial.components);
}

/// The run, in the order of the data: start -> paths -> density -> what is exact -> files.
class Ensembles {
 public:
  explicit Ensembles(Page& page)
      : page_(page),
        comm_(page.comm()),
        p_(page.problem),
        e_(p_.input.ensemble),
        system_(comm_, p_.setting()),
        loss_(loss_of(p_)),
        start_(start_of(p_.input)) {}

  Json go() {
    refuse(p_.input, loss_);
    for (const auto& w : system_.check_initial_state(p_).told) page_.tell("warning: " + w);
    try {
      const EnsembleFindings found = find();
      return finish(found, race());
    } catch (const Stopped& s) {
      throw ComputationError(fmt::format("stopped by {}; nothing was written", s.signal), true);
    }
  }

 private:
  int rows() const { return e_.steps / e_.interval + 1; }
  /// Time between rows: `interval` steps of delta_t.
  double span() const { return e_.interval * p_.input.asgd->delta_t(); }

  template <class Work>
  auto stage(const char* name, const Work& work) {
    const auto begin = Clock::now();
    page_.progress.begin(name, 1);
    auto result = work([&](double done) {
      stop_.check(comm_);
      page_.progress.update(done);
    });
    seconds_[name] = std::chrono::duration<double>(Clock::now() - begin).count();
    page_.progress.end();
    return result;
  }
  EnsembleFindings find() {
    const Law law = start_.law();
    const int d = loss_.dimension();
    const double spread =
        std::max(p_.input.model.sigma_theta(), std::sqrt((law.covariance + law.mean * law.mean.transpose()).diagonal().head(d).maxCoeff()));
    const EnsembleQuestion question{e_.paths, rows(), bins_of(system_.grid), far_off * spread, table_radius(p_.input) / 2};
    const auto paths = [&](Walk& walk) {
      return [&](const auto& progress) { return run_ensemble(comm_, walk, loss_, question, progress); };
    };
    Algorithm algorithm(*p_.input.asgd, loss_, start_, e_);
    Sde sde(p_.input.model, loss_, start_, e_, span());
    const StartLaw other = start_.moved(covariance_of_M(p_.input.model).diagonal().cwiseSqrt());
    Algorithm moved(*p_.input.asgd, loss_, other, e_);
    Coupled coupled(algorithm, moved);
    EnsembleFindings found;
    found.algorithm = stage("algorithm", paths(algorithm));
    found.coupled = stage("coupled paths", paths(coupled));
    found.sde = stage("SDE", paths(sde));
    found.pde = stage("PDE", [&](const auto& progress) { return density_rows(system_, p_, loss_, rows(), span(), progress); });
    if (loss_.quadratic()) find_exact(*loss_.quadratic(), law, found);
    return found;
  }
  std::vector<Heat> race() {
    if (!p_.input.workers) return {};
    return stage("workers", [&](const std::function<void(double)>& progress) {
      return run_race(comm_, *p_.input.asgd, loss_, *p_.input.workers, e_, progress);
    });
  }
  void find_exact(const Quadratic& f, Law sde, EnsembleFindings& found) const {
    const auto row = [&](const Law& law) { return MomentRow{law, {}, excess_loss(f, law), 0, {}, 0}; };
    ExactAlgorithm algorithm(*p_.input.asgd, f);
    algorithm.begin(sde);
    const Transition over = sde_transition(p_.input.model, f.hessian, span());
    for (int k = 0; k <= e_.steps; ++k) {
      if (k > 0) algorithm.step();
      if (k % e_.interval != 0) continue;
      if (k > 0) sde = advanced(over, f, sde);
      found.exact_algorithm.push_back(row(algorithm.law()));
      found.exact_sde.push_back(row(sde));
    }
  }

  Json finish(const EnsembleFindings& found, const std::vector<Heat>& heats) {
    Json summary = summary_head(p_, system_.description());
    summary["ensemble"] = ensemble_json(p_, loss_, found);
    summary["ensemble"]["remark_3_3"] = remark_3_3_json(p_);
    summary["ensemble"]["limit"] = limit_json(p_, start_.law());
    if (p_.input.table) {
      summary["table"] = table_json(p_.input);
      summary["table"]["share_beyond_half_R"] = {{"algorithm", most_beyond(found.algorithm)}, {"sde", most_beyond(found.sde)}};
    }
    if (!heats.empty()) summary["workers"] = workers_json(p_, loss_, heats);
    summary["cost"] = {{"stages", seconds_},
                       {"path_steps_per_second", static_cast<double>(e_.paths) * e_.steps / seconds_["algorithm"].get<double>()},
                       {"cells", p_.estimate.cells}};
    page_.take_folder();
    on_root(comm_, [&] { write_ensemble(page_.directory() + "/ensemble.h5", ensemble_table(p_, loss_, found), origin_of(p_)); });
    if (!heats.empty()) on_root(comm_, [&] { write_workers(page_.directory() + "/workers.h5", worker_runs(heats), origin_of(p_)); });
    std::string told = (p_.input.table ? table_text(summary["table"]) : "") + ensemble_text(summary["ensemble"]);
    for (const auto& w : ensemble_warnings(summary["ensemble"])) told += "warning: " + w + "\n";
    if (!heats.empty()) told += workers_text(summary["workers"]);
    page_.finish(summary, told);
    return summary;
  }

  Page& page_;
  const MPI_Comm comm_;
  const Problem& p_;
  const EnsembleSettings& e_;
  GridSystem system_;
  const Loss loss_;
  const StartLaw start_;
  StopSignals stop_;
  Json seconds_ = Json::object();  // by stage
};

}  // namespace

Json asgd(MPI_Comm comm, const RunOptions& options) {
  Page page(comm, options, "asgd");
  refuse(page.problem.input);
  return Ensembles(page).go();
}

}  // namespace hypofp
