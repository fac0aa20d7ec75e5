#pragma once
#include <vector>

#include "solver/ensembles/exact.hpp"

namespace hypofp {

// How far the models of the algorithm hold, exactly, on f = omega0^2 |theta|^2/2 (alpha = eta omega0^2).

/// Rates a step, of squares: ‖h‖_*^2, the squared mean and second moments fall by e^{-rate}.
struct StepRates {
  double alpha;
  double derived, as_printed;   ///< 2 mu delta_t and twice that, (3.7)
  double mean, second_moments;  ///< of the algorithm
};
/// Over alphas that rise by the same factor.
std::vector<StepRates> step_rates(double kappa, double lowest, double highest, int count);

/// The algorithm's distance from (2.2) at a learning rate, where 1 - kappa = gamma^2 eta and Sigma^2 ~ 1/eta keep gamma and beta.
struct LimitRow {
  double eta, kappa;
  double mean, covariance;  ///< largest over the steps up to the end, in standard deviations under M
  double second_rate;       ///< |rate of second moments - 2 mu|, in time
};
/// From the learning rate down, each half of the one before. `start` is the law of (theta, y), `end` the time up to which moments count.
std::vector<LimitRow> towards_the_sde(const Model& model, const Asgd& asgd, const Law& start, double end, int halvings);
/// log2 of the last two rows' ratio.
LimitRow orders(const std::vector<LimitRow>& rows);

}  // namespace hypofp
