#pragma once
#include <vector>

#include "operators/generator.hpp"

namespace hypofp {

/// Marginal densities of g = M u, cell-centre values, complete on rank 0 (empty elsewhere).
struct Marginals {
  std::vector<std::vector<double>> planes;  ///< (x_i, v_i), i = 1..d: [nx][nv]
  std::vector<double> x_space;              ///< [nx]^d, component d fastest
  std::vector<double> theta_space;          ///< [nx]^d on the theta axis below, from integrals of g along v + gamma x = const
};

/// Points of the axes that marginals are given at, the same for each component: cell centres of x and v, and nx points over +- half_width
/// standard deviations of theta under M.
struct MarginalAxes {
  MarginalAxes(const Model& model, const GridSpec& spec);
  std::vector<double> x, v, theta;
};

/// Collective. Cost: one pass over phi.
Marginals marginals(const PhaseGrid& grid, Vec phi);

}  // namespace hypofp
