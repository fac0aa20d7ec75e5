#pragma once
#include <Eigen/Core>
#include <vector>

#include "grids/observation.hpp"
#include "operators/generator.hpp"

namespace hypofp {

/// H of (3.8).
inline double lyapunov(const Observation& o, double C, double C_hat) { return o.grad_x + C * o.grad_v + 2 * C_hat * o.cross; }

struct Moments {
  double mass;
  Eigen::VectorXd mean;        ///< 2d: (x_1..x_d, v_1..v_d)
  Eigen::MatrixXd covariance;  ///< 2d x 2d
};

/// <sqrt(W), phi>: the mass of g = M u. Collective, as all below.
double mass(const PhaseGrid& grid, Vec phi);
/// Takes `amount` of M out of phi; amount = mass(phi) leaves a mean-zero function.
void remove_mass(const PhaseGrid& grid, Vec phi, double amount);

/// time and H are the caller's to fill in. phi_F null means F = M. Derivatives are Gamma = Q + z/2 (scheme.md): then P > 0 gives H >= 0.
/// Costs about one application of the generator.
Observation observe(const Generator& generator, Vec phi_F, double mass_of_g, Vec phi_h);

/// Share of ||phi||^2 in the outermost cells.
double edge_share(const PhaseGrid& grid, Vec phi);

/// Mass, mean and covariance of g = M u.
Moments moments(const PhaseGrid& grid, Vec phi);

}  // namespace hypofp
