#include "solver/summary.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <toml++/toml.h>
#include <sstream>

#include "solver/asgd_summary.hpp"
#include "solver/density.hpp"
#include "solver/ensemble_summary.hpp"
#include "solver/versions.hpp"

namespace hypofp {
namespace {

using Json = nlohmann::ordered_json;

Json list(const Eigen::VectorXd& v) { return std::vector<double>(v.data(), v.data() + v.size()); }
Json table(const Eigen::MatrixXd& m) {
  Json rows = Json::array();
  for (int i = 0; i < m.rows(); ++i) rows.push_back(list(m.row(i).transpose()));
  return rows;
}

Json moments_json(const Model& m, const SteadyState& F) {
  const int d = m.dimension;
  const Moments s = F.A->moments(F.is_maxwellian() ? F.state().get() : F.phi.get());
  Eigen::MatrixXd theta = Eigen::MatrixXd::Zero(d, 2 * d);  // theta = -(v + gamma x)/omega0^2
  for (int i = 0; i < d; ++i) {
    theta(i, i) = -m.gamma / (m.omega0 * m.omega0);
    theta(i, d + i) = -1 / (m.omega0 * m.omega0);
  }
  Eigen::MatrixXd theta_y(2 * d, 2 * d);  // y = x
  theta_y << theta, Eigen::MatrixXd::Identity(d, 2 * d);
  return {{"mean", list(s.mean)},
          {"covariance", table(s.covariance)},
          {"theta_mean", list(theta * s.mean)},
          {"theta_covariance", table(theta * s.covariance * theta.transpose())},
          {"theta_y_covariance", table(theta_y * s.covariance * theta_y.transpose())}};
}

Json steady_json(const Model& m, const SteadyState& F) {
  Json out = moments_json(m, F);
  out.update({{"residual", F.residual}, {"mass", F.mass}, {"norm", F.norm}, {"method", F.method}});
  return out;
}

Json rate_json(const MeasuredRate& r) {
  if (r.begin == r.end) return nullptr;
  return r.rate;
}

/// The witness beside the grid; why it is silent where it is.
Json witness_json(const Model& m, const Companion& c, const std::optional<Comparison>& found) {
  if (!c.witness || !found) return {{"silent", c.why}};
  const HermiteGenerator& A = c.witness->generator;
  Json out = {{"degree", A.space().degree},         {"unknowns", A.space().size()},     {"chosen", c.why},
              {"quadrature_nodes", A.nodes()},      {"tail_of_h", c.tails.h},           {"tail_of_F", c.tails.F},
              {"doubt_of_h_norm", c.doubt.h_norm},  {"doubt_of_H", c.doubt.H},          {"rate_h", rate_json(found->rate_h)},
              {"rate_H", rate_json(found->rate_H)}, {"applications", A.applications()}, {"seconds", c.seconds}};
  out["uncertainty_h"] = found->rate_h.uncertainty, out["uncertainty_H"] = found->rate_H.uncertainty;
  out["steady"] = moments_json(m, c.witness->F());
  return out;
}

/// Parts that are not known are not there.
Json uncertainty_json(const Findings::Uncertainty& u) {
  Json out = {{"fit", u.fit}};
  if (u.grid > 0) out["grid"] = u.grid;
  if (u.witness > 0) out["witness"] = u.witness;
  return out;
}

Json verdicts_json(const std::vector<Verdict>& verdicts) {
  const auto or_null = [](const auto& value) -> Json {
    if (!value) return nullptr;
    return *value;
  };
  Json out = Json::array();
  for (const Verdict& v : verdicts) {
    out.push_back({{"claim", v.claim},
                   {"holds", or_null(v.holds)},
                   {"value", or_null(v.value)},
                   {"bound", or_null(v.bound)},
                   {"uncertainty", or_null(v.uncertainty)}});
    if (!v.why.empty()) out.back()["why"] = v.why;
  }
  return out;
}

/// Floor of the excess loss: E f - min f under F; of a loss that is not quadratic by the grid alone.
std::optional<double> steady_excess(const Problem& p, System& system, const Law& law) {
  const Loss loss = loss_of(p);
  const auto* grid = dynamic_cast<GridSystem*>(&system);
  if (!loss.has_value()) return {};
  if (loss.quadratic()) return excess_loss(*loss.quadratic(), law);
  if (!grid) return {};
  const SteadyState& F = system.F();
  return excess_loss(grid->grid, loss, F.is_maxwellian() ? F.state().get() : F.phi.get());
}

}  // namespace

/// The resolved case as JSON, from its TOML: one writer for both.
Json case_json(const Case& c) {
  std::ostringstream out;
  out << toml::json_formatter{toml::parse(to_toml(c))};
  return Json::parse(out.str());
}

Json theory_json(const Theory& t) {
  Json rows = Json::array();
  for (const auto& r : t.assumption)
    rows.push_back({{"quantity", r.quantity}, {"value", r.value}, {"box_dependent", r.box_dependent}, {"resolved", r.resolved}});
  const auto none = [&](bool AssumptionRow::*member, bool value) {
    return std::none_of(t.assumption.begin(), t.assumption.end(), [&](const AssumptionRow& r) { return r.*member == value; });
  };
  Json holds = none(&AssumptionRow::box_dependent, true);
  if (holds == true && !none(&AssumptionRow::resolved, false)) holds = nullptr;  // can't be said
  return {{"regime", t.regime},
          {"mu", t.mu},
          {"mu_as_printed", t.mu_as_printed},
          {"C", t.C},
          {"C_hat", t.C_hat},
          {"delta", t.delta},
          {"C2", t.C2},
          {"C2_as_printed", t.C2_as_printed},
          {"eps0", t.eps0},
          {"eps_bound", t.eps_bound},
          {"eps_bound_derived", t.eps_bound_derived},
          {"poincare", t.poincare},
          {"poincare_as_printed", t.poincare_as_printed},
          {"assumption", {{"table", rows}, {"holds", holds}, {"eps0", t.eps0}}}};
}

Json admissibility_json(const Admissibility& a) {
  const auto [verdict, why] = a.judgement();
  return {{"numerical_abscissa", a.numerical_abscissa},
          {"numerical_abscissa_wider_box", a.abscissa_wider},
          {"edge_share_of_F", a.edge_share_of_F},
          {"edge_share_of_M", a.edge_share_of_M},
          {"growth_of_F", a.growth_of_F},
          {"grid_noise", a.grid_noise},
          {"growing_mode", a.growing_mode},
          {"verdict", verdict},
          {"why", why}};
}

Json summary_head(const Problem& p, const std::string& discretisation) {
  return {{"case", case_json(p.input)},
          {"by", p.by == By::grid ? "grid" : "witness"},
          {"discretisation", discretisation},
          {"versions", versions_json()},
          {"ranks", p.estimate.ranks},
          {"theory", theory_json(p.theory)},
          {"admissibility", admissibility_json(p.admissibility)}};
}

double peak_bytes(MPI_Comm comm) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  double peak = 1024.0 * static_cast<double>(usage.ru_maxrss);
  MPI_Allreduce(MPI_IN_PLACE, &peak, 1, MPI_DOUBLE, MPI_SUM, comm);
  return peak;
}

