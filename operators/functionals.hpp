#pragma once
#include "operators/generator.hpp"

namespace hypofp {

// What is read off phi on a grid; Generator's members of these names. Collective. Derivatives are Gamma = Q + z/2: then P > 0 gives
// H >= 0. An observation costs about one application of the generator.

/// H of (3.8).
inline double lyapunov(const Observation& o, double C, double C_hat) { return o.grad_x + C * o.grad_v + 2 * C_hat * o.cross; }

/// <velocity x position, phi>, of tables over this rank's v-cells and over the block of positions.
double product(const PhaseGrid& grid, const std::vector<double>& velocity, const std::vector<double>& position, Vec phi);

}  // namespace hypofp
