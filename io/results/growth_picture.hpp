#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace hypofp {

/// Draws the growth curves of a summary that has "growth", and e^{-gap t} under its sharp prefactor. Empty, or why there is no picture.
/// Throws UserError where the summary is none.
std::string draw_growth(const std::string& png, const nlohmann::json& summary);

}  // namespace hypofp
