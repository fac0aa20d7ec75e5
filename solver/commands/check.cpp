#include <fmt/format.h>

#include "solver/commands/commands.hpp"
#include "solver/problem.hpp"

namespace hypofp {
namespace {

std::string theory_text(const Problem& p) {
  const Theory& t = p.theory;
  const Model& m = p.input.model;
  std::string out = fmt::format("theory (omega0 = {:.6g}, gamma = {:.6g}, beta = {:.6g}): {}\n", m.omega0, m.gamma, m.beta, t.regime);
  const auto row = [&](const char* name, double derived, double printed) {
    out += fmt::format("  {:<34} {:>14.8g} {:>14.8g}\n", name, derived, printed);
  };
  out += fmt::format("  {:<34} {:>14} {:>14}\n", "", "derived", "as printed");
  row("mu, ||h||_* ~ e^(-mu t)", t.mu, t.mu_as_printed);
  row("C", t.C, t.C);
  row("C_hat", t.C_hat, t.C_hat);
  if (t.regime == "critical") row("delta", t.delta, t.delta);
  row("C_2 of Prop. 4.1", t.C2, t.C2_as_printed);
  row("Poincare constant of (3.5)", t.poincare, t.poincare_as_printed);
  row("eps of Theorem 3.2", t.eps_bound_derived, t.eps_bound);
  if (p.epsilon) {
    out += fmt::format("  rate left by the theorem, mu - eps   {}\n",
                       t.eps_bound >= t.mu ? "none: eps >= mu, the bound is vacuous" : fmt::format("{:.6g}", t.mu - t.eps_bound));
    out += "Assumption 3.1 on this box (eps_0 is the largest)\n";
    for (const auto& r : t.assumption)
      out += fmt::format("  {:<34} {:>14.8g}  {}{}\n", r.quantity, r.value, r.resolved ? "" : "not resolved  ", r.box_dependent ? "grows with the box" : "");
    const Admissibility& a = p.admissibility;
    out += fmt::format("eps is {}: {}\n  numerical abscissa {:.4g} ({:.4g} on a box wider by 1.5), edge share of F {:.2g}, change of ||F/M||_* {:.2g}\n",
                       a.verdict, a.why, a.numerical_abscissa, a.abscissa_wider, a.edge_share_of_F, a.growth_of_F);
  }
  return out;
}

}  // namespace

void check(const std::string& case_file, const std::vector<std::string>& overrides) {
  int rank = 0;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  const Problem p = prepare_together(case_file, overrides);
  if (rank != 0) return;
  const Estimate& e = p.estimate;
  fmt::print("# the resolved case\n{}\n", to_toml(p.input));
  fmt::print("{}", theory_text(p));
  fmt::print("cost\n  {:.6g} cells, {:.0f} vectors, peak memory about {:.3g} GB of {:.3g} GB free\n", e.cells, e.vectors, e.peak_bytes / 1e9,
             e.available_bytes / 1e9);
  fmt::print("  about {:.0f} applications of the generator: {:.3g} cell updates\n", e.applications, e.applications * e.cells);
  for (const auto& w : p.warnings) fmt::print("warning: {}\n", w);
  fmt::print("the case can be run: hypofp run {}\n", case_file);
}

}  // namespace hypofp
