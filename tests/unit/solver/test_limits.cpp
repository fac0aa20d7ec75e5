// How far the models of the algorithm hold: Remark 3.3, and the limit of small learning rates.
#include "solver/ensembles/limits.hpp"

#include <gtest/gtest.h>

#include "solver/ensembles/start.hpp"

namespace hypofp {
namespace {

TEST(Remark33, IsDecidedByTheAlgorithmForLongDelays) {
  // above both thresholds the squared mean falls by e^{-(1 - kappa)} a step, to a tenth of the way to what is printed
  for (const double kappa : {0.9, 0.95, 0.99})
    for (const StepRates& r : step_rates(kappa, 1.05 * thresholds(kappa).algorithm, 1, 20)) {
      EXPECT_NEAR(r.derived, 1 - kappa, 1e-12);
      EXPECT_NEAR(r.as_printed, 2 * (1 - kappa), 1e-12);
      EXPECT_NEAR(r.mean, -std::log(kappa), 1e-7);
      EXPECT_LT(std::abs(r.mean - r.derived), 0.1 * std::abs(r.mean - r.as_printed)) << kappa;
      EXPECT_LT(r.second_moments, r.mean);
    }
}
TEST(Remark33, HasLongerDelaysFasterBelowTheThresholdInModelAndAlgorithm) {
  const auto at = [](double kappa) { return step_rates(kappa, 0.02, 0.02, 2)[0]; };
  EXPECT_NEAR(at(0.0).derived, 0.041, 5e-4);
  EXPECT_NEAR(at(0.9).derived, 0.055, 5e-4);
  EXPECT_NEAR(at(0.92).derived, 0.080, 5e-4);
  EXPECT_NEAR(at(0.9).mean, 0.0537, 5e-5);
  EXPECT_NEAR(at(0.92).mean, 0.0666, 5e-5);
}
TEST(Limit, IsOfOrderOneInMomentsAndOfOrderOneHalfInTheRateOfSecondMoments) {
  const Asgd asgd{0.05, 0.95, std::sqrt(40.0)};  // omega0 = gamma = beta = 1: above the threshold
  for (const int d : {1, 2}) {
    const Model m = model_of(asgd, d, 1);
    const Law start = StartLaw(m, {{1, 0.8 * Eigen::VectorXd::Ones(2 * d), 0.6 * covariance_of_M(m)}}).law();
    const auto rows = towards_the_sde(m, asgd, start, 3, 7);
    ASSERT_EQ(rows.size(), 8u);
    for (const LimitRow& row : rows) EXPECT_NEAR(1 - row.kappa, row.eta, 1e-12);
    const LimitRow order = orders(rows);
    EXPECT_NEAR(order.mean, 1, 0.02);
    EXPECT_NEAR(order.covariance, 1, 0.02);
    EXPECT_NEAR(order.second_rate, 0.5, 0.05);
    EXPECT_LT(rows.back().covariance, 0.01);
  }
}

}  // namespace
}  // namespace hypofp
