#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace hypofp {

/// Draws mu_cert of a summary that has "certificate" over the degree, for the theorem's pair and the best, beside mu and the printed bound.
/// Empty, or why there is no picture. Throws UserError where the summary is none.
std::string draw_certificate(const std::string& png, const nlohmann::json& summary);

}  // namespace hypofp
