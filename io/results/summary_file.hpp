#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace hypofp {

/// DIR/summary.json in full precision, with a checksum of what it says, atomically. Not finite numbers become null. Throws OutputError.
void write_summary(const std::string& directory, const nlohmann::ordered_json& summary);
/// Throws UserError where it is not there, is no JSON, or does not say what its checksum says. (One without is taken.)
nlohmann::json read_summary(const std::string& path);

}  // namespace hypofp
