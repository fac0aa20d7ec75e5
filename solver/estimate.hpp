#pragma once
#include <cstddef>

#include "io/case/case.hpp"

namespace hypofp {

/// What a run will take, before anything is allocated.
struct Estimate {
  int ranks = 1;
  double cells = 0;
  double vectors = 0;  ///< of the grid, held at once, all ranks together
  double peak_bytes = 0, available_bytes = 0;
  double applications = 0;
  double multiply_adds = 0;  ///< of these
};

/// Throws UserError (with its place in the case) where ranks, unknowns or memory do not fit. No grid is allocated.
Estimate estimate(const Case& input, int ranks);

/// Bytes this process may still take: what the system has free, within the control group's limit, as the files below `root` say.
double available_bytes(const std::string& root = "");

}  // namespace hypofp
