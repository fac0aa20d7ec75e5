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

std::string epsilon_text(const Json& c) {
  if (!c.contains("perturbation")) return "0";
  const Json& p = c.at("perturbation");
  if (p.contains("potential")) return "grad of " + p.at("potential").get<std::string>();
  std::string out;
  for (const auto& e : p.at("epsilon")) out += (out.empty() ? "" : ", ") + e.get<std::string>();
  return out;
}

std::string measured(const Json& value, const Json& uncertainty, const Json& parts) {
  if (value.is_null()) return "-";
  std::string made;
  for (const auto& [name, part] : parts.items()) made += fmt::format("{}{} {:.0e}", made.empty() ? "" : ", ", name, part.get<double>());
  return fmt::format("{:.12g} +- {:.1e} ({})", value.get<double>(), uncertainty.get<double>(), made);
}

std::string witness_text(const Json& w) {
  if (w.contains("silent")) return "silent: " + w.at("silent").get<std::string>();
  return fmt::format("degree {}, {} unknowns, rates {} and {}", number(w.at("degree")), number(w.at("unknowns")),
                     number(w.at("rate_h"), 12), number(w.at("rate_H"), 12));
}

}  // namespace hypofp::words
