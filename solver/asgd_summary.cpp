#include "solver/asgd_summary.hpp"

#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <optional>

#include "solver/ensembles/limits.hpp"

namespace hypofp {
namespace {

using Json = nlohmann::ordered_json;

/// A list for each member of the rows.
template <class Row>
Json lists(const std::vector<Row>& rows, std::initializer_list<std::pair<const char*, double Row::*>> members) {
  Json out = Json::object();
  for (const auto& [name, member] : members) {
    Json list = Json::array();
    for (const Row& row : rows) list.push_back(std::isfinite(row.*member) ? Json(row.*member) : Json(nullptr));
    out[name] = list;
  }
  return out;
}

Json list(const Eigen::VectorXd& v) { return std::vector<double>(v.data(), v.data() + v.size()); }
Json matrix(const Eigen::MatrixXd& m) {
  Json rows = Json::array();
  for (Eigen::Index i = 0; i < m.rows(); ++i) rows.push_back(list(m.row(i).transpose()));
  return rows;
}

}  // namespace

Json remark_3_3_json(const Problem& p) {
  const double own = p.input.asgd->staleness;
  std::vector<double> kappas{0.8, 0.9, 0.95};
  if (own > 0 && std::none_of(kappas.begin(), kappas.end(), [&](double kappa) { return std::abs(kappa - own) < 1e-3; }))
    kappas.push_back(own);
  std::sort(kappas.begin(), kappas.end());
  Json out = Json::array();
  for (const double kappa : kappas) {
    const Thresholds t = thresholds(kappa);
    Json of_kappa = {{"kappa", kappa}, {"thresholds", {{"model", t.model}, {"algorithm", t.algorithm}}}};
    of_kappa.update(lists<StepRates>(step_rates(kappa, 1e-3, 1, 121), {{"eta_omega0_squared", &StepRates::alpha},
                                                                       {"derived", &StepRates::derived},
                                                                       {"as_printed", &StepRates::as_printed},
                                                                       {"algorithm_mean", &StepRates::mean},
                                                                       {"algorithm_second_moments", &StepRates::second_moments}}));
    out.push_back(of_kappa);
  }
  return out;
}

Json limit_json(const Problem& p, const Law& start) {
  constexpr int halvings = 7;
  const EnsembleSettings& e = p.input.ensemble;
  const Asgd& asgd = *p.input.asgd;
  const double steps = std::min(e.steps, 200);
  const auto rows = towards_the_sde(p.input.model, asgd, start, steps * asgd.delta_t(), halvings);
  const LimitRow order = orders(rows);
  Json out = lists<LimitRow>(rows, {{"learning_rate", &LimitRow::eta},
                                    {"staleness", &LimitRow::kappa},
                                    {"mean", &LimitRow::mean},
                                    {"covariance", &LimitRow::covariance},
                                    {"second_moment_rate", &LimitRow::second_rate}});
  out["orders"] = {{"mean", order.mean}, {"covariance", order.covariance}, {"second_moment_rate", order.second_rate}};
  return out;
}

Json trust_json(const Problem& p, const Loss& loss) {
  const Asgd& asgd = *p.input.asgd;
  const Model& m = p.input.model;
  const int d = m.dimension;
  const Quadratic f = loss.quadratic().value_or(Quadratic{loss.curvature() * Eigen::MatrixXd::Identity(d, d), Eigen::VectorXd::Zero(d)});
  const double delta_t = asgd.delta_t();
  const Transition step = sde_transition(m, f.hessian, delta_t), forever = sde_transition(m, f.hessian, 100 / gap(m));
  const double model_rate = -std::log(step.flow.eigenvalues().cwiseAbs().maxCoeff());
  const ExactAlgorithm algorithm(asgd, f);
  const auto stationary = algorithm.stationary();
  const double mean_rate = -std::log(algorithm.contraction()), second_rate = -std::log(algorithm.second_moment_contraction());
  const bool mean_stable = mean_rate > 0, square_stable = stationary.has_value();
  Json out = {{"stable_in_mean", mean_stable}, {"stable_in_mean_square", square_stable}, {"of_quadratic_part_alone", !loss.quadratic()}};
  if (!mean_stable || !square_stable) {
    out["stands_for"] = "nothing";
    return out;
  }
  const double mean = model_rate / mean_rate - 1, second = 2 * model_rate / second_rate - 1,
               spread = forever.noise.topLeftCorner(d, d).trace() / stationary->topLeftCorner(d, d).trace() - 1;
  constexpr double near = 0.05;
  const bool of_mean = std::abs(mean) < near, of_spread = of_mean && std::abs(spread) < near, of_all = of_spread && std::abs(second) < near;
  out["rate_of_mean_off"] = mean, out["rate_of_second_moments_off"] = second, out["variance_off"] = spread;
  out["stands_for"] = of_all ? "all" : of_spread ? "mean and variance" : of_mean ? "the mean" : "nothing";
  return out;
}

std::string trust_text(const Json& t) {
  std::string out = fmt::format("the algorithm is {} in the mean and {} in mean square\n", t["stable_in_mean"] ? "stable" : "unstable",
                                t["stable_in_mean_square"] ? "stable" : "unstable");
  const std::string stands = t["stands_for"];
  if (!t.contains("variance_off")) return out + "  the models (2.2), (2.4) are stable and do not know of it: trust the algorithm\n";
  out += fmt::format(
      "models (2.2), (2.4) against it{}: rate of the mean {:+.1f} %, of second moments {:+.1f} %, variance of theta {:+.1f} %\n",
      t["of_quadratic_part_alone"] ? ", on f's quadratic part" : "", 100 * t["rate_of_mean_off"].get<double>(),
      100 * t["rate_of_second_moments_off"].get<double>(), 100 * t["variance_off"].get<double>());
  return out + (stands == "all"                 ? "  within 5 %: SDE and PDE can be trusted for this case\n"
                : stands == "mean and variance" ? "  within 5 %, but for how fast second moments settle: SDE and PDE can be trusted for "
                                                  "mean, variance and floor of the loss\n"
                : stands == "the mean"
                    ? "  within 5 % in the mean alone: for second moments and the loss trust the algorithm, not SDE and PDE\n"
                    : "  beyond 5 %: trust the algorithm, not SDE and PDE\n");
}

Json per_step_json(const Problem& p, std::optional<double> rate_h, const Law& steady, std::optional<double> excess_loss) {
  const Asgd& asgd = *p.input.asgd;
  const int d = p.input.model.dimension;
  const double delta_t = asgd.delta_t();
  const auto or_null = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
  Json out = {{"delta_t", delta_t},
              {"steps", p.input.time.end / delta_t},
              {"h_norm_per_step",
               {{"measured", rate_h ? Json(std::exp(-*rate_h * delta_t)) : Json(nullptr)},
                {"derived", std::exp(-p.theory.mu * delta_t)},
                {"as_printed", std::exp(-p.theory.mu_as_printed * delta_t)}}}};
  out["steady"] = {{"theta_mean", list(steady.mean.head(d))},
                   {"theta_covariance", matrix(steady.covariance.topLeftCorner(d, d))},
                   {"excess_loss", or_null(excess_loss)}};
  if (asgd.staleness > 0)
    out["steady"].update({{"y_mean", list(steady.mean.tail(d))},
                          {"y_covariance", matrix(steady.covariance.bottomRightCorner(d, d))},
                          {"theta_y_covariance", matrix(steady.covariance.topRightCorner(d, d))}});
  else
    out["steady"]["y"] = "kappa = 0: without delay y is the present gradient and no state of its own";
  return out;
}

Json table_json(const Case& c) {
  const LogisticFit& fit = *c.table->fit;
  const double omega02 = c.model.omega0 * c.model.omega0;
  return {{"records", fit.records.yes.sum() + fit.records.no.sum()},
          {"different_rows", fit.records.predictors.rows()},
          {"predictors", c.table->predictors},
          {"minimum", list(fit.minimum)},
          {"loss_at_minimum", fit.loss},
          {"hessian", matrix(fit.hessian)},
          {"parameters_of_theta", matrix(fit.W)},
          {"noise_eigenvalues_over_omega0_squared", list(fit.noise_eigenvalues() / omega02)},
          {"noise", c.table->noise()},
          {"R", c.table->taper * c.model.sigma_theta()}};
}

std::string table_text(const Json& t) {
  std::string out = fmt::format("table: {} records, f = {:.6g} at", t["records"].get<double>(), t["loss_at_minimum"].get<double>());
  for (std::size_t i = 0; i < t["minimum"].size(); ++i)
    out += fmt::format("{} {} = {:.6g}", i > 0 ? "," : "", t["predictors"][i].get<std::string>(), t["minimum"][i].get<double>());
  out += "\n  noise of a record's gradient, eigenvalues of its covariance over omega0^2:";
  for (const Json& e : t["noise_eigenvalues_over_omega0_squared"]) out += fmt::format(" {:.6g}", e.get<double>());
  out += fmt::format("; Sigma = {:.6g}\n  for the PDE its V is tapered beyond |theta| = R = {:.6g}\n", t["noise"].get<double>(),
                     t["R"].get<double>());
  if (t.contains("share_beyond_half_R"))
    out += fmt::format("  paths beyond R/2 at most: algorithm {:.3g}, SDE {:.3g}\n", t["share_beyond_half_R"]["algorithm"].get<double>(),
                       t["share_beyond_half_R"]["sde"].get<double>());
  return out;
}

}  // namespace hypofp
