#include "solver/ensemble_summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "io/results/words.hpp"
#include "solver/asgd_summary.hpp"
#include "solver/ensembles/compare.hpp"

namespace hypofp {
namespace {

using Json = nlohmann::ordered_json;
using words::number;
using Rows = std::vector<MomentRow>;

Json or_null(const std::optional<double>& value) {
  if (!value) return nullptr;
  return *value;
}

EnsembleGroup group(const char* name, const char* long_name, const Rows& rows, bool sampled, bool loss_known) {
  EnsembleGroup g{name, long_name, {}, {}, {}, {}, {}, {}, {}};
  for (const MomentRow& row : rows) {
    g.mean.push_back(row.law.mean), g.covariance.push_back(row.law.covariance);
    if (loss_known) g.excess_loss.push_back(row.excess_loss);
    if (!sampled) continue;
    g.mean_se.push_back(row.error.mean), g.covariance_se.push_back(row.error.covariance), g.ran_off.push_back(row.ran_off);
    if (loss_known) g.excess_loss_se.push_back(row.excess_loss_error);
  }
  return g;
}

EnsembleDistances distances(const char* group, const Rows& paths, const Rows& pde, int d) {
  EnsembleDistances k{group, {}, {}};
  for (std::size_t row = 0; row < paths.size(); ++row) {
    Eigen::VectorXd apart(2 * d);
    for (int i = 0; i < 2 * d; ++i) apart(i) = (paths[row].below[i] - pde[row].below[i]).cwiseAbs().maxCoeff();
    k.theta.push_back(apart.head(d)), k.y.push_back(apart.tail(d));
  }
  return k;
}

/// Stationary E f - min f of the algorithm, none beyond the mean-square limit, and of the SDE.
Json floors(const Problem& p, const Quadratic& f, const ExactAlgorithm& exact) {
  const auto d = f.minimum.size();
  const auto floor = [&](const Eigen::MatrixXd& covariance) {
    Eigen::VectorXd mean = Eigen::VectorXd::Zero(2 * d);
    mean.head(d) = f.minimum;
    return excess_loss(f, {mean, covariance});
  };
  const auto stationary = exact.stationary();
  const Transition forever = sde_transition(p.input.model, f.hessian, 100 / gap(p.input.model));
  return {{"algorithm", stationary ? Json(floor(*stationary)) : Json(nullptr)}, {"sde", floor(forever.noise)}};
}

std::string contraction_table(const Json& e) {
  std::string out = fmt::format("{:<34}{:>12}{:>18}\n", "contraction a step", "mean", "second moments");
  for (const auto& [key, words] : {std::pair{"algorithm", "algorithm, paths"},
                                   {"exact_linear", "algorithm, exact"},
                                   {"sde", "SDE, paths"},
                                   {"pde", "PDE"},
                                   {"derived", "model at eps = 0, derived"},
                                   {"as_printed", "model at eps = 0, as printed"}}) {
    const Json mean = e["contraction_per_step"].value(key, Json(nullptr)), second = e["second_moment_per_step"].value(key, Json(nullptr));
    if (!mean.is_null() || !second.is_null()) out += fmt::format("  {:<32}{:>12}{:>18}\n", words, number(mean), number(second));
  }
  return out;
}

}  // namespace

Loss loss_of(const Problem& p) {
  const Model& m = p.input.model;
  std::vector<std::string> theta;
  for (int i = 1; i <= m.dimension; ++i) theta.push_back(fmt::format("theta{}", i));
  std::optional<Expression> potential;
  if (p.input.table)
    potential.emplace(p.input.table->fit->potential(m.omega0), theta, derived);
  else if (!p.input.perturbation.potential.empty())
    potential.emplace(p.input.perturbation.scaled(p.input.perturbation.potential), theta);
  return Loss(m, p.input.table ? p.untapered.get() : p.epsilon.get(), std::move(potential), p.input.grid.half_width * m.sigma_theta());
}

double table_radius(const Case& c) { return c.table ? c.table->taper * c.model.sigma_theta() : std::numeric_limits<double>::infinity(); }

EnsembleTable ensemble_table(const Problem& p, const Loss& loss, const EnsembleFindings& found) {
  const EnsembleSettings& e = p.input.ensemble;
  const double delta_t = p.input.asgd->delta_t();
  EnsembleTable t;
  t.dimension = loss.dimension();
  for (int k = 0; k <= e.steps; k += e.interval) t.step.push_back(k), t.time.push_back(k * delta_t);
  const auto add = [&](const char* name, const char* long_name, const Rows& rows, bool sampled) {
    if (!rows.empty()) t.groups.push_back(group(name, long_name, rows, sampled, loss.has_value()));
  };
  add("algorithm", "paths of the algorithm below (2.1)", found.algorithm, true);
  add("sde", "paths of the SDE (2.2)", found.sde, true);
  add("pde", "the density of (2.4)", found.pde, false);
  add("exact_algorithm", "the algorithm's moments by their recursion", found.exact_algorithm, false);
  add("exact_sde", "the SDE's moments in closed form", found.exact_sde, false);
  t.distances = {distances("", found.algorithm, found.pde, t.dimension), distances("sde", found.sde, found.pde, t.dimension)};
  return t;
}

Json forecast_json(const Problem& p, const Loss& loss) {
  const EnsembleSettings& e = p.input.ensemble;
  const Asgd& asgd = *p.input.asgd;
  const double alpha = asgd.learning_rate * loss.curvature(), delta_t = asgd.delta_t();
  const Thresholds t = thresholds(asgd.staleness);
  Json out = {{"paths", e.paths},
              {"steps", e.steps},
              {"interval", e.interval},
              {"delta_t", delta_t},
              {"eta_omega0_squared", alpha},
              {"contraction_per_step",
               {{"exact_linear", nullptr},
                {"derived", std::exp(-p.theory.mu * delta_t)},
                {"as_printed", std::exp(-p.theory.mu_as_printed * delta_t)}}},
              {"second_moment_per_step",
               {{"exact_linear", nullptr},
                {"derived", std::exp(-2 * p.theory.mu * delta_t)},
                {"as_printed", std::exp(-2 * p.theory.mu_as_printed * delta_t)}}},
              {"thresholds",
               {{"model", t.model},
                {"algorithm", t.algorithm},
                {"oscillation_ends", t.oscillation_ends},
                {"mean_diverges", t.mean_diverges},
                {"mean_square_diverges", t.mean_square_diverges}}},
              {"delay_noise_share", delay_noise_share(alpha, asgd.staleness)},
              {"excess_loss_floor", nullptr}};
  if (asgd.staleness > 0) out["trust"] = trust_json(p, loss);
  if (!loss.quadratic()) return out;
  const ExactAlgorithm exact(asgd, *loss.quadratic());
  out["contraction_per_step"]["exact_linear"] = exact.contraction();
  out["second_moment_per_step"]["exact_linear"] = exact.second_moment_contraction();
  if (loss.has_value()) out["excess_loss_floor"] = floors(p, *loss.quadratic(), exact);
  return out;
}

Json ensemble_json(const Problem& p, const Loss& loss, const EnsembleFindings& found) {
  const int interval = p.input.ensemble.interval;
  const auto contraction = [&](const Rows& rows) { return or_null(mean_contraction(rows, interval, loss.perturbed())); };
  Json out = forecast_json(p, loss);
  out["contraction_per_step"].update(
      {{"algorithm", contraction(found.algorithm)}, {"sde", contraction(found.sde)}, {"pde", contraction(found.pde)}});
  out["second_moment_per_step"]["algorithm"] = or_null(second_moment_contraction(found.coupled, interval));
  const bool exact = !found.exact_sde.empty();
  out["largest_deviation"] = {{"algorithm_from_exact", exact ? Json(deviation(found.algorithm, found.exact_algorithm)) : Json(nullptr)},
                              {"sde_from_exact", exact ? Json(deviation(found.sde, found.exact_sde)) : Json(nullptr)},
                              {"sde_from_pde", deviation(found.sde, found.pde)},
                              {"pde_from_exact_in_sd", exact ? Json(deviation_in_sd(found.pde, found.exact_sde)) : Json(nullptr)}};
  out["ran_off"] = {{"algorithm", most_ran_off(found.algorithm)}, {"sde", most_ran_off(found.sde)}};
  return out;
}

std::string ensemble_text(const Json& e) {
  std::string out = contraction_table(e) + fmt::format("eta omega0^2 = {}\n", number(e["eta_omega0_squared"]));
  for (const auto& [key, words] : {std::pair{"model", "the model's mean oscillates above"},
                                   {"algorithm", "the algorithm's mean oscillates above"},
                                   {"mean_square_diverges", "second moments have no bound above"},
                                   {"mean_diverges", "the mean diverges above"}})
    out += fmt::format("  {:<44}{}\n", words, number(e["thresholds"][key]));
  out += fmt::format("noise of the delays that (2.2) leaves out, against Sigma^2: {}\n", number(e["delay_noise_share"]));
  if (const Json& floor = e["excess_loss_floor"]; !floor.is_null())
    out += fmt::format("floor of the excess loss: algorithm {}, SDE {}\n", number(floor["algorithm"]), number(floor["sde"]));
  if (e.contains("trust")) out += trust_text(e["trust"]);
  if (!e.contains("largest_deviation")) return out;
  const Json& apart = e["largest_deviation"];
  return out +
         fmt::format("largest deviation of moments, in standard errors: algorithm from exact {}, SDE from exact {}, SDE from PDE {}\n",
                     number(apart["algorithm_from_exact"]), number(apart["sde_from_exact"]), number(apart["sde_from_pde"]));
}

std::vector<std::string> ensemble_warnings(const Json& e) {
  std::vector<std::string> told;
  for (const auto& [key, words] : {std::pair{"algorithm", "the algorithm"}, {"sde", "the SDE"}})
    if (const double n = e.contains("ran_off") ? e["ran_off"][key].get<double>() : 0; n > 0)
      told.push_back(fmt::format("{:.0f} of {} paths of {} have run off: moments of rows with any (ran_off in ensemble.h5) say nothing", n,
                                 e["paths"].get<int>(), words));
  const Json &mean = e["contraction_per_step"]["exact_linear"], &second = e["second_moment_per_step"]["exact_linear"];
  const double alpha = e["eta_omega0_squared"];
  if (mean.is_null() ? alpha >= e["thresholds"]["mean_diverges"] : mean.get<double>() >= 1)
    told.push_back("the algorithm diverges, its mean too");
  else if (second.is_null() ? alpha >= e["thresholds"]["mean_square_diverges"] : second.get<double>() >= 1)
    told.push_back(
        "second moments of the algorithm grow without bound, though its mean and almost every path contract: a few paths carry them, "
        "and sampled variances follow the exact ones for some 20 steps only");
  return told;
}

}  // namespace hypofp
