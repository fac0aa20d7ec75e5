#pragma once
#include <Eigen/Core>
#include <vector>

#include "grids/gaussian_part.hpp"
#include "grids/grid_spec.hpp"
#include "operators/epsilon/expression.hpp"
#include "operators/hermite/space.hpp"

namespace hypofp {

/// Coefficients of g/M.
struct Projection {
  Eigen::VectorXd coefficients;
  double missing = 0;  ///< share of ‖g/M‖_*^2 that a quadrature sees beyond them; 0 where their own last degrees tell it
};

/// A mixture of Gaussians of covariance below twice M's: exact at any degree, by the recurrence of its generating function.
Projection project(const HermiteSpace& space, const std::vector<GaussianPart>& parts);
/// g = M (1 + h0), h0 in x1..xd, v1..vd: Gauss quadrature, with more and more nodes until that changes nothing, or up to 5e7 of them.
/// Throws UserError where h0 is not finite at a node.
Projection project(const HermiteSpace& space, const Expression& h0);
/// g uniform on lower <= (x, v) <= upper: exact integrals along each axis.
Projection project(const HermiteSpace& space, const Eigen::VectorXd& lower, const Eigen::VectorXd& upper);
/// g at the cell centres of a grid, [v-cells][x-cells], component d fastest in both: midpoint sums over the cells.
Projection project(const HermiteSpace& space, const GridSpec& grid, const std::vector<double>& g);

}  // namespace hypofp
