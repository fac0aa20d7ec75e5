#include "solver/judgement/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace hypofp {
namespace {

/// One h's terms, with the case's constants: (3.8), (4.1) to (4.8).
struct Terms {
  Terms(const Observation& o, const Theory& theory, const Model& m) : o(o), t(theory), gamma(m.gamma), w2(m.omega0 * m.omega0) {
    const double d = m.dimension, friction = 2 * m.gamma / m.beta;
    H = xx + t.C * vv + 2 * t.C_hat * xv;
    dH = o.d_grad_x + t.C * o.d_grad_v + 2 * t.C_hat * o.d_cross;
    K = 2 * t.C_hat * xx + 2 * (t.C - w2 + gamma * t.C_hat) * xv + (2 * gamma * t.C - 2 * w2 * t.C_hat) * vv;
    dissipation = friction * (o.dissipation_x + t.C * o.dissipation_v + 2 * t.C_hat * o.dissipation_cross);
    R_H = 2 * (o.R_xx + t.C * o.R_vv + t.C_hat * o.R_xv);
    lemma_42 = o.d_grad_x + t.C * o.d_grad_v + friction * (o.dissipation_x + t.C * o.dissipation_v);
    lemma_43 = o.d_cross + friction * o.dissipation_cross;
    free_42 = -2 * (t.C - w2) * xv - 2 * gamma * t.C * vv;
    free_43 = -gamma * xv + w2 * vv - xx;
    b = -m.gamma / m.beta * vv;
    a11 = 8 + 3 * d, a4 = 1 + 3 * d, a15 = 9 + 6 * d;  // 11, 4, 15 at d = 1
  }
  /// eps_0 C_2^power (of_x ‖grad_x h‖^2 + of_v ‖grad_v h‖^2)
  double by_eps0(double of_x, double of_v, double C2, int power) const { return t.eps0 * std::pow(C2, power) * (of_x * xx + of_v * vv); }
  double printed(double of_x, double of_v, int power) const { return by_eps0(of_x, of_v, t.C2_as_printed, power); }
  double derived(double of_x, double of_v, int power) const { return by_eps0(of_x, of_v, t.C2, power); }
  /// What the terms of an inequality for the gradients are measured by.
  double gradients() const { return gamma * (xx + t.C * vv); }

