#pragma once
#include "operators/generator.hpp"

namespace hypofp {

// What is read off phi on a grid; Generator's members of these names. Collective. Derivatives are Gamma = Q + z/2: then P > 0 gives
// H >= 0. An observation costs about one application of the generator.

/// H of (3.8). Not inline: where it is made anew for a resumed run it has the same bits.
double lyapunov(const Observation& o, double C, double C_hat);

/// <velocity x position, phi>, of tables over this rank's v-cells and over the block of positions.
double product(const PhaseGrid& grid, const std::vector<double>& velocity, const std::vector<double>& position, Vec phi);

/// ‖d u‖_*^2 along each of the 2d axes by the matrix K, -<phi, K phi>: what Gamma gives to the order of the scheme, so that their
/// difference tells how well the grid resolves u.
std::vector<double> gradient_squares_by_K(const Generator& generator, Vec phi);

}  // namespace hypofp
