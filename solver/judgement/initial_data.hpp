#pragma once
#include <Eigen/Core>
#include <optional>
#include <vector>

#include "grids/gaussian_part.hpp"
#include "operators/epsilon/expression.hpp"
#include "operators/generator.hpp"

namespace hypofp {

/// What initial data are, or what a grid makes of them: of g its mass, of h = (g - mass M)/M the rest. F plays no part.
struct InitialMeasure {
  double mass = 0, norm2 = 0;                    ///< norm2 = ‖h‖_*^2
  std::optional<std::vector<double>> gradients;  ///< ‖dh‖_*^2 along each of the 2d axes; none where h has no derivative
  double cross = 0;                              ///< <grad_x h, grad_v h>_*
  double H(double C, double C_hat) const;        ///< (3.8)
};

/// On the grid: derivatives are Gamma's. Collective.
InitialMeasure measure_on_grid(const Generator& generator, Vec phi_g);
/// A mixture of Gaussians below twice M's covariance: closed form.
InitialMeasure measure_of(const Model& model, const std::vector<GaussianPart>& parts);
/// g = M (1 + h0): sums over a finer lattice, at places that have nothing to do with the grid's, with exact derivatives of h0; where
/// those of another lattice differ, the larger; no gradients where h0 jumps. Cost: up to some 4 million points, or as many as the grid
/// has cells. Collective.
InitialMeasure measure_of(const PhaseGrid& grid, const Expression& h0);
/// g uniform on a box: mass and norm2.
InitialMeasure measure_of(const Model& model, const Eigen::VectorXd& lower, const Eigen::VectorXd& upper);

/// Relative differences of two measures; what is below rounding of ‖g/M‖_*^2 counts as none.
struct InitialErrors {
  double mass = 0, h_norm = 0, H = 0;
  double largest() const { return std::max({mass, h_norm, H}); }
};
InitialErrors errors(const InitialMeasure& grid, const InitialMeasure& truth, double C, double C_hat);

/// Cells an axis that would hold data to `wanted`, where these cells have `error`: by the order of the scheme where the error is small,
/// else from what a squared derivative of order 2r loses on Gaussian wave numbers with the data's gradients. At least what there is.
GridSpec cells_that_would_do(const Model& model, const GridSpec& spec, const InitialMeasure& truth, double error, double wanted);
/// The same for a box, on the axes themselves.
GridSpec cells_that_would_do(const Model& model, const GridSpec& spec, const Eigen::VectorXd& lower, const Eigen::VectorXd& upper,
                             double wanted);

/// Share of ‖g/M‖_*^2 beyond the box, for data known on it alone: three shells at its edge, each a fall from the one before, tell the next.
/// 1 where they do not fall. Collective.
double share_beyond(const PhaseGrid& grid, Vec phi_g);

}  // namespace hypofp