  const Observation& o;
  const Theory& t;
  const double gamma, w2, xx = o.grad_x, vv = o.grad_v, xv = o.cross, hh = o.h_norm * o.h_norm;
  double H, dH, K, dissipation, R_H, lemma_42, lemma_43, free_42, free_43, b, a11, a4, a15;
};

using Of = double (*)(const Terms&);

struct Quantity {
  const char *name, *units, *long_name;
  Of value;
};
constexpr std::array quantities{
    Quantity{"H", "x^-2", "Lyapunov functional H of (3.8)", [](const Terms& p) { return p.H; }},
    Quantity{"h_norm2", "1", "||h||_*^2", [](const Terms& p) { return p.hh; }},
    Quantity{"grad_x", "x^-2", "||grad_x h||_*^2", [](const Terms& p) { return p.xx; }},
    Quantity{"grad_v", "v^-2", "||grad_v h||_*^2", [](const Terms& p) { return p.vv; }},
    Quantity{"cross", "x^-1 v^-1", "<grad_x h, grad_v h>_*", [](const Terms& p) { return p.xv; }},
    Quantity{"dH_dt", "x^-2 t^-1", "dH/dt from the operator", [](const Terms& p) { return p.dH; }},
    Quantity{"minus_2_mu_H", "x^-2 t^-1", "-2 mu H, mu derived", [](const Terms& p) { return -2 * p.t.mu * p.H; }},
    Quantity{"K_form", "x^-2 t^-1", "the quadratic form of K of (4.7) on grad h", [](const Terms& p) { return p.K; }},
    Quantity{"dissipation", "x^-2 t^-1", "the dissipation of (4.4)", [](const Terms& p) { return p.dissipation; }},
    Quantity{"R_H", "x^-2 t^-1", "what R adds to dH/dt", [](const Terms& p) { return p.R_H; }},
};

struct Inequality {
  const char *name, *claim;
  Of lhs, rhs_as_printed, rhs;
  Of size;    ///< of its terms
  Of defect;  ///< of the identity behind it
};
constexpr Of no_defect = [](const Terms&) { return 0.0; };
constexpr Of gradients = [](const Terms& p) { return p.gradients(); };
constexpr Of of_lemma_42 = [](const Terms& p) { return p.lemma_42 - p.free_42 - 2 * (p.o.R_xx + p.t.C * p.o.R_vv); };
constexpr Of of_lemma_43 = [](const Terms& p) { return p.lemma_43 - p.free_43 - p.o.R_xv; };
constexpr Of terms_of_43 = [](const Terms& p) { return p.xx + p.w2 * p.vv + p.gamma * std::abs(p.xv); };
constexpr Of of_44 = [](const Terms& p) { return p.dH + p.K + p.dissipation - p.R_H; };
constexpr std::array inequalities{
    Inequality{"c", "(c): <R h, h>", [](const Terms& p) { return p.o.R_h_h; },
               [](const Terms& p) { return p.t.eps0 * p.t.C2_as_printed * p.hh; }, [](const Terms& p) { return p.t.eps0 * p.t.C2 * p.hh; },
               [](const Terms& p) { return p.gamma * p.hh; }, no_defect},
    Inequality{"c_pair", "(c) on grad_x h, grad_v h", [](const Terms& p) { return p.o.R_grad; },
               [](const Terms& p) { return p.printed(1, 1, 1); }, [](const Terms& p) { return p.derived(1, 1, 1); }, gradients, no_defect},
    Inequality{"d", "(d): <grad_x R h, grad_x h>", [](const Terms& p) { return p.o.R_xx; },
               [](const Terms& p) { return p.printed(5.5, 2, 2); }, [](const Terms& p) { return p.derived(0.5 * p.a11, 0.5 * p.a4, 2); },
               gradients, no_defect},
    Inequality{"e", "(e): <grad_v R h, grad_v h>", [](const Terms& p) { return p.o.R_vv; },
               [](const Terms& p) { return p.printed(2, 5.5, 2); }, [](const Terms& p) { return p.derived(0.5 * p.a4, 0.5 * p.a11, 2); },
               gradients, no_defect},
    Inequality{"f", "(f): mixed terms of R", [](const Terms& p) { return p.o.R_xv; }, [](const Terms& p) { return p.printed(7.5, 7.5, 2); },
               [](const Terms& p) { return p.derived(0.5 * p.a15, 0.5 * p.a15, 2); }, gradients, no_defect},
    Inequality{"lemma_4_2", "Lemma 4.2", [](const Terms& p) { return p.lemma_42; },
               [](const Terms& p) { return p.free_42 + p.printed(11 + 4 * p.t.C, 4 + 11 * p.t.C, 1); },
               [](const Terms& p) { return p.free_42 + p.derived(p.a11 + p.a4 * p.t.C, p.a4 + p.a11 * p.t.C, 2); }, gradients, of_lemma_42},
    Inequality{"lemma_4_3", "Lemma 4.3", [](const Terms& p) { return p.lemma_43; },
               [](const Terms& p) { return p.free_43 + p.printed(7.5, 7.5, 2); },
               [](const Terms& p) { return p.free_43 + p.derived(0.5 * p.a15, 0.5 * p.a15, 2); }, terms_of_43, of_lemma_43},
    Inequality{"eq_4_4", "(4.4): dH/dt + K + dissipation", [](const Terms& p) { return p.dH + p.K + p.dissipation; },
               [](const Terms& p) {
                 const double C = p.t.C, mixed = 15 * p.t.C_hat;
                 return p.printed(11 + 4 * C + mixed, 4 + 11 * C + mixed, 2);
               },
               [](const Terms& p) {
                 const double C = p.t.C, mixed = p.a15 * p.t.C_hat;
                 return p.derived(p.a11 + p.a4 * C + mixed, p.a4 + p.a11 * C + mixed, 2);
               },
               gradients, of_44},
    Inequality{"eq_4_7", "(4.7): K >= 2 mu P on grad h", [](const Terms& p) { return -p.K; },
               [](const Terms& p) { return -2 * p.t.mu_as_printed * p.H; }, [](const Terms& p) { return -2 * p.t.mu * p.H; }, gradients,
               no_defect},
    Inequality{"eq_4_8", "(4.8): dH/dt <= -2 (mu - eps) H", [](const Terms& p) { return p.dH; },
               [](const Terms& p) { return -2 * (p.t.mu_as_printed - p.t.eps_bound) * p.H; },
               [](const Terms& p) { return -2 * (p.t.mu - p.t.eps_bound_derived) * p.H; }, gradients, of_44},
    Inequality{"eq_4_8_mu_derived_eps_printed", "(4.8), mu derived, eps printed", [](const Terms& p) { return p.dH; },
               [](const Terms& p) { return -2 * (p.t.mu - p.t.eps_bound) * p.H; },
               [](const Terms& p) { return -2 * (p.t.mu - p.t.eps_bound) * p.H; }, gradients, of_44},
    Inequality{"poincare", "Poincare (3.5)", [](const Terms& p) { return p.hh; },
               [](const Terms& p) { return p.t.poincare_as_printed * (p.xx + p.vv); },
               [](const Terms& p) { return p.t.poincare * (p.xx + p.vv); }, [](const Terms& p) { return p.hh; }, no_defect},
};

struct Identity {
  const char *name, *long_name;
  Of defect, size;
};
constexpr std::array identities{
    Identity{"a", "Prop. 4.1 (a): <T h, h> = 0", [](const Terms& p) { return p.o.T_h_h; }, [](const Terms& p) { return p.gamma * p.hh; }},
    Identity{"a_grad", "(a) on grad_x h, grad_v h", [](const Terms& p) { return p.o.T_grad; }, gradients},
    Identity{"b", "(b): <L h, h> = -(gamma/beta) ||grad_v h||^2", [](const Terms& p) { return p.o.L_h_h - p.b; },
             [](const Terms& p) { return -p.b + p.gamma * p.hh; }},
    Identity{"lemma_4_2", "Lemma 4.2 with R itself", of_lemma_42, gradients},
    Identity{"lemma_4_3", "Lemma 4.3 with R itself", of_lemma_43, terms_of_43},
    Identity{"eq_4_4", "(4.4) with R itself", of_44, gradients},
};

constexpr double rounding = 1e-13;  // of a form, in units of its terms, beside cancellation within them

/// Above rounding.
bool counts(const Observation& row, const Observation& first) { return row.h_norm > 1e-10 * first.h_norm; }

Entry judge(const Inequality& q, Of rhs, const Findings& f, const std::vector<Observation>& rows, const std::vector<Observation>& other,
            double known) {
  Entry worst, open, tightest;
  double most_violated = 0;
  bool fails = false, undecided = false, any = false;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!counts(rows[i], rows.front())) continue;
    const Terms terms(rows[i], f.theory, f.model);
    const double lhs = q.lhs(terms), bound = rhs(terms), size = q.size(terms), scale = size + std::abs(lhs);
    double u = known * scale + std::abs(q.defect(terms)) + rounding * (scale + std::abs(bound));
    if (i < other.size()) {
      const Terms its(other[i], f.theory, f.model);
      u += std::abs((lhs - bound) - (q.lhs(its) - rhs(its)));
    }
    const auto of = [&](std::optional<bool> holds) {
      return Entry{{q.claim, holds, lhs, bound, u, ""}, (bound - lhs) / size, rows[i].time};
    };
    const double excess = lhs - bound;
    if (!std::isfinite(excess) || !std::isfinite(u)) return {{q.claim, std::nullopt, {}, {}, {}, "a number it needs is not finite"}};
    if (excess > u && excess - u > most_violated) most_violated = excess - u, fails = true, worst = of(false);
    const bool holds = excess <= -u || (excess <= u && u <= 1e-3 * size);
    if (!holds && !undecided) undecided = true, open = of(std::nullopt);
    if (!any || (bound - lhs) / size < tightest.slack) any = true, tightest = of(true);
  }
  if (fails) return worst;
  if (undecided) {
    open.verdict.why = fmt::format("both sides are {:.2g} apart, which is known to {:.2g}", *open.verdict.bound - *open.verdict.value,
                                   *open.verdict.uncertainty);
    return open;
  }
  return tightest;
}

}  // namespace

