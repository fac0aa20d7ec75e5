#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "operators/odd_even.hpp"
#include "solver/commands/page.hpp"
#include "solver/grid_system.hpp"
#include "solver/modes/certificate.hpp"
#include "solver/witness.hpp"

namespace hypofp {
namespace {

using Json = nlohmann::ordered_json;

/// What the polynomials of a degree certify; with the degree it falls.
struct Step {
  int degree;
  double mu;
  BestPair best;
};

/// What the last steps say of the limit. It is claimed where they get shorter and the last is below a thousandth of the value; as much as
/// that fell may be left. Nothing is gained by growing on where it is below a ten-thousandth.
struct Trend {
  bool claimed = false, settled = false;
  double last_step = 0;
};
template <class Of>
Trend trend(const std::vector<Step>& steps, const Of& of) {
  const std::size_t n = steps.size();
  if (n < 3) return {};
  const double size = std::abs(of(steps[n - 1])), last = std::abs(of(steps[n - 2]) - of(steps[n - 1])),
               before = std::abs(of(steps[n - 3]) - of(steps[n - 2]));
  const bool shorter = last <= 0.7 * before || last <= 1e-8 * size;
  return {shorter && last <= 1e-3 * size, shorter && last <= 1e-4 * size, last};
}
double of_theorem(const Step& s) { return s.mu; }
double of_best(const Step& s) { return s.best.certificate.mu; }

struct Grown {
  std::vector<Step> steps;
  std::string why;  // none, or no more
};

/// Grows the degree until both values stand.
Grown grow(const Problem& p, Progress& progress) {
  const int d = p.input.model.dimension;
  const WitnessSettings& w = p.input.witness;
  const std::vector<int> ladder[] = {{10, 20, 30, 40, 60, 80, 100, 120, 150}, {2, 4, 6, 8, 10, 12, 14}, {2, 3, 4, 5}};
  Grown grown;
  if (w.degree == WitnessSettings::off) return {{}, "witness.degree = \"off\""};
  const std::vector<int> degrees = w.degree == WitnessSettings::automatic ? ladder[d - 1] : std::vector<int>{w.degree};
  std::vector<Cut> cuts;
  progress.begin("certificate", static_cast<double>(degrees.size()));
  for (int degree : degrees) try {
      const HermiteGenerator A(p.input.model, degree, p.field());
      const Pencil pencil(A);
      const double mu = pencil.smallest(p.theory.C, p.theory.C_hat).mu;
      const bool first = grown.steps.empty();
      const BestPair best = best_pair(pencil, first ? p.theory.C : grown.steps.back().best.C,
                                      first ? p.theory.C_hat : grown.steps.back().best.C_hat, cuts);
      grown.steps.push_back({degree, mu, best});
      progress.update(static_cast<double>(grown.steps.size()), fmt::format("degree {}: {:.6f}, best {:.6f}", degree, mu, best.certificate.mu));
      if (trend(grown.steps, of_theorem).settled && trend(grown.steps, of_best).settled) break;
    } catch (const ComputationError& e) {
      grown.why = fmt::format("degree {}: {}", degree, e.what());
      break;
    } catch (const UserError& e) {
      grown.why = fmt::format("degree {}: {}", degree, e.what());
      break;
    }
  progress.end(grown.steps.empty() ? "none" : fmt::format("degree {}: {:.8f}", grown.steps.back().degree, grown.steps.back().mu));
  return grown;
}

/// The grid's, whole on every rank.
struct OnGrid {
  std::optional<Certificate> theorem, best;  // at the best pair known
  std::string withheld;
};
OnGrid on_grid(const Problem& p, double C_best, double C_hat_best) {
  OnGrid g;
  const double cells = std::pow(static_cast<double>(p.input.grid.x_cells) * p.input.grid.v_cells, p.input.model.dimension);
  if (cells > Pencil::most_unknowns) {
    g.withheld = fmt::format("{:.6g} cells are more than the {} that the certificate's matrices are made for", cells, Pencil::most_unknowns);
    return g;
  }
  const GridSystem system(PETSC_COMM_SELF, p.setting());
  try {
    const Pencil pencil(system.A(), [&](Vec phi) { return odd_even_content(system.generator, phi); });
    g.theorem = pencil.smallest(p.theory.C, p.theory.C_hat);
    g.best = pencil.smallest(C_best, C_hat_best);
  } catch (const ComputationError& e) {
    g.withheld = e.what();
  }
  return g;
}

Json or_null(const std::optional<Certificate>& c) { return c ? Json(c->mu) : Json(nullptr); }

Json certificate_json(const Problem& p, const Grown& w, const OnGrid& g) {
  const Theory& t = p.theory;
  Json out = {{"mu_cert", nullptr}, {"C", t.C}, {"C_hat", t.C_hat}, {"mu_cert_best", nullptr}, {"C_best", nullptr}, {"C_hat_best", nullptr}};
  if (!w.steps.empty()) {
    const Step& last = w.steps.back();
    out["mu_cert"] = last.mu, out["mu_cert_best"] = last.best.certificate.mu;
    out["C_best"] = last.best.C, out["C_hat_best"] = last.best.C_hat, out["best_bound"] = last.best.bound;
    Json trend_json = {{"degrees", Json::array()}, {"mu_cert", Json::array()}, {"mu_cert_best", Json::array()}, {"C_best", Json::array()}, {"C_hat_best", Json::array()}};
    for (const Step& s : w.steps) {
      trend_json["degrees"].push_back(s.degree), trend_json["mu_cert"].push_back(s.mu);
      trend_json["mu_cert_best"].push_back(s.best.certificate.mu);
      trend_json["C_best"].push_back(s.best.C), trend_json["C_hat_best"].push_back(s.best.C_hat);
    }
    out["trend"] = trend_json;
    const Trend theorem = trend(w.steps, of_theorem), best = trend(w.steps, of_best);
    const auto left = [](const Trend& s) { return Json{{"claimed", s.claimed}, {"last_step", s.last_step}}; };
    out["limit"] = left(theorem), out["limit_best"] = left(best);
  } else if (g.theorem) {
    out["mu_cert"] = g.theorem->mu, out["limit"] = {{"claimed", false}};
  }
  if (!w.why.empty()) out["witness_ended"] = w.why;
  if (p.by == By::grid) {
    out["grid"] = {{"mu_cert", or_null(g.theorem)}, {"mu_cert_best", or_null(g.best)}};
    if (g.theorem) out["grid"]["odd_even"] = g.theorem->odd_even, out["grid"]["left_out_as_odd_even"] = g.theorem->left_out;
    if (!g.withheld.empty()) out["grid"]["withheld"] = g.withheld;
  }
  out["printed_bound"] = {{"as_printed", t.mu_as_printed - t.eps_bound}, {"derived", t.mu - t.eps_bound_derived}};
  return out;
}

std::string claim(const Trend& t) {
  return t.claimed ? fmt::format("stands: its last step was {:.1e}", t.last_step) : "falls on with the degree: no limit is claimed";
}

std::string table(const Problem& p, const Grown& w, const OnGrid& g) {
  const Theory& t = p.theory;
  std::string out = fmt::format("dH/dt <= -2 mu_cert H for every mean-zero h of a degree\n{:<8}{:<32}best pair\n", "degree",
                                fmt::format("C {:.6g}, C_hat {:.6g}", t.C, t.C_hat));
  for (const Step& s : w.steps)
    out += fmt::format("{:<8}{:<32.8f}{:.8f} at C {:.5f}, C_hat {:.5f}\n", s.degree, s.mu, s.best.certificate.mu, s.best.C, s.best.C_hat);
  if (w.steps.size() > 1)
    out += fmt::format("mu_cert {}; of the best pair {}\n", claim(trend(w.steps, of_theorem)), claim(trend(w.steps, of_best)));
  if (!w.why.empty()) out += w.why + "\n";
  if (p.by == By::grid && !g.withheld.empty()) out += fmt::format("grid: withheld: {}\n", g.withheld);
  if (g.theorem)
    out += fmt::format("grid    {:<32.8f}{}{}\n", g.theorem->mu, g.best ? fmt::format("{:.8f} at the last", g.best->mu) : "",
                       g.theorem->left_out ? fmt::format("; {} smaller values left out: their h are odd-even", g.theorem->left_out) : "");
  out += fmt::format("mu {:.8f} derived, {:.8f} as printed; with eps of the line after (4.8), mu - eps: {:.6g} derived, {:.6g} as printed", t.mu,
                     t.mu_as_printed, t.mu - t.eps_bound_derived, t.mu_as_printed - t.eps_bound);
  return out;
}

}  // namespace

Json certify(MPI_Comm comm, const RunOptions& options) {
  Page page(comm, options, "certificate");
  const Problem& p = page.problem;
  const Grown witness = grow(p, page.progress);
  if (witness.steps.empty() && p.by == By::witness) throw ComputationError("by the witness: " + witness.why, true);
  OnGrid grid;
  if (p.by == By::grid) {
    const bool known = !witness.steps.empty();
    page.progress.begin("grid", 1);
    grid = on_grid(p, known ? witness.steps.back().best.C : p.theory.C, known ? witness.steps.back().best.C_hat : p.theory.C_hat);
    page.progress.end(grid.theorem ? fmt::format("{:.8f}", grid.theorem->mu) : "withheld");
  }
  Json summary = summary_head(p, p.by == By::grid ? "Hermite polynomials by degree, and the case's grid" : "Hermite polynomials by degree");
  summary["certificate"] = certificate_json(p, witness, grid);
  page.take_folder();
  page.finish(summary, table(p, witness, grid));
  return summary;
}

}  // namespace hypofp
