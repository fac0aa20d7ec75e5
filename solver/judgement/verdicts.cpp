#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "solver/summary.hpp"

namespace hypofp {
namespace {

using Json = nlohmann::ordered_json;

Json verdict(const std::string& claim, bool holds, double value, double bound, const std::string& why = "") {
  Json v = {{"claim", claim}, {"holds", holds}, {"value", value}, {"bound", bound}};
  if (!why.empty()) v["why"] = why;
  return v;
}
Json open_question(const std::string& claim, const std::string& why) {
  return {{"claim", claim}, {"holds", nullptr}, {"value", nullptr}, {"bound", nullptr}, {"why", why}};
}

/// max over the rows of y(t) / (y(0) e^{-rate t}), rows where y is above rounding.
double worst_ratio(const std::vector<Observation>& rows, double Observation::*y, double rate) {
  double worst = 0;
  const double start = rows.front().*y;
  for (const auto& r : rows)
    if (r.*y > 1e-25 * start) worst = std::max(worst, r.*y / (start * std::exp(-rate * r.time)));
  return worst;
}

bool measured(const MeasuredRate& r) { return r.end > r.begin; }

void rate_verdicts(const Findings& f, Json& out) {
  const Theory& t = f.problem->theory;
  const bool perturbed = f.problem->epsilon != nullptr;
  const MeasuredRate& H = f.rate_H;
  const char* which = perturbed ? "the gap at eps = 0" : "derived";
  if (!measured(H)) {
    out.push_back(open_question("measured rate of H against mu", H.method));
    return;
  }
  const double slack = 3 * H.uncertainty + (f.grid_floor + 1e-9) * t.mu;
  const double floor = t.mu - (perturbed ? 0.02 * t.mu : 0);
  out.push_back(verdict(fmt::format("H decays at least as e^(-2 mu t), mu = {:.6g} ({})", t.mu, which), H.rate >= floor - slack, H.rate, t.mu,
                        perturbed ? fmt::format("the theorem has no rate of its own here; the true gap lies {:+.3g} from mu", H.rate - t.mu) : ""));
  out.push_back(verdict(fmt::format("H decays as e^(-2 mu t) with mu = {:.6g} as printed in (3.6)", t.mu_as_printed), H.rate >= t.mu_as_printed - slack,
                        H.rate, t.mu_as_printed,
                        fmt::format("measured/printed = {:.6f}; the printed mu is twice min Re spec(Q) of (4.7)", H.rate / t.mu_as_printed)));
  if (!perturbed) {
    const double off = std::abs(H.rate - t.mu);
    if (t.regime == "critical")
      out.push_back(open_question("the rate mu is sharp", "critical: the supremum gamma/2 is not attained, e^(-gamma t) comes with a power of t"));
    else
      out.push_back(verdict("the rate mu is sharp: it is attained", off <= slack + 1e-4 * t.mu, H.rate, t.mu,
                            off <= slack + 1e-4 * t.mu ? "" : "these data do not excite the slowest mode, or the run ends before it dominates"));
  }
}

void theorem_verdicts(const Findings& f, Json& out) {
  const Problem& p = *f.problem;
  const Theory& t = p.theory;
  const bool perturbed = p.epsilon != nullptr;
  const bool rough = p.input.initial.kind == InitialKind::box;
  if (rough)
    out.push_back(open_question("Theorem 3.2: H(t) <= H(0) e^(-2 (mu - eps) t)", "H(0) is infinite for discontinuous data; its value on a grid means nothing"));
  const auto theorem = [&](const char* name, double eps) {
    if (rough) return;
    const std::string claim = fmt::format("Theorem 3.2, {}: H(t) <= H(0) e^(-2 (mu - eps) t)", name);
    if (perturbed && eps >= t.mu)
      out.push_back(open_question(claim, fmt::format("vacuous: eps = {:.4g} >= mu = {:.4g} on this box", eps, t.mu)));
    else
      out.push_back(verdict(claim, worst_ratio(f.rows, &Observation::H, 2 * (t.mu - eps)) <= 1 + 1e-6, worst_ratio(f.rows, &Observation::H, 2 * (t.mu - eps)), 1.0,
                            "value: largest H(t) / bound over the run"));
  };
  theorem("derived mu", t.eps_bound_derived);
  if (perturbed) theorem("derived mu, printed eps", t.eps_bound);
  const double printed = t.mu_as_printed - (perturbed ? t.eps_bound : 0);
  if (!rough && printed > 0)
    out.push_back(verdict("Theorem 3.2 as printed: H(t) <= H(0) e^(-2 (mu - eps) t)", worst_ratio(f.rows, &Observation::H, 2 * printed) <= 1 + 1e-6,
                          worst_ratio(f.rows, &Observation::H, 2 * printed), 1.0, "value: largest H(t) / bound over the run"));
  if (t.assumption.empty() || !perturbed) return;
  const bool bounded = std::none_of(t.assumption.begin(), t.assumption.end(), [](const auto& r) { return r.box_dependent; });
  if (!bounded)
    out.push_back(verdict("Assumption 3.1 on all of phase space, some finite eps_0", false, t.eps0, t.eps0,
                          "suprema grow with the box: eps depends on v + gamma x alone, x is unbounded along v + gamma x = const; value: eps_0 on this box"));
}

void identity_verdicts(const Findings& f, Json& out) {
  const Theory& t = f.problem->theory;
  const Model& m = f.problem->input.model;
  const double peak = std::pow(2 * std::numbers::pi * m.sigma_x() * m.sigma_v(), -m.dimension);  // M(0, 0)
  double mass_drift = 0, poincare = 0, lowest = 1e300, steepest = 0;
  for (std::size_t i = 0; i < f.rows.size(); ++i) {
    const Observation& r = f.rows[i];
    mass_drift = std::max(mass_drift, std::abs(r.mass - f.rows[0].mass));
    if (r.grad_x + r.grad_v > 0 && r.h_norm > 1e-12 * f.rows[0].h_norm) poincare = std::max(poincare, r.h_norm * r.h_norm / (r.grad_x + r.grad_v));
    lowest = std::min(lowest, r.g_min);
    if (i > 0 && f.rows[i - 1].H > 1e-25 * f.rows[0].H) steepest = std::max(steepest, r.H / f.rows[i - 1].H);
  }
  out.push_back(verdict("mass of g is conserved", mass_drift <= 1e-11, mass_drift, 1e-11));
  out.push_back(verdict("H never grows from row to row", steepest <= 1 + 1e-9, steepest, 1.0, "value: largest H(t + interval) / H(t)"));
  out.push_back(verdict("Poincare (3.5), derived: ||h||^2 <= (|grad_x h|^2 + |grad_v h|^2) / (beta min{omega0^2, 1})", poincare <= t.poincare * (1 + 1e-6), poincare, t.poincare));
  if (t.poincare_as_printed < t.poincare)
    out.push_back(verdict("Poincare (3.5) as printed, with 1/d", poincare <= t.poincare_as_printed * (1 + 1e-6), poincare, t.poincare_as_printed));
  out.push_back(verdict("F is steady: ||A phi_F|| <= 1e-10 ||A|| ||phi_F||", f.steady->residual <= 1e-10, f.steady->residual, 1e-10));
  out.push_back(verdict("g stays positive, undershoots below 1e-6 of M's maximum apart", lowest >= -1e-6 * peak, lowest, -1e-6 * peak));
}

}  // namespace

Json verdicts(const Findings& f) {
  Json out = Json::array();
  rate_verdicts(f, out);
  theorem_verdicts(f, out);
  identity_verdicts(f, out);
  return out;
}

}  // namespace hypofp
