#pragma once
#include <nlohmann/json.hpp>
#include <string>

namespace hypofp::words {

// What parts of a summary are in words: for the table of the terminal and for the report.
using Json = nlohmann::ordered_json;

std::string number(const Json& value, int digits = 6);
/// (a, b, ...), rounding shown as zero.
std::string vector_text(const Json& values);
std::string state_of(const Json& verdict);
std::string setting(const Json& summary);
/// eps is on: a perturbation, or the loss of a table.
bool perturbed(const nlohmann::json& resolved_case);
std::string epsilon_text(const Json& resolved_case);
/// value +- uncertainty, and what that is made of.
std::string measured(const Json& value, const Json& uncertainty, const Json& parts);
/// Of a run's spectrum.
std::string gap_text(const Json& spectrum);
/// An inequality of the ledger, "derived" or "as_printed": state, smallest slack in units of its own terms, and when.
std::string ledger_entry(const Json& inequality, const char* side);
/// The largest defects of the identities.
std::string defects_text(const Json& ledger);
std::string witness_text(const Json& witness);

}  // namespace hypofp::words