std::optional<Ledger> ledger_of(const std::vector<Observation>& rows, const Theory& theory, const Model& model, const std::string& by) {
  if (rows.empty() || std::isnan(rows.front().d_grad_x)) return std::nullopt;
  Ledger ledger;
  ledger.by = by;
  std::vector<Terms> terms;
  for (const Observation& row : rows) ledger.time.push_back(row.time), terms.emplace_back(row, theory, model);
  const auto along = [&](Of value) {
    std::vector<double> values;
    for (const Terms& t : terms) values.push_back(value(t));
    return values;
  };
  for (const Quantity& q : quantities) ledger.quantities.push_back({q.name, q.units, q.long_name, along(q.value)});
  for (const Column& column : columns) {
    if (column.shown != Shown::ledger || column.value == &Observation::T_grad) continue;
    std::vector<double> values;
    for (const Observation& row : rows) values.push_back(row.*column.value);
    ledger.quantities.push_back({column.name, column.units, column.long_name, std::move(values)});
  }
  for (const Inequality& q : inequalities)
    ledger.inequalities.push_back({q.name, q.claim, along(q.lhs), along(q.rhs_as_printed), along(q.rhs)});
  for (const Identity& q : identities) ledger.identity_defects.push_back({q.name, "", q.long_name, along(q.defect)});
  return ledger;
}

JudgedLedger judge_ledger(const Findings& f, const std::vector<Observation>& rows, const std::vector<Observation>& other,
                          const Doubt& start, const Doubt& end) {
  const double known = std::max(start.gradients, end.gradients) + std::max(start.h_norm, end.h_norm) + 4 * f.tolerance;
  JudgedLedger out;
  for (const Inequality& q : inequalities) {
    const auto entry = [&](Of rhs) {
      if (f.discontinuous)
        return Entry{
            {q.claim, std::nullopt, {}, {}, {}, "grad h(0) is infinite for discontinuous data; its value on a grid means nothing"}};
      return judge(q, rhs, f, rows, other, known);
    };
    out.inequalities.push_back({q.name, q.claim, entry(q.rhs_as_printed), entry(q.rhs)});
  }
  for (const Identity& q : identities) {
    JudgedIdentity worst{q.name};
    for (const Observation& row : rows) {
      if (!counts(row, rows.front())) continue;
      const Terms terms(row, f.theory, f.model);
      const double defect = std::abs(q.defect(terms)) / q.size(terms);
      if (!(defect <= worst.defect)) worst.defect = defect, worst.time = row.time;
    }
    out.identities.push_back(worst);
  }
  return out;
}

}  // namespace hypofp
