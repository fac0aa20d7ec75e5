#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace hypofp {

/// Draws the speed-up over m of a summary's workers. Empty, or in words why there is none.
std::string draw_speedup(const std::string& png, const nlohmann::json& summary);

}  // namespace hypofp
