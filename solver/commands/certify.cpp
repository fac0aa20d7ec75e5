#include <fmt/format.h>

#include <algorithm>
#include <array>
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
/// Else the value is approached as C falls to C_hat^2, and how near it comes is where the search ends.
bool attained(const BestPair& best) { return best.C >= 1.001 * best.C_hat * best.C_hat; }
/// The limit of the best pair's.
Trend trend_of_best(const std::vector<Step>& steps) {
  Trend t = trend(steps, of_best);
  t.claimed = t.claimed && attained(steps.back().best);
  return t;
}

struct Grown {
  std::vector<Step> steps;
  std::string why;  // none, or no more
};

/// Grows the degree until both values stand; by two at least: of an eps of one parity each other degree adds nothing.
Grown grow(const Problem& p, Progress& progress) {
  const int d = p.input.model.dimension;
  const WitnessSettings& w = p.input.witness;
  const std::vector<int> ladder[] = {{10, 20, 30, 40, 60, 80, 100, 120, 150}, {2, 4, 6, 8, 10, 12, 14}, {2, 4, 6}};
  Grown grown;
  if (w.degree == WitnessSettings::off) return {{}, "witness.degree = \"off\""};
  const int most_unknowns = std::array{Pencil::most_unknowns, 4000, 1000}[d - 1];  // their factors fill up
  std::vector<int> degrees = ladder[d - 1];
  if (w.degree != WitnessSettings::automatic) {
    std::erase_if(degrees, [&](int degree) { return degree > w.degree - 2; });
    degrees.push_back(w.degree);
  }
  std::vector<Cut> cuts;
  progress.begin("certificate", static_cast<double>(degrees.size()));
  for (int degree : degrees) try {
      if (const int unknowns = Simplex::count(2 * d, degree); unknowns > most_unknowns)
        throw ComputationError(fmt::format("{} unknowns, its matrices are made for at most {}", unknowns, most_unknowns));
      const HermiteGenerator A(p.input.model, degree, p.field());
      const Pencil pencil(A);
      const double mu = pencil.smallest(p.theory.C, p.theory.C_hat).mu;
      const bool first = grown.steps.empty();
      const BestPair best =
          best_pair(pencil, first ? p.theory.C : grown.steps.back().best.C, first ? p.theory.C_hat : grown.steps.back().best.C_hat, cuts);
      grown.steps.push_back({degree, mu, best});
      progress.update(static_cast<double>(grown.steps.size()),
                      fmt::format("degree {}: {:.6f}, best {:.6f}", degree, mu, best.certificate.mu));
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

/// The grid's, or why it is withheld.
struct Figure {
  std::optional<Certificate> certificate;
  std::string withheld;
};
/// For the case's pair, and for the best that is known. The grid is whole on every rank.
struct OnGrid {
  Figure given, best;
};
OnGrid on_grid(const Problem& p, double C_best, double C_hat_best) {
  const double cells = std::pow(static_cast<double>(p.input.grid.x_cells) * p.input.grid.v_cells, p.input.model.dimension);
  if (cells > Pencil::most_unknowns) {
    const Figure none{{}, fmt::format("{:.6g} cells; its matrices are made for at most {}", cells, Pencil::most_unknowns)};
    return {none, none};
  }
  const GridSystem system(PETSC_COMM_SELF, p.setting());
  const Pencil pencil(system.A(), [&](Vec phi) { return odd_even_content(system.generator, phi); });
  const auto figure = [&](double C, double C_hat) -> Figure {
    try {
      return {pencil.smallest(C, C_hat), ""};
    } catch (const ComputationError& e) {
      return {{}, e.what()};
    }
  };
  return {figure(p.theory.C, p.theory.C_hat), figure(C_best, C_hat_best)};
}

Json figure_json(const Figure& f) {
  if (!f.certificate) return {{"mu_cert", nullptr}, {"withheld", f.withheld}};
  return {{"mu_cert", f.certificate->mu},
          {"claimed", false},
          {"odd_even", f.certificate->odd_even},
          {"left_out_as_odd_even", f.certificate->left_out}};
}

Json certificate_json(const Problem& p, const Grown& w, const OnGrid& g) {
  const Theory& t = p.theory;
  Json out = {{"mu_cert", nullptr},      {"C", t.C},          {"C_hat", t.C_hat},
              {"mu_cert_best", nullptr}, {"C_best", nullptr}, {"C_hat_best", nullptr}};
  if (!w.steps.empty()) {
    const Step& last = w.steps.back();
    out["mu_cert"] = last.mu, out["mu_cert_best"] = last.best.certificate.mu;
    out["C_best"] = last.best.C, out["C_hat_best"] = last.best.C_hat, out["best_bound"] = last.best.bound;
    Json trend_json = {{"degrees", Json::array()},
                       {"mu_cert", Json::array()},
                       {"mu_cert_best", Json::array()},
                       {"C_best", Json::array()},
                       {"C_hat_best", Json::array()}};
    for (const Step& s : w.steps) {
      trend_json["degrees"].push_back(s.degree), trend_json["mu_cert"].push_back(s.mu);
      trend_json["mu_cert_best"].push_back(s.best.certificate.mu);
      trend_json["C_best"].push_back(s.best.C), trend_json["C_hat_best"].push_back(s.best.C_hat);
    }
    out["trend"] = trend_json;
    const Trend theorem = trend(w.steps, of_theorem), best = trend_of_best(w.steps);
    const auto left = [](const Trend& s) { return Json{{"claimed", s.claimed}, {"last_step", s.last_step}}; };
    out["limit"] = left(theorem), out["limit_best"] = left(best);
    out["limit_best"]["attained"] = attained(last.best);
  } else if (g.given.certificate) {
    out["mu_cert"] = g.given.certificate->mu, out["limit"] = {{"claimed", false}};
  }
  if (!w.why.empty()) out["witness_ended"] = w.why;
  if (p.by == By::grid) {
    out["grid"] = figure_json(g.given);
    if (!w.steps.empty()) out["grid_best"] = figure_json(g.best);
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
    out += fmt::format("mu_cert {}{}\n", claim(trend(w.steps, of_theorem)),
                       attained(w.steps.back().best) ? "; of the best pair " + claim(trend_of_best(w.steps)) : "");
  if (!w.steps.empty() && !attained(w.steps.back().best))
    out += "no pair is best: the value is approached as C falls to C_hat^2, where H is no norm\n";
  if (!w.why.empty()) out += w.why + "\n";
  const auto figure = [](const Figure& f, const char* pair) {
    if (!f.certificate) return fmt::format("grid, {}: withheld: {}\n", pair, f.withheld);
    return fmt::format(
        "grid, {}: {:.8f}{}\n", pair, f.certificate->mu,
        f.certificate->left_out ? fmt::format(" ({} smaller values left out: their h are odd-even)", f.certificate->left_out) : "");
  };
  if (p.by == By::grid) out += figure(g.given, "the same pair");
  if (p.by == By::grid && !w.steps.empty()) out += figure(g.best, "the best pair");
  if (p.by == By::grid && (g.given.certificate || g.best.certificate))
    out += fmt::format("the grid's are of its {} x {} cells alone, not refined: no limit is claimed\n", p.input.grid.x_cells,
                       p.input.grid.v_cells);
  out += fmt::format("mu {:.8f} derived, {:.8f} as printed; with eps of the line after (4.8), mu - eps: {:.6g} derived, {:.6g} as printed",
                     t.mu, t.mu_as_printed, t.mu - t.eps_bound_derived, t.mu_as_printed - t.eps_bound);
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
    page.progress.end(grid.given.certificate ? fmt::format("{:.8f}", grid.given.certificate->mu) : "withheld");
  }
  Json summary = summary_head(p, p.by == By::grid ? "Hermite polynomials by degree, and the case's grid" : "Hermite polynomials by degree");
  summary["certificate"] = certificate_json(p, witness, grid);
  page.take_folder();
  page.finish(summary, table(p, witness, grid));
  return summary;
}

}  // namespace hypofp
