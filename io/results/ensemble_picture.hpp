#pragma once
#include <string>

namespace hypofp {

/// Draws ensemble.png from ensemble.h5 and summary.json of a folder: mean and variance of theta_1, the excess loss, and the size of the
/// mean beside what contracts at the derived rate and at the printed one. Empty, or in words why there is none. Throws UserError where the
/// folder does not hold the results of `hypofp asgd`.
std::string draw_ensemble(const std::string& folder);

}  // namespace hypofp
