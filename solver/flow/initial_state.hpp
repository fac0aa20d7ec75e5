#pragma once
#include <Eigen/Core>
#include <vector>

#include "grids/gaussian_part.hpp"
#include "operators/epsilon/expression.hpp"
#include "operators/generator.hpp"

namespace hypofp {

// phi of the initial density g0 on the grid: phi = g0 (cell volume) / sqrt(W).
Vector gaussian_state(const PhaseGrid& grid, const std::vector<GaussianPart>& parts);
/// g0 = M (1 + h0), h0 in x1..xd, v1..vd. Throws UserError where h0 is not finite at a cell centre.
Vector deviation_state(const PhaseGrid& grid, const Expression& h0);
/// g0 uniform on lower <= (x, v) <= upper; cells at the boundary get their share.
Vector box_state(const PhaseGrid& grid, const Eigen::VectorXd& lower, const Eigen::VectorXd& upper);
/// g0 at the cell centres of this rank.
Vector tabulated_state(const PhaseGrid& grid, const std::vector<double>& g0);

/// Share of ||g0/M||_*^2 outside the box, bounded from the closed form (before any grid exists): a Gaussian with precision
/// 2 S^-1 - Sigma_M^-1 > 0. The largest over the parts.
double gaussian_share_outside(const Model& model, double half_width, const std::vector<GaussianPart>& parts);

/// g of a state, shape [nx]*d + [nv]*d, whole on rank 0 (empty elsewhere): what tabulated_state is made of. Collective.
std::vector<double> density_of(const PhaseGrid& grid, Vec state);

}  // namespace hypofp
