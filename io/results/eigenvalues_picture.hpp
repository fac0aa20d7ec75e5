#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace hypofp {

/// Draws the eigenvalues of a summary that has "spectrum" in the complex plane: of the grid or the witness alone, of the witness beside the
/// grid, and those at eps = 0. Empty, or why there is no picture. Throws UserError where the summary is none.
std::string draw_eigenvalues(const std::string& png, const nlohmann::json& summary);

}  // namespace hypofp
