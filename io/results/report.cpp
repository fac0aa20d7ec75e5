#include "io/results/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "io/files.hpp"

namespace hypofp {
namespace {

using Json = nlohmann::ordered_json;

std::string number(const Json& value, int digits = 6) {
  if (value.is_null()) return "-";
  if (value.is_number_integer()) return fmt::format("{}", value.get<long long>());
  return fmt::format("{:.{}g}", value.get<double>(), digits);
}

std::string vector_text(const Json& values) {
  std::string out = "(";
  for (const auto& v : values) out += (out.size() > 1 ? ", " : "") + number(std::abs(v.get<double>()) < 1e-13 ? Json(0.0) : v, 8);
  return out + ")";
}

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

std::string state_of(const Json& verdict) {
  if (verdict["holds"].is_null()) return "OPEN ";
  return verdict["holds"].get<bool>() ? "HOLDS" : "FAILS";
}

std::string setting(const Json& s) {
  const Json& c = s["case"];
  std::string model = fmt::format("d = {}, omega0 = {}", number(c["model"]["dimension"]), number(c["model"]["omega0"]));
  if (c["model"].contains("gamma"))
    model += fmt::format(", gamma = {}, beta = {}", number(c["model"]["gamma"]), number(c["model"]["beta"]));
  if (c.contains("asgd"))
    model += fmt::format(", eta = {}, kappa = {}", number(c["asgd"]["learning_rate"]), number(c["asgd"]["staleness"]));
  return fmt::format("{}, {}; {}", s["theory"]["regime"].get<std::string>(), model, s["discretisation"].get<std::string>());
}

std::string epsilon_text(const Json& c) {
  if (!c.contains("perturbation")) return "0";
  const Json& p = c["perturbation"];
  if (p.contains("potential")) return "grad of " + p["potential"].get<std::string>();
  std::string out;
  for (const auto& e : p["epsilon"]) out += (out.empty() ? "" : ", ") + e.get<std::string>();
  return out;
}

/// value +- uncertainty, and what that is made of.
std::string measured(const Json& value, const Json& uncertainty, const Json& parts) {
  if (value.is_null()) return "-";
  std::string made;
  for (const auto& [name, part] : parts.items()) made += fmt::format("{}{} {:.0e}", made.empty() ? "" : ", ", name, part.get<double>());
  return fmt::format("{:.12g} +- {:.1e} ({})", value.get<double>(), uncertainty.get<double>(), made);
}

std::string witness_text(const Json& w) {
  if (w.contains("silent")) return "silent: " + w["silent"].get<std::string>();
  return fmt::format("degree {}, {} unknowns, rates {} and {}", number(w["degree"]), number(w["unknowns"]), number(w["rate_h"], 12),
                     number(w["rate_H"], 12));
}

std::string compared(const Json& verdict) {
  std::string out = "value " + number(verdict["value"], 8);
  if (!verdict["bound"].is_null()) out += ", bound " + number(verdict["bound"], 8);
  const bool known = verdict.contains("uncertainty") && !verdict["uncertainty"].is_null();
  return known && verdict["uncertainty"] != 0.0 ? out + ", known to " + number(verdict["uncertainty"], 2) : out;
}

/// A text of the case on one line: control characters are blanks.
std::string one_line(const Json& text) {
  std::string out = text.get<std::string>();
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return out;
}
/// The same as text in Markdown.
std::string markdown(const Json& text) {
  std::string out;
  for (const char c : one_line(text)) {
    if (std::ispunct(static_cast<unsigned char>(c))) out += '\\';
    out += c;
  }
  return out;
}
/// A fence longer than any run of backquotes in the text.
std::string fenced(const std::string& text) {
  std::size_t longest = 2, run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return fence + "\n" + text + fence + "\n";
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
  line("mu, derived" + std::string(s["case"].contains("perturbation") ? " (eps = 0)" : ""), number(t["mu"], 12));
  line("mu, as printed", number(t["mu_as_printed"], 12));
  if (s["case"].contains("perturbation"))
    line("mu - eps of the theorem", t["eps_bound"].get<double>() >= t["mu"].get<double>()
                                        ? fmt::format("vacuous (eps = {})", number(t["eps_bound"]))
                                        : number(t["mu"].get<double>() - t["eps_bound"].get<double>()));
  line("measured, ||h||_*", measured(m["rate_h"], m["uncertainty_h"], m["parts_h"]));
  line("measured, H", measured(m["rate_H"], m["uncertainty_H"], m["parts_H"]));
  if (s.contains("witness")) line("witness (Hermite-Galerkin)", witness_text(s["witness"]));
  line("window", fmt::format("t = {} to {}{}, by {}", number(m["window"][0]), number(m["window"][1]),
                             m["half_period"].get<double>() > 0 ? fmt::format(" (half-period {})", number(m["half_period"], 4)) : "",
                             m["method"].get<std::string>()));
  out += "steady state F\n";
  const Json& f = s["steady"];
  line("mean (x, v)", vector_text(f["mean"]));
  for (const auto& row : f["covariance"]) line(&row == &f["covariance"].front() ? "covariance" : "", vector_text(row));
  line("||F/M||_*, residual", fmt::format("{}, {}", number(f["norm"], 10), number(f["residual"], 2)));
  out += "verdicts\n";
  for (const auto& v : s["verdicts"]) {
    out += fmt::format("  {}  {}\n", state_of(v), wrapped(v["claim"].get<std::string>(), 90, "         "));
    if (!v["value"].is_null()) out += "         " + compared(v) + "\n";
    if (v.contains("why")) out += fmt::format("         {}\n", wrapped(v["why"].get<std::string>(), 90, "         "));
  }
  const Json& c = s["cost"];
  out += fmt::format("cost: {} s, {} applications on {} {}, peak {:.3g} GB, {} rank{}\n", number(c["seconds"], 3),
                     number(c["applications"]), number(c["cells"]), s["by"] == "grid" ? "cells" : "unknowns",
                     c["peak_bytes"].get<double>() / 1e9, number(s["ranks"]), s["ranks"] == 1 ? "" : "s");
  return out;
}

void write_report(const std::string& directory, const Json& s) {
  const auto picture = [&](const char* name, const char* text) {
    return std::filesystem::exists(directory + "/" + name) ? fmt::format("![{}]({})\n\n", text, name) : std::string();
  };
  std::string out = fmt::format("# {}\n\n", markdown(s["case"]["title"]));
  out += fenced(report_table(s)) + "\n" + picture("decay.png", "decay of the norm and of H") + picture("fields.png", "fields at the end");
  out += "## Theory\n\n" + fenced(theory_table(s["theory"], s["case"].contains("perturbation")));
  replace_file(directory + "/report.md", out);
}

}  // namespace hypofp
