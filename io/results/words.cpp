#include "io/results/words.hpp"

#include <fmt/format.h>

#include <cmath>

namespace hypofp::words {

std::string number(const Json& value, int digits) {
  if (value.is_null()) return "-";
  if (value.is_number_integer()) return fmt::format("{}", value.get<long long>());
  return fmt::format("{:.{}g}", value.get<double>(), digits);
}

std::string vector_text(const Json& values) {
  std::string out = "(";
  for (const auto& v : values) out += (out.size() > 1 ? ", " : "") + number(std::abs(v.get<double>()) < 1e-13 ? Json(0.0) : v, 8);
  return out + ")";
}

std::string state_of(const Json& verdict) {
  if (verdict.at("holds").is_null()) return "OPEN";
  return verdict.at("holds").get<bool>() ? "HOLDS" : "FAILS";
}

std::string setting(const Json& s) {
  const Json& c = s.at("case");
  std::string model = fmt::format("d = {}, omega0 = {}", number(c.at("model").at("dimension")), number(c.at("model").at("omega0")));
  if (c.at("model").contains("gamma"))
    model += fmt::format(", gamma = {}, beta = {}", number(c.at("model").at("gamma")), number(c.at("model").at("beta")));
  if (c.contains("asgd"))
    model += fmt::format(", eta = {}, kappa = {}", number(c.at("asgd").at("learning_rate")), number(c.at("asgd").at("staleness")));
  return fmt::format("{}, {}; {}", s.at("theory").at("regime").get<std::string>(), model, s.at("discretisation").get<std::string>());
}

bool perturbed(const nlohmann::json& c) {
  return c.contains("table") || (c.contains("perturbation") && c.at("perturbation").value("scale", 1.0) != 0);
}

std::string epsilon_text(const Json& c) {
  if (c.contains("table"))
    return fmt::format("of the logistic loss on {}, tapered at {} standard deviations", c.at("table").at("file").get<std::string>(),
                       number(c.at("table").at("taper")));
  if (!c.contains("perturbation")) return "0";
  const Json& p = c.at("perturbation");
  const double factor = p.value("scale", 1.0);
  const std::string scale = factor == 1 ? "" : fmt::format("{} times ", factor);
  if (p.contains("potential")) return scale + "grad of " + p.at("potential").get<std::string>();
  std::string out;
  for (const auto& e : p.at("epsilon")) out += (out.empty() ? scale : ", ") + e.get<std::string>();
  return out;
}

std::string measured(const Json& value, const Json& uncertainty, const Json& parts) {
  if (value.is_null()) return "-";
  std::string made;
  for (const auto& [name, part] : parts.items()) made += fmt::format("{}{} {:.0e}", made.empty() ? "" : ", ", name, part.get<double>());
  return fmt::format("{:.12g} +- {:.1e} ({})", value.get<double>(), uncertainty.get<double>(), made);
}

std::string gap_text(const Json& spectrum) {
  return fmt::format("{} +- {:.1e} ({})", number(spectrum.at("gap"), 12), spectrum.at("gap_doubt").get<double>(),
                     spectrum.at("by").get<std::string>());
}

std::string ledger_entry(const Json& inequality, const char* side) {
  const Json& e = inequality.at(side);
  const std::string state = fmt::format("{:<5}", state_of(e));
  if (e.at("value").is_null()) return state;
  if (inequality.at("name").get<std::string>().starts_with("eq_4_8") && e.at("bound") > 0.0) return state + " vacuous: eps > mu";
  const double slack = e.at("slack");
  return fmt::format("{} {:>9} at {:<7}", state, number(std::abs(slack) < 1e-12 ? 0.0 : slack, 3), number(e.at("time"), 4));
}

std::string defects_text(const Json& ledger) {
  std::string out;
  for (const auto& q : ledger.at("identity_defects"))
    out += fmt::format("{}{} {:.0e}", out.empty() ? "" : ", ", q.at("name").get<std::string>(), q.at("largest_defect").get<double>());
  return out;
}

std::string witness_text(const Json& w) {
  if (w.contains("silent")) return "silent: " + w.at("silent").get<std::string>();
  const auto fitted = [&](const char* rate, const char* uncertainty) {
    return w.at(rate).is_null() ? "-" : fmt::format("{} +- {:.1e}", number(w.at(rate), 12), w.at(uncertainty).get<double>());
  };
  return fmt::format("degree {}, {} unknowns, rates {} and {}, fitted to its own series", number(w.at("degree")), number(w.at("unknowns")),
                     fitted("rate_h", "uncertainty_h"), fitted("rate_H", "uncertainty_H"));
}

}  // namespace hypofp::words
