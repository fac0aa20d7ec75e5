#pragma once
#include <Eigen/Core>

#include "grids/observation.hpp"
#include "grids/phase_grid.hpp"

namespace hypofp {

struct Moments;

/// E theta_i and E theta_i theta_j under g, summed v-cell by v-cell while g is at hand: theta is linear in x and v, so what is needed of a
/// v-cell are the moments in x of its masses.
class ThetaMoments {
 public:
  explicit ThetaMoments(const PhaseGrid& grid);
  /// `masses`: g s_x at the positions of local v-cell a; its mass is velocity_s[a] times their sum.
  void add(PetscInt a, const double* masses);
  /// Collective.
  void fill(Observation& o);

 private:
  const PhaseGrid& grid_;
  Eigen::MatrixXd powers_;  // [position][1, x_i, x_i x_j (j <= i)]
  Eigen::VectorXd sums_;    // of 1, theta_i, theta_i theta_j
};

/// The same from the moments of (x, v).
void fill_theta(const Model& model, const Moments& moments, Observation& o);

}  // namespace hypofp
