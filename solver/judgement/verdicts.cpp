#include "solver/judgement/verdicts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace hypofp {
namespace {

constexpr double decisive = 1e-3;  // an equality known less well than this, relative to the bound, decides nothing

Verdict compare(std::string claim, double value, double bound, double excess, double uncertainty, std::string why) {
  Verdict v{std::move(claim), std::nullopt, value, bound, uncertainty, std::move(why)};
  if (!std::isfinite(excess) || !std::isfinite(uncertainty)) {
    v.value = v.bound = v.uncertainty = std::nullopt;
    v.why = "a number it needs is not finite";
  } else if (excess > uncertainty) {
    v.holds = false;
  } else if (excess <= -uncertainty || uncertainty <= decisive * std::abs(bound)) {
    v.holds = true;
  } else {
    v.why = fmt::format("value and bound are {:.2g} apart, which this grid and fit know to {:.2g}: refine{}", std::abs(excess), uncertainty,
                        v.why.empty() ? "" : "; " + v.why);
  }
  return v;
}

Verdict open_question(std::string claim, std::string why) {
  return {std::move(claim), std::nullopt, std::nullopt, std::nullopt, std::nullopt, std::move(why)};
}

bool measured(const MeasuredRate& r) { return r.end > r.begin; }

/// Largest y(t) / (y(0) e^{-rate t}) over the rows where y is above rounding, and when.
struct Worst {
  double ratio = 0, time = 0;
};
Worst worst_ratio(const std::vector<Observation>& rows, double rate) {
  Worst worst;
  for (const auto& r : rows) {
    const double ratio = r.H / (rows.front().H * std::exp(-rate * r.time));
    if (r.H > 1e-25 * rows.front().H && ratio > worst.ratio) worst = {ratio, r.time};
  }
  return worst;
}

/// Of H on this grid against H, relative: derivatives at both ends, the linear modes' rate over the time, the propagation.
double uncertainty_of_H(const Findings& f, double time) {
  const double drift = std::expm1(2 * f.grid_floor * f.theory.mu * time);
  return std::max(f.start.H, f.end.H) + drift + 4 * f.tolerance;
}

void witness_verdicts(const Findings& f, std::vector<Verdict>& out) {
  if (!f.witness) return;
  const Comparison& w = *f.witness;
  const auto agree = [&](const std::string& what, const Comparison::Difference& d, const std::string& when) {
    const bool apart = d.value > w.tolerance + d.doubt;
    out.push_back(at_most("grid and witness agree: " + what, d.value, w.tolerance, d.doubt, apart && !w.moved.empty() ? w.moved : when));
  };
  const auto at = [](double t) { return fmt::format("value: largest relative difference over the run, at t = {:.4g}", t); };
  agree("||h||_*", w.h_norm, at(w.h_norm.time));
  if (!f.discontinuous) agree("H", w.H, at(w.H.time));
  if (w.rate)
    agree("the rates of ||h||_* and H", *w.rate,
          fmt::format("value: by the fits, or by the two series' ratio where it is known better; the witness's fits: {:.10g} +- {:.1g} "
                      "and {:.10g} +- {:.1g}",
                      w.rate_h.rate, w.rate_h.uncertainty, w.rate_H.rate, w.rate_H.uncertainty));
  agree("F's covariance", w.covariance, "value: largest difference of an entry, in M's standard deviations");
}

void rate_verdicts(const Findings& f, std::vector<Verdict>& out) {
  const Theory& t = f.theory;
  const MeasuredRate& H = f.rate_H;
  if (!measured(H)) {
    out.push_back(open_question("the rate of H against mu", H.method));
    return;
  }
  const Findings::Uncertainty known = f.uncertainty_H();
  double u = 3 * known.fit + known.grid + known.witness;
  if (f.perturbed && !f.gap) {
    Verdict v = open_question("H decays at least as e^(-2 mu t), mu the true gap at this eps",
                              fmt::format("no spectrum at hand: {}; measured: {:.8g}, gap at eps = 0: {:.6g}", f.no_gap, H.rate, t.mu));
    v.value = H.rate;
    v.uncertainty = known.sum();
    out.push_back(v);
    return;
  }
  const double mu = f.perturbed ? f.gap->value : t.mu;
  u += (f.grid_floor + 4 * f.tolerance) * mu + (f.perturbed ? f.gap->doubt : 0.0);
  out.push_back(
      at_least(fmt::format("H decays at least as e^(-2 mu t), mu = {:.6g} ({})", mu, f.perturbed ? "the true gap at this eps" : "derived"),
               H.rate, mu, u));
  if (!f.perturbed)
    out.push_back(
        at_least(fmt::format("H decays as e^(-2 mu t) with mu = {:.6g} as printed in (3.6)", t.mu_as_printed), H.rate, t.mu_as_printed, u,
                 fmt::format("measured/printed = {:.6f}; the printed mu is twice min Re spec(Q) of (4.7)", H.rate / t.mu_as_printed)));
  const std::string sharp = fmt::format("the rate mu{} is sharp: it is attained", f.perturbed ? ", the true gap," : "");
  if (t.regime == "critical" && !f.perturbed)
    out.push_back(open_question(sharp, "critical: the supremum gamma/2 is not attained, e^(-gamma t) comes with a power of t"));
  else if (H.rate > mu + u)
    out.push_back(open_question(
        sharp, fmt::format(
                   "measured {:.8g} +- {:.1g}, mu = {:.8g}: these data do not excite the slowest mode, or the run ends before it dominates",
                   H.rate, u, mu)));
  else
    out.push_back(at_least(sharp, H.rate, mu, u));
}

void theorem_verdicts(const Findings& f, std::vector<Verdict>& out) {
  const Theory& t = f.theory;
  const std::string bound = "H(t) <= H(0) e^(-2 (mu - eps) t)";
  const auto theorem = [&](const std::string& name, double rate, double eps) {
    const std::string claim = name + ": " + bound;
    if (f.discontinuous)
      out.push_back(open_question(claim, "H(0) is infinite for discontinuous data; its value on a grid means nothing"));
    else if (eps > 0 && eps >= rate)
      out.push_back(open_question(claim, fmt::format("vacuous: eps = {:.4g} >= mu = {:.4g} on this box", eps, rate)));
    else {
      const Worst worst = worst_ratio(f.rows, 2 * (rate - eps));
      const double u = uncertainty_of_H(f, worst.time);  // relative: a ratio r is at least r / (1 + u)
      out.push_back(at_most(claim, worst.ratio, 1, u / (1 + u) * std::max(1.0, worst.ratio),
                            fmt::format("value: largest H(t) / bound over the run, at t = {:.4g}", worst.time)));
    }
  };
  theorem("Theorem 3.2, derived mu", t.mu, f.perturbed ? t.eps_bound_derived : 0);
  if (f.perturbed) theorem("Theorem 3.2, derived mu, printed eps", t.mu, t.eps_bound);
  theorem("Theorem 3.2 as printed", t.mu_as_printed, f.perturbed ? t.eps_bound : 0);
  if (t.assumption.empty() || !f.perturbed) return;
  const std::string claim = "Assumption 3.1 on all of phase space, some finite eps_0";
  const auto any = [&](bool AssumptionRow::*member, bool wanted) {
    return std::any_of(t.assumption.begin(), t.assumption.end(), [&](const AssumptionRow& r) { return r.*member == wanted; });
  };
  if (any(&AssumptionRow::box_dependent, true))
    out.push_back({claim, false, t.eps0, std::nullopt, std::nullopt,
                   "suprema grow with the box: eps depends on v + gamma x alone, x is unbounded along v + gamma x = const; value: eps_0 on "
                   "this box"});
  else if (any(&AssumptionRow::resolved, false))
    out.push_back(open_question(claim, "a supremum is not resolved"));
}

void identity_verdicts(const Findings& f, std::vector<Verdict>& out) {
  const Theory& t = f.theory;
  const Observation& first = f.rows.front();
  const double peak =
      first.mass * std::pow(2 * std::numbers::pi * f.model.sigma_x() * f.model.sigma_v(), -f.model.dimension);  // of mass x M
  double drift = 0, poincare = 0, lowest = std::numeric_limits<double>::max(), steepest = 0, steepest_time = 0;
  for (std::size_t i = 0; i < f.rows.size(); ++i) {
    const Observation& r = f.rows[i];
    drift = std::max(drift, std::abs(r.mass - first.mass));
    if (r.grad_x + r.grad_v > 0 && r.h_norm > 1e-12 * first.h_norm)
      poincare = std::max(poincare, r.h_norm * r.h_norm / (r.grad_x + r.grad_v));
    lowest = std::min(lowest, r.g_min);
    if (i == 0 || f.rows[i - 1].H <= 1e-25 * first.H) continue;
    const double step = r.H / f.rows[i - 1].H;
    if (step > steepest) steepest = step, steepest_time = r.time;
  }
  const double rounding = std::numeric_limits<double>::epsilon() * (f.applications + static_cast<double>(f.rows.size()));
  out.push_back(at_most("mass of g is conserved, but for rounding in each application", drift, first.mass * rounding, 0));
  if (!f.discontinuous)
    out.push_back(at_most("H never grows from row to row", steepest, 1, 4 * f.tolerance + 2 * std::numeric_limits<double>::epsilon(),
                          fmt::format("value: largest H(t + interval) / H(t), to t = {:.4g}", steepest_time)));
  const double doubt = std::max(f.start.gradients, f.end.gradients) + f.grid_floor;
  if (!f.discontinuous) {
    out.push_back(at_most("Poincare (3.5), derived: ||h||^2 <= (|grad_x h|^2 + |grad_v h|^2) / (beta min{omega0^2, 1})", poincare,
                          t.poincare, doubt * poincare));
    if (t.poincare_as_printed < t.poincare)
      out.push_back(at_most("Poincare (3.5) as printed, with 1/d", poincare, t.poincare_as_printed, doubt * poincare));
  }
  out.push_back(at_most("F is steady: ||A phi_F|| <= 1e-10 ||A|| ||phi_F||", f.residual, 1e-10, 0));
  const char* positive = "g stays positive, undershoots below 1e-6 of the maximum of its steady state apart";
  if (first.g_min < -1e-6 * peak)
    out.push_back(open_question(positive, fmt::format("the initial g is no density: {:.3g} at its lowest", first.g_min)));
  else
    out.push_back(at_least(positive, lowest, -1e-6 * peak, 0));
}

}  // namespace

Findings::Uncertainty Findings::uncertainty(const MeasuredRate& mine, double Comparison::*apart) const {
  if (!witness) return {mine.uncertainty, 0, end.h_norm * mine.rate};
  if (!witness->rate) return {mine.uncertainty, 0, 0};
  return {mine.uncertainty, (*witness).*apart, witness->rate_doubt * mine.rate};
}

Verdict at_most(std::string claim, double value, double bound, double uncertainty, std::string why) {
  return compare(std::move(claim), value, bound, value - bound, uncertainty, std::move(why));
}
Verdict at_least(std::string claim, double value, double bound, double uncertainty, std::string why) {
  return compare(std::move(claim), value, bound, bound - value, uncertainty, std::move(why));
}

std::vector<Verdict> verdicts(const Findings& f) {
  std::vector<Verdict> out;
  witness_verdicts(f, out);
  rate_verdicts(f, out);
  theorem_verdicts(f, out);
  identity_verdicts(f, out);
  return out;
}

}  // namespace hypofp
