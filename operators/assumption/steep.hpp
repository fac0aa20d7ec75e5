#pragma once
#include <vector>

#include "operators/assumption/suprema.hpp"
#include "operators/epsilon/epsilon.hpp"

namespace hypofp {

struct SteepPlace {
  std::vector<double> theta;
  std::vector<double> jump;  ///< of each component, over the spacing of the points on the line; 0 where it has none
};

/// On lines along the axes of [-reach, reach]^d: where each component of eps changes most beyond what its exact
/// derivative explains, and where its parts change most, closed in on by halving. What the derivative does not explain
/// from close by is a jump.
std::vector<SteepPlace> steep_places(const Epsilon& epsilon, const std::vector<Program>& parts, double reach, int lines,
                                     Sequence& sequence);

}  // namespace hypofp
