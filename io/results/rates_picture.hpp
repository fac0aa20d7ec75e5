#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace hypofp {

/// Draws the rates a step over eta, (3.7), of a summary of `hypofp asgd`: the model's, derived and as printed, the algorithm's, and what
/// paths and the PDE gave in this case. Empty, or in words why there is none.
std::string draw_rates(const std::string& png, const nlohmann::json& summary);
/// Draws how the algorithm's moments come near those of (2.2) as eta falls.
std::string draw_limit(const std::string& png, const nlohmann::json& summary);

}  // namespace hypofp
