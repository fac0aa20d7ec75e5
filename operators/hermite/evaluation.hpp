#pragma once
#include <vector>

#include "operators/hermite/space.hpp"
#include "operators/marginals.hpp"

namespace hypofp {

/// Marginal densities of g = M u from coefficients, at the points of the axes; the plane is g itself where d = 1.
Marginals marginals(const HermiteSpace& space, const double* u, const MarginalAxes& axes);

/// A lattice in the rotated coordinates, over +- 3.6 standard deviations, on which the smallest g is sought.
class Lattice {
 public:
  explicit Lattice(const HermiteSpace& space);
  double smallest(const HermiteSpace& space, const double* u) const;

 private:
  Eigen::MatrixXd table_;  // products of psi over d axes times the Gaussian's density, [points^d][p]
};

/// phi of the same g on a grid. Collective; cost: cells x some N + 1.
Vector on_grid(const HermiteSpace& space, const double* u, const PhaseGrid& grid);

}  // namespace hypofp
