#include "io/results/report.hpp"

#include <fmt/format.h>

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

/// Within a Markdown table a bar would end the cell.
std::string table_cell(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string state_of(const Json& verdict) {
  if (verdict["holds"].is_null()) return "OPEN ";
  return verdict["holds"].get<bool>() ? "HOLDS" : "FAILS";
}

std::string setting(const Json& s) {
  const Json& c = s["case"];
  const Json& cells = c["grid"]["cells"];
  std::string model = fmt::format("d = {}, omega0 = {}", number(c["model"]["dimension"]), number(c["model"]["omega0"]));
  if (c["model"].contains("gamma")) model += fmt::format(", gamma = {}, beta = {}", number(c["model"]["gamma"]), number(c["model"]["beta"]));
  if (c.contains("asgd")) model += fmt::format(", eta = {}, kappa = {}", number(c["asgd"]["learning_rate"]), number(c["asgd"]["staleness"]));
  return fmt::format("{}, {}; {} x {} cells an axis pair, half-width {}, order {}", s["theory"]["regime"].get<std::string>(), model, number(cells[0]),
                     number(cells[1]), number(c["grid"]["half_width"]), number(c["grid"]["order"]));
}

std::string epsilon_text(const Json& c) {
  if (!c.contains("perturbation")) return "0";
  const Json& p = c["perturbation"];
  if (p.contains("potential")) return "grad of " + p["potential"].get<std::string>();
  std::string out;
  for (const auto& e : p["epsilon"]) out += (out.empty() ? "" : ", ") + e.get<std::string>();
  return out;
}

/// value +- uncertainty, two digits of the latter.
std::string measured(const Json& value, const Json& uncertainty) {
  if (value.is_null()) return "-";
  return fmt::format("{:.12g} +- {:.1e}", value.get<double>(), uncertainty.get<double>());
}

}  // namespace

std::string report_table(const Json& s) {
  std::string out;
  const auto line = [&](const std::string& name, const std::string& value) { out += fmt::format("  {:<34} {}\n", name, wrapped(value, 62, std::string(37, ' '))); };
  out += s["case"]["title"].get<std::string>() + "\n";
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
    line("mu - eps of the theorem", t["eps_bound"].get<double>() >= t["mu"].get<double>() ? fmt::format("vacuous (eps = {})", number(t["eps_bound"])) : number(t["mu"].get<double>() - t["eps_bound"].get<double>()));
  line("measured, ||h||_*, on this grid", measured(m["rate_h"], m["uncertainty_h"]));
  line("measured, H, on this grid", measured(m["rate_H"], m["uncertainty_H"]));
  line("window", fmt::format("t = {} to {}{}, by {}", number(m["window"][0]), number(m["window"][1]),
                             m["half_period"].get<double>() > 0 ? fmt::format(" (half-period {})", number(m["half_period"], 4)) : "", m["method"].get<std::string>()));
  out += "steady state F\n";
  const Json& f = s["steady"];
  line("mean (x, v)", vector_text(f["mean"]));
  for (const auto& row : f["covariance"]) line(&row == &f["covariance"].front() ? "covariance" : "", vector_text(row));
  line("||F/M||_*, residual", fmt::format("{}, {}", number(f["norm"], 10), number(f["residual"], 2)));
  out += "verdicts\n";
  for (const auto& v : s["verdicts"]) {
    out += fmt::format("  {}  {}\n", state_of(v), wrapped(v["claim"].get<std::string>(), 90, "         "));
    if (!v["value"].is_null()) out += fmt::format("         value {}, bound {}\n", number(v["value"], 8), number(v["bound"], 8));
    if (v.contains("why")) out += fmt::format("         {}\n", wrapped(v["why"].get<std::string>(), 90, "         "));
  }
  const Json& c = s["cost"];
  out += fmt::format("cost: {} s, {} applications on {} cells, peak {:.3g} GB, {} rank{}\n", number(c["seconds"], 3), number(c["applications"]), number(c["cells"]),
                     c["peak_bytes"].get<double>() / 1e9, number(s["ranks"]), s["ranks"] == 1 ? "" : "s");
  return out;
}

void write_summary(const std::string& directory, const Json& summary) {
  replace_file(directory + "/summary.json", summary.dump(2) + "\n");  // not finite numbers become null
}

void write_report(const std::string& directory, const Json& s) {
  const auto picture = [&](const char* name, const char* text) {
    return std::filesystem::exists(directory + "/" + name) ? fmt::format("![{}]({})\n\n", text, name) : std::string();
  };
  std::string out = fmt::format("# {}\n\n", s["case"]["title"].get<std::string>());
  out += "```\n" + report_table(s) + "```\n\n" + picture("decay.png", "decay of the norm and of H") + picture("fields.png", "fields at the end");
  if (s["case"].contains("perturbation")) {
    out += "## Assumption 3.1 on this box\n\n| quantity | supremum | |\n|---|---|---|\n";
    for (const auto& row : s["theory"]["assumption"]["table"])
      out += fmt::format("| {} | {} | {}{} |\n", table_cell(row["quantity"]), number(row["value"], 8), row["resolved"].get<bool>() ? "" : "not resolved ",
                         row["box_dependent"].get<bool>() ? "grows with the box" : "");
    out += fmt::format("\neps_0 = {}; eps of Theorem 3.2: {} as printed, {} derived.\n", number(s["theory"]["eps0"]), number(s["theory"]["eps_bound"]),
                       number(s["theory"]["eps_bound_derived"]));
  }
  replace_file(directory + "/report.md", out);
}

}  // namespace hypofp
