// Logistic regression: what is exact for one predictor, and the admissions of 1973.
#include "grids/logistic.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hypofp {
namespace {

Records half_and_half() { return {Eigen::MatrixXd::Ones(1, 1), Eigen::VectorXd::Constant(1, 7), Eigen::VectorXd::Constant(1, 7)}; }
/// Intercept and sex.
Records admissions() { return {(Eigen::MatrixXd(2, 2) << 1, 0, 1, 1).finished(), Eigen::Vector2d(1198, 557), Eigen::Vector2d(1493, 1278)}; }

TEST(Logistic, OfHalfAndHalfLabelsHasNoiseOfExactlyPlusAndMinusOne) {
  const LogisticFit fit = fit_logistic(half_and_half(), 0, 1).value();
  EXPECT_EQ(fit.minimum(0), 0);
  EXPECT_DOUBLE_EQ(fit.loss, std::log(2.0));
  EXPECT_EQ(fit.W(0, 0), 2);
  EXPECT_EQ(fit.noise, (Eigen::MatrixXd(2, 1) << -1, 1).finished());
  EXPECT_EQ(fit.share, Eigen::Vector2d(0.5, 0.5));
  EXPECT_EQ(fit.noise_eigenvalues()(0), 1);
}
TEST(Logistic, OfTheAdmissionsHasTheInformationIdentity) {
  const LogisticFit fit = fit_logistic(admissions(), 0, 1.3).value();
  EXPECT_NEAR(fit.minimum(0), -0.2201340188637955, 1e-13);
  EXPECT_NEAR(fit.minimum(1), -0.6103523761464008, 1e-13);
  EXPECT_NEAR(fit.loss, 0.6574117570556968, 1e-14);
  EXPECT_NEAR(fit.hessian(0, 0), 0.23256565526010536, 1e-14);
  EXPECT_NEAR(fit.hessian(0, 1), 0.08571077672930606, 1e-14);
  EXPECT_LT((fit.W.transpose() * fit.hessian * fit.W - 1.69 * Eigen::Matrix2d::Identity()).norm(), 1e-13);
  EXPECT_LT((fit.noise_eigenvalues().array() / 1.69 - 1).abs().maxCoeff(), 1e-13);
}
TEST(Logistic, ThatHasNoMinimumIsNone) {
  EXPECT_FALSE(fit_logistic({Eigen::MatrixXd::Ones(1, 1), Eigen::VectorXd::Constant(1, 7), Eigen::VectorXd::Zero(1)}, 0, 1));
  EXPECT_TRUE(fit_logistic({Eigen::MatrixXd::Ones(1, 1), Eigen::VectorXd::Constant(1, 7), Eigen::VectorXd::Zero(1)}, 0.1, 1));
  Records twice = admissions();
  twice.predictors.col(1) = twice.predictors.col(0);
  EXPECT_FALSE(fit_logistic(twice, 0, 1));
}

}  // namespace
}  // namespace hypofp
