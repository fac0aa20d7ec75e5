#pragma once
#include <vector>

#include "io/results/snapshot.hpp"
#include "solver/system.hpp"

namespace hypofp {

/// Names of a snapshot's grids, the main one first.
std::vector<std::string> field_grid_names(int dimension);

/// h of M h, point by point; masked where M is below 1e-12 of its maximum: 0/0 up to rounding.
std::vector<double> over_M(const std::vector<double>& Mh, const std::vector<double>& M);

/// What a snapshot shows. d = 1: g, h, F on (x, v) and psi = omega0^{2d} g on the sheared (theta, y) mesh. d > 1: marginals of g and F on
/// every (x_i, v_i), on x- and on theta-space; E f - min f by the theta-marginal, where f is known. Filled on rank 0. What is shown of F is
/// taken once.
class FieldGrids {
 public:
  /// `excess_loss`: f - min f on theta-space; empty where f is not known. Collective.
  FieldGrids(System& system, std::vector<double> excess_loss);
  /// Collective.
  Snapshot operator()(double time, double mass_of_g, Vec phi_h) const;

 private:
  std::vector<FieldGrid> full_fields(const Marginals& g, const Marginals& h) const;
  std::vector<FieldGrid> marginal_fields(const Marginals& g) const;
  double mean_excess(const std::vector<double>& density_of_theta) const;

  const System& system_;
  const MarginalAxes axes_;
  const std::vector<double> excess_;
  Marginals F_, M_;  // M's where d = 1
};

}  // namespace hypofp
