#include "io/results/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/files.hpp"
#include "io/results/words.hpp"

namespace hypofp {
namespace {

using namespace words;

/// Words wrapped to `width`, continued lines indented.
std::string wrapped(const std::string& text, std::size_t width, const std::string& indent) {
  std::string out, line;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (!line.empty() && line.size() + 1 + word.size() > width) {
      out += line + "\n" + indent;
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
    begin = end + 1;
  }
  return out + line;
}

std::string compared(const Json& verdict) {
  std::string out = "value " + number(verdict["value"], 8);
  if (!verdict["bound"].is_null()) out += ", bound " + number(verdict["bound"], 8);
  const bool known = verdict.contains("uncertainty") && !verdict["uncertainty"].is_null();
  return known && verdict["uncertainty"] != 0.0 ? out + ", known to " + number(verdict["uncertainty"], 2) : out;
}

/// The proof of Theorem 3.2, inequality by inequality.
std::string ledger_table(const Json& ledger) {
  std::string out = fmt::format(
      "ledger of the proof by the {}, eps_0 on |x|, |v| <= {} standard deviations: smallest slack, when\n  {:<34} {:<28} as printed\n",
      ledger["by"].get<std::string>(), number(ledger["half_width_of_eps_0"]), "in units of the inequality's terms", "derived");
  for (const auto& q : ledger["inequalities"])
    out += fmt::format("  {:<34} {:<28} {}\n", q["claim"].get<std::string>(), ledger_entry(q, "derived"), ledger_entry(q, "as_printed"));
  return out + "  defects of the identities: " + defects_text(ledger) + "\n";
}

/// A text of the case on one line: control characters are blanks.
std::string one_line(const Json& text) {
  std::string out = text.get<std::string>();
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return out;
}

}  // namespace

std::string theory_table(const Json& t, bool perturbed) {
  std::string out = fmt::format("theory: {}\n  {:<34} {:>14} {:>14}\n", t["regime"].get<std::string>(), "", "derived", "as printed");
  const auto row = [&](const char* name, const char* derived, const char* printed) {
    out += fmt::format("  {:<34} {:>14} {:>14}\n", name, number(t[derived], 8), number(t[printed], 8));
  };
  row("mu, ||h||_* ~ e^(-mu t)", "mu", "mu_as_printed");
  row("C", "C", "C");
  row("C_hat", "C_hat", "C_hat");
  if (t["regime"] == "critical") row("delta", "delta", "delta");
  row("C_2 of Prop. 4.1", "C2", "C2_as_printed");
  row("Poincare constant of (3.5)", "poincare", "poincare_as_printed");
  row("eps of Theorem 3.2", "eps_bound_derived", "eps_bound");
  if (!perturbed) return out;
  const double left = t["mu"].get<double>() - t["eps_bound"].get<double>();
  out += fmt::format("  rate left by the theorem, mu - eps   {}\n",
                     left <= 0 ? "none: eps >= mu, the bound is vacuous" : fmt::format("{:.6g}", left));
  out += "Assumption 3.1 on this box (eps_0 is the largest)\n";
  for (const auto& r : t["assumption"]["table"])
    out += fmt::format("  {:<34} {:>14}  {}{}\n", r["quantity"].get<std::string>(), number(r["value"], 8),
                       r["resolved"].get<bool>() ? "" : "not resolved ", r["box_dependent"].get<bool>() ? "grows with the box" : "");
  return out;
}

std::string admissibility_table(const Json& a) {
  return fmt::format("eps is {}: {}\n  numerical abscissa {} ({} on a box wider by 1.5), edge share of F {}, change of ||F/M||_* {}\n",
                     a["verdict"].get<std::string>(), a["why"].get<std::string>(), number(a["numerical_abscissa"], 4),
                     number(a["numerical_abscissa_wider_box"], 4), number(a["edge_share_of_F"], 2), number(a["growth_of_F"], 2));
}

std::string report_table(const Json& s) {
  std::string out;
  const auto line = [&](const std::string& name, const std::string& value) {
    out += fmt::format("  {:<34} {}\n", name, wrapped(value, 62, std::string(37, ' ')));
  };
  out += one_line(s["case"]["title"]) + "\n";
  line("setting", setting(s));
  line("eps(theta)", epsilon_text(s["case"]));
  const Json& a = s["admissibility"];
  const std::string judged = a["verdict"];
  if (judged != "admissible") out += fmt::format("  !!! eps is {} !!!\n", judged);
  line("eps is " + judged, a["why"]);
  const Json &t = s["theory"], &m = s["measured"];
  out += "rates (||h||_* ~ e^(-rate t), H ~ e^(-2 rate t))\n";
  line("mu, derived" + std::string(perturbed(s["case"]) ? " (eps = 0)" : ""), number(t["mu"], 12));
  line("mu, as printed", number(t["mu_as_printed"], 12));
  if (perturbed(s["case"]))
    line("mu - eps of the theorem", t["eps_bound"].get<double>() >= t["mu"].get<double>()
                                        ? fmt::format("vacuous (eps = {})", number(t["eps_bound"]))
                                        : number(t["mu"].get<double>() - t["eps_bound"].get<double>()));
  if (s.contains("spectrum")) line("true gap at this eps", gap_text(s["spectrum"]));
  line("measured, ||h||_*", measured(m["rate_h"], m["uncertainty_h"], m["parts_h"]));
  line("measured, H", measured(m["rate_H"], m["uncertainty_H"], m["parts_H"]));
  if (s.contains("witness")) line("witness (Hermite-Galerkin)", witness_text(s["witness"]));
  line("window", fmt::format("t = {} to {}{}, by {}", number(m["window"][0]), number(m["window"][1]),
                             m["half_period"].get<double>() > 0 ? fmt::format(" (half-period {})", number(m["half_period"], 4)) : "",
                             m["method"].get<std::string>()));
  if (s.contains("asgd")) {
    const Json &step = s["asgd"]["h_norm_per_step"], &floor = s["asgd"]["steady"]["excess_loss"];
    line(fmt::format("a step, delta_t = {}", number(s["asgd"]["delta_t"], 4)),
         fmt::format("||h||_* times {} (derived {}, as printed {}); floor of E f - min f {}", number(step["measured"], 8),
                     number(step["derived"], 8), number(step["as_printed"], 8), number(floor, 6)));
  }
  out += "steady state F\n";
  const Json& f = s["steady"];
  line("mean (x, v)", vector_text(f["mean"]));
  for (const auto& row : f["covariance"]) line(&row == &f["covariance"].front() ? "covariance" : "", vector_text(row));
  line("||F/M||_*, residual", fmt::format("{}, {}", number(f["norm"], 10), number(f["residual"], 2)));
  out += "verdicts\n";
  for (const auto& v : s["verdicts"]) {
    out += fmt::format("  {:<5}  {}\n", state_of(v), wrapped(v["claim"].get<std::string>(), 90, "         "));
    if (!v["value"].is_null()) out += "         " + compared(v) + "\n";
    if (v.contains("why")) out += fmt::format("         {}\n", wrapped(v["why"].get<std::string>(), 90, "         "));
  }
  if (s.contains("ledger")) out += ledger_table(s["ledger"]);
  const Json& c = s["cost"];
  out += fmt::format("cost: {} s, {} applications on {} {}, peak {:.3g} GB, {} rank{}\n", number(c["seconds"], 3),
                     number(c["applications"]), number(c["cells"]), s["by"] == "grid" ? "cells" : "unknowns",
                     c["peak_bytes"].get<double>() / 1e9, number(s["ranks"]), s["ranks"] == 1 ? "" : "s");
  return out;
}

}  // namespace hypofp
