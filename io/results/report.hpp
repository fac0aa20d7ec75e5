#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace hypofp {

/// The table a person reads at the end of a run, from summary.json's content. Plain text, at most 100 columns.
std::string report_table(const nlohmann::ordered_json& summary);
/// Constants of the theorem, derived and as printed, and Assumption 3.1, from summary.json's "theory"; and its "admissibility".
std::string theory_table(const nlohmann::ordered_json& theory, bool perturbed);
std::string admissibility_table(const nlohmann::ordered_json& admissibility);
/// DIR/report.md and DIR/report.html, the same page: setting, theory beside measurement, verdicts, steady state, cost, how to reproduce,
/// the pictures that are in the folder. From summary.json and case.toml, where they are a run's. Throws OutputError; UserError where the
/// summary is damaged.
void write_report(const std::string& directory);

}  // namespace hypofp
