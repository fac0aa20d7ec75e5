#pragma once
#include <Eigen/Core>
#include <vector>

#include "operators/generator.hpp"
#include "operators/hermite/space.hpp"

namespace hypofp {

/// E_i = multiplication by eps_i in the functions prod psi_p(zeta): <psi_p, eps_i psi_p'>, by Gauss quadrature, summed one axis at a time.
/// Nodes are made denser until that changes nothing, or up to a number that d allows.
struct Multiplication {
  /// Throws UserError where eps is not finite at a node.
  Multiplication(const HermiteSpace& space, const EpsilonField& epsilon);

  std::vector<Eigen::MatrixXd> matrices;  ///< symmetric, over the p of level 0
  int nodes = 0;                          ///< an axis
  double error = 0;                       ///< what the last densening changed, relative to the largest entry
  double missing = 0;                     ///< share of the squares of eps, weighted with M, in degrees beyond the space's
};

}  // namespace hypofp
