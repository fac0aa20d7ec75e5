#pragma once
#include <vector>

#include "operators/assumption/suprema.hpp"
#include "operators/epsilon/epsilon.hpp"

namespace hypofp {

/// Where a component of eps changes by more than its exact derivative explains.
struct SteepPlace {
  int component;
  std::vector<double> theta;
  double
      jump;  ///< over the spacing of the points on the line; 0 where the derivative explains the change from close by
};

/// On lines along the axes of [-reach, reach]^d the steepest place of each component, closed in on by halving.
std::vector<SteepPlace> steep_places(const Epsilon& epsilon, double reach, int lines, Sequence& sequence);

}  // namespace hypofp
