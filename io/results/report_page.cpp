#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "grids/errors.hpp"
#include "io/files.hpp"
#include "io/results/document.hpp"
#include "io/results/report.hpp"
#include "io/results/words.hpp"

namespace hypofp {
namespace {

using namespace words;
using Rows = std::vector<std::vector<std::string>>;

void add_verdict_in_brief(Document& page, const Json& s) {
  std::map<std::string, int> count;
  for (const auto& v : s.at("verdicts")) ++count[state_of(v)];
  page.paragraph(fmt::format("{}. Of {} claims {} hold, {} fail, {} are open.", setting(s), s.at("verdicts").size(), count["HOLDS"],
                             count["FAILS"], count["OPEN"]));
  const Json& a = s.at("admissibility");
  if (a.at("verdict") != "admissible")
    page.paragraph(fmt::format("!!! eps is {} !!! {}", a.at("verdict").get<std::string>(), a.at("why").get<std::string>()));
}

std::string keys_of(const Json& table) {
  std::string out;
  for (const auto& [key, value] : table.items()) out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", key, value.dump());
  return out;
}

void add_setting(Document& page, const Json& s) {
  const Json& c = s.at("case");
  page.heading(2, "Setting");
  page.paragraph("Equation (2.4), grad f = omega0^2 theta + eps(theta); x = y, v = -omega0^2 theta - gamma y; h = (g - F)/M.");
  Rows rows{{"", ""}, {"model", setting(s)}, {"eps(theta)", epsilon_text(c)}};
  for (const char* table : {"initial", "grid", "time", "witness"})
    if (c.contains(table)) rows.push_back({table, keys_of(c.at(table))});
  rows.push_back({fmt::format("eps is {}", s.at("admissibility").at("verdict").get<std::string>()),
                  s.at("admissibility").at("why").get<std::string>()});
  page.table(rows);
}

void add_theory(Document& page, const Json& s) {
  const Json &t = s.at("theory"), &m = s.at("measured");
  page.heading(2, "Theory beside measurement");
  const bool with_eps = perturbed(s.at("case"));
  const std::string mu = with_eps ? " (eps = 0)" : "";
  Rows rows{{"", "derived", "as printed", "measured"}};
  const std::string derived = number(t.at("mu"), 12) + mu, printed = number(t.at("mu_as_printed"), 12) + mu;
  rows.push_back({"rate of ||h||_*", derived, printed, measured(m.at("rate_h"), m.at("uncertainty_h"), m.at("parts_h"))});
  rows.push_back({"rate of H^(1/2)", derived, printed, measured(m.at("rate_H"), m.at("uncertainty_H"), m.at("parts_H"))});
  const auto constant = [&](const char* name, const char* key, const char* key_as_printed) {
    rows.push_back({name, number(t[key], 8), number(t[key_as_printed], 8), ""});
  };
  constant("C of (3.6)", "C", "C");
  constant("C_hat of (3.6)", "C_hat", "C_hat");
  constant("C_2 of Prop. 4.1", "C2", "C2_as_printed");
  constant("Poincare constant of (3.5)", "poincare", "poincare_as_printed");
  constant("eps of Theorem 3.2", "eps_bound_derived", "eps_bound");
  page.table(rows);
  page.paragraph(fmt::format("||h||_* ~ e^(-rate t), H ~ e^(-2 rate t); measured over t = {} to {} by {}.", number(m.at("window").at(0)),
                             number(m.at("window").at(1)), m.at("method").get<std::string>()));
  if (s.contains("spectrum")) page.paragraph("True gap at this eps: " + gap_text(s.at("spectrum")) + ".");
  if (s.contains("witness")) page.paragraph("Witness (Hermite-Galerkin): " + witness_text(s.at("witness")) + ".");
  if (!with_eps) return;
  Rows assumption{{"Assumption 3.1 on this box", "value", ""}};
  for (const auto& r : t.at("assumption").at("table"))
    assumption.push_back({r.at("quantity").get<std::string>(), number(r.at("value"), 8),
                          fmt::format("{}{}", r.at("resolved").get<bool>() ? "" : "not resolved ",
                                      r.at("box_dependent").get<bool>() ? "grows with the box" : "")});
  page.table(assumption);
}

void add_verdicts(Document& page, const Json& s) {
  page.heading(2, "Verdicts");
  Rows rows{{"", "claim", "value", "bound", "known to", "why"}};
  for (const auto& v : s.at("verdicts"))
    rows.push_back({state_of(v), v.at("claim").get<std::string>(), number(v.at("value"), 8), number(v.at("bound"), 8),
                    v.contains("uncertainty") && v.at("uncertainty") != 0.0 ? number(v.at("uncertainty"), 2) : "-", v.value("why", "")});
  page.table(rows);
}

void add_ledger(Document& page, const Json& s) {
  if (!s.contains("ledger")) return;
  const Json& ledger = s.at("ledger");
  page.heading(2, "Ledger of the proof");
  page.paragraph(
      fmt::format("Each inequality along the run, by the {}: whether it holds, its smallest slack in units of its own terms, and when; "
                  "eps_0 on |x|, |v| <= {} "
                  "standard deviations. Row by row: ledger.h5.",
                  ledger.at("by").get<std::string>(), number(ledger.at("half_width_of_eps_0"))));
  Rows rows{{"claim", "derived", "as printed"}};
  for (const auto& q : ledger.at("inequalities"))
    rows.push_back({q.at("claim").get<std::string>(), ledger_entry(q, "derived"), ledger_entry(q, "as_printed")});
  page.table(rows);
  page.paragraph("Largest defects of the identities, in units of their terms: " + defects_text(ledger) + ".");
}

/// Mean and covariance under the names of their components.
void add_moments(Document& page, std::vector<std::string> names, const Json& mean, const Json& covariance) {
  Rows rows{{"", "mean"}};
  const auto shown = [](const Json& v) { return number(std::abs(v.get<double>()) < 1e-13 ? Json(0.0) : v, 8); };
  for (const std::string& name : names) rows[0].push_back("covariance with " + name);
  for (std::size_t i = 0; i < names.size(); ++i) {
    rows.push_back({names[i], shown(mean.at(i))});
    for (const auto& v : covariance.at(i)) rows.back().push_back(shown(v));
  }
  page.table(rows);
}

void add_steady_state(Document& page, const Json& s) {
  const Json& f = s.at("steady");
  const std::size_t d = f.at("mean").size() / 2;
  const auto names = [d](const char* first, const char* second) {
    std::vector<std::string> out;
    for (const char* name : {first, second})
      for (std::size_t i = 1; i <= d; ++i) out.push_back(d == 1 ? name : fmt::format("{}{}", name, i));
    return out;
  };
  page.heading(2, "Steady state F");
  page.paragraph(fmt::format("||F/M||_* = {}, residual {}; {}.", number(f.at("norm"), 10), number(f.at("residual"), 2),
                             f.at("method").get<std::string>()));
  add_moments(page, names("x", "v"), f.at("mean"), f.at("covariance"));
  Json mean = f.at("theta_mean");
  for (std::size_t i = 0; i < d; ++i) mean.push_back(f.at("mean").at(i));  // y = x
  add_moments(page, names("theta", "y"), mean, f.at("theta_y_covariance"));
}

/// The same in the algorithm's own clock.
void add_steps(Document& page, const Json& s) {
  if (!s.contains("asgd")) return;
  const Json &a = s.at("asgd"), &rate = a.at("h_norm_per_step");
  page.heading(2, "By steps of the algorithm");
  page.paragraph(
      fmt::format("A step is delta_t = sqrt(eta (1 - kappa)) = {} long; the run goes over {} steps. E f - min f under F, the floor: {}.",
                  number(a.at("delta_t"), 8), number(a.at("steps"), 6), number(a.at("steady").at("excess_loss"), 8)));
  page.table({{"", "derived", "as printed", "measured"},
              {"||h||_* of a step to the one before", number(rate.at("derived"), 10), number(rate.at("as_printed"), 10),
               number(rate.at("measured"), 10)}});
}

void add_cost(Document& page, const Json& s) {
  const Json& c = s.at("cost");
  page.heading(2, "Cost");
  page.table(
      {{"seconds", "applications", s.at("by") == "grid" ? "cells" : "unknowns", "peak memory", "ranks", "propagator"},
       {number(c.at("seconds"), 3), number(c.at("applications")), number(c.at("cells")),
        fmt::format("{:.3g} GB", c.at("peak_bytes").get<double>() / 1e9), number(s.at("ranks")), c.at("propagator").get<std::string>()}});
}

void add_recipe(Document& page, const Json& s, const std::string& resolved_case) {
  page.heading(2, "How to reproduce");
  page.paragraph("The case below, as it stands in case.toml with every default written out, gives the same run:");
  const auto ranks = s.at("ranks").get<long long>();
  page.verbatim(fmt::format("{}hypofp run case.toml{}\n", ranks == 1 ? "" : fmt::format("mpirun -n {} ", ranks),
                            s.at("by") == "grid" ? "" : " --by witness"));
  page.verbatim(resolved_case);
  Rows rows{{"made with", ""}};
  for (const auto& [name, text] : s.at("versions").items()) rows.push_back({name, text.get<std::string>()});
  page.table(rows);
}

Document page_of(const std::string& directory, const Json& s, const std::string& resolved_case) {
  Document page;
  const auto picture = [&](const char* name, const char* text) {
    if (std::filesystem::exists(directory + "/" + name)) page.picture(name, text);
  };
  page.heading(1, s.at("case").at("title").get<std::string>());
  add_verdict_in_brief(page, s);
  picture("decay.png", "Decay of the norm of h and of H, with the rates of the theory");
  add_setting(page, s);
  add_theory(page, s);
  add_verdicts(page, s);
  add_ledger(page, s);
  add_steps(page, s);
  page.heading(2, "Fields");
  picture("fields.png", "The density at the start, in the transient and at the end; grey where M is at rounding level");
  picture("theta.png", "theta under g: mean, one and two standard deviations; the excess loss and its floor");
  add_steady_state(page, s);
  add_cost(page, s);
  add_recipe(page, s, resolved_case);
  return page;
}

}  // namespace

void write_report(const std::string& directory) try {
  std::ifstream summary_file(directory + "/summary.json"), case_file(directory + "/case.toml");
  const Json summary = Json::parse(summary_file);
  if (!summary.contains("measured")) return;
  const Document page = page_of(directory, summary, {std::istreambuf_iterator<char>(case_file), {}});
  replace_file(directory + "/report.md", page.markdown());
  replace_file(directory + "/report.html", page.html(directory));
} catch (const nlohmann::json::exception& e) {
  throw UserError(fmt::format("{}/summary.json: is not the summary of a run ({})", directory, e.what()));
}

}  // namespace hypofp