Json summarize(const Problem& p, const Admissibility& a, const Findings& f, System& system, const Companion& companion, const Cost& cost) {
  const auto moment = [](const Observation& r) { return Json{{"mass", r.mass}, {"h_norm", r.h_norm}, {"H", r.H}}; };
  Json final = {{"time", f.rows.back().time}};
  final.update(moment(f.rows.back()));
  const Findings::Uncertainty of_h = f.uncertainty_h(), of_H = f.uncertainty_H();
  Json out = summary_head(p, system.description());
  out["admissibility"] = admissibility_json(a);
  out.update({{"initial", moment(f.rows.front())},
              {"final", final},
              {"measured",
               {{"rate_h", rate_json(f.rate_h)},
                {"rate_H", rate_json(f.rate_H)},
                {"window", {f.rate_H.begin, f.rate_H.end}},
                {"uncertainty", std::max(of_h.sum(), of_H.sum())},
                {"uncertainty_h", of_h.sum()},
                {"uncertainty_H", of_H.sum()},
                {"parts_h", uncertainty_json(of_h)},
                {"parts_H", uncertainty_json(of_H)},
                {"grid_floor", f.grid_floor},
                {"doubt_of_H", {f.start.H, f.end.H}},
                {"half_period", f.rate_h.half_period},
                {"method", f.rate_H.method}}},
              {"steady", steady_json(p.input.model, system.F())},
              {"verdicts", verdicts_json(verdicts(f))},
              {"cost",
               {{"seconds", cost.seconds},
                {"applications", cost.applications},
                {"cells", p.estimate.cells},
                {"peak_bytes", cost.peak_bytes},
                {"predicted_peak_bytes", p.by == By::grid ? Json(p.estimate.peak_bytes) : Json(nullptr)},
                {"propagator", cost.propagator}}}});
  if (p.input.asgd) {
    const Model& m = p.input.model;
    const Moments s = system.F().A->moments(system.F().is_maxwellian() ? system.F().state().get() : system.F().phi.get());
    const Eigen::MatrixXd T = theta_y_of_x_v(m);
    const Law law{T * s.mean, T * s.covariance * T.transpose()};
    out["asgd"] =
        per_step_json(p, f.rate_h.begin == f.rate_h.end ? std::optional<double>() : f.rate_h.rate, law, steady_excess(p, system, law));
  }
  if (p.by == By::grid) out["witness"] = witness_json(p.input.model, companion, f.witness);
  return out;
}

}  // namespace hypofp
