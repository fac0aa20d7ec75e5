// Whole solves against independent numbers: closed forms for Gaussian data (eps = 0 or linear, any d) and a
// the witness (eps on, d = 1), itself held against closed forms and reference values. Tolerances are the project's promised figures.
#include <gtest/gtest.h>

#include "tests/by_witness.hpp"

namespace hypofp {
namespace {

using namespace testing_support;

struct Allowed {
  double h_norm, H, covariance;
};

void expect_closed_form(const Model& m, const GridSpec& g, const Gaussian& g0, const std::vector<double>& times, Allowed allowed) {
  const Gaussian M = equilibrium(m);
  const LinearFlow flow(m);
  Solve solve(m, g);
  solve.start_gaussian(g0.mean, g0.covariance);
  const auto seen = solve.at(times);
  for (std::size_t i = 0; i < times.size(); ++i) {
    const Gaussian now = flow.at(times[i], g0);
    const double norm = std::sqrt(deviation_norm2(now, M, M)), H = deviation_gradients(now, M, M).H(solve.theory.C, solve.theory.C_hat);
    EXPECT_NEAR(seen[i].h_norm / norm, 1, allowed.h_norm) << "t = " << times[i] << ", gamma " << m.gamma;
    EXPECT_NEAR(lyapunov(seen[i], solve.theory.C, solve.theory.C_hat) / H, 1, allowed.H) << "t = " << times[i] << ", gamma " << m.gamma;
  }
}

TEST(Reference, ThreeRegimesOnACoarseGrid) {
  for (double gamma : {1.0, 2.0, 3.0}) {
    const Model m = model(1, 1, gamma, 1);
    expect_closed_form(m, spec(24, 6, 6), {Eigen::Vector2d(1, 0), 0.8 * Eigen::Matrix2d::Identity()}, {1, 2, 5, 10}, {1e-5, 1e-4, 0});
  }
}
TEST(Reference, ThreeRegimesOnAFineGrid) {
  for (double gamma : {1.0, 2.0, 3.0}) {
    const Model m = model(1, 1, gamma, 1);
    expect_closed_form(m, spec(64, 8, 8), {Eigen::Vector2d(1, 0), 0.8 * Eigen::Matrix2d::Identity()}, {1, 2, 5, 10}, {1e-9, 1e-8, 0});
  }
}
TEST(Reference, OtherParametersAndACorrelatedStart) {
  const Model m = model(1, 2.0, 1.5, 0.7);
  Eigen::Matrix2d covariance;
  covariance << 0.25, 0.05, 0.05, 1.2;
  expect_closed_form(m, spec(48, 8, 8, 56), {Eigen::Vector2d(0.2, -0.7), covariance}, {0.5, 1, 3}, {1e-7, 1e-6, 0});
}
TEST(Reference, ThreeDimensionsAreTheProductOfThePairs) {
  const Model m = model(3);
  Eigen::VectorXd mean(6);
  mean << 0.5, 0, -0.3, 0.2, 0, 0.1;
  expect_closed_form(m, spec(12, 5, 6), {mean, 0.85 * Eigen::MatrixXd::Identity(6, 6)}, {0.5, 1, 2}, {1e-3, 1e-2, 0});
}

void expect_witness(const Model& m, const std::string& text, const GridSpec& g, const Gaussian& g0, const std::vector<double>& times,
                    Allowed allowed, int degree) {
  Solve solve(m, g, epsilon({text}));
  const Solved truth = by_witness(m, degree, epsilon({text}), {1, g0.mean, g0.covariance}, times, solve.theory.C, solve.theory.C_hat);
  solve.start_gaussian(g0.mean, g0.covariance);
  const auto seen = solve.at(times);
  for (std::size_t i = 0; i < times.size(); ++i) {
    EXPECT_NEAR(seen[i].h_norm / truth.h_norm[i], 1, allowed.h_norm) << "t = " << times[i];
    EXPECT_NEAR(lyapunov(seen[i], solve.theory.C, solve.theory.C_hat) / truth.H[i], 1, allowed.H) << "t = " << times[i];
  }
  const Moments F = solve.generator.moments(solve.F().phi.get());
  EXPECT_LT((F.covariance - truth.F.covariance).cwiseAbs().maxCoeff(), allowed.covariance);
  EXPECT_LT(solve.F().residual, 1e-10);
}

const Gaussian standard_start{Eigen::Vector2d(1, 0), 0.8 * Eigen::Matrix2d::Identity()};
const char* const bump_text = "0.1*sin(2*theta1)*exp(-theta1^2/8)";

TEST(Reference, PerturbedOnACoarseGrid) {
  expect_witness(model(1), bump_text, spec(32, 7, 6), standard_start, {1, 2, 5, 10}, {1e-4, 3e-3, 3e-5}, 60);
}
TEST(Reference, PerturbedOnAFineGrid) {
  expect_witness(model(1), bump_text, spec(64, 8, 8), standard_start, {1, 2, 5, 10}, {1e-6, 3e-5, 2e-7}, 70);
}
TEST(Reference, PerturbedOverdampedWithAnAsymmetricEps) {
  expect_witness(model(1, 1.1, 2.6, 0.9), "0.05*exp(-(theta1-0.5)^2)", spec(64, 7, 8), standard_start, {1, 3}, {2e-5, 1e-3, 1e-5}, 60);
}

TEST(Reference, LinearEpsHasItsClosedSteadyStateAndEvolutionWithEpsOn) {
  const Model m = model(1);
  const LinearFlow flow(m, Eigen::VectorXd::Constant(1, 0.1), Eigen::VectorXd::Constant(1, 0.05));
  const Gaussian M = equilibrium(m);
  Solve solve(m, spec(48, 8, 8), epsilon({"0.1*theta1 + 0.05"}));
  const Moments F = solve.generator.moments(solve.F().phi.get());
  EXPECT_LT((F.mean - flow.steady.mean).cwiseAbs().maxCoeff(), 1e-6);
  EXPECT_LT((F.covariance - flow.steady.covariance).cwiseAbs().maxCoeff(), 1e-6);
  solve.start_gaussian(standard_start.mean, standard_start.covariance);
  for (const auto& [t, seen] : {std::pair{2.0, solve.at({2.0})[0]}}) {
    const double exact = std::sqrt(deviation_norm2(flow.at(t, standard_start), flow.steady, M));
    EXPECT_NEAR(seen.h_norm / exact, 1, 1e-6);
  }
}
TEST(Reference, LinearEpsInTwoDimensionsIsMatrixFree) {
  const Model m = model(2, 1, 1.4, 1);
  const Eigen::Vector2d a(0.1, -0.08), b(0.05, 0.02);
  const LinearFlow flow(m, a, b);
  Solve solve(m, spec(18, 6.5, 8), epsilon({"0.1*theta1 + 0.05", "-0.08*theta2 + 0.02"}));
  EXPECT_LT(solve.F().residual, 1e-10);
  const Moments F = solve.generator.moments(solve.F().phi.get());
  EXPECT_LT((F.mean - flow.steady.mean).cwiseAbs().maxCoeff(), 1e-5);
  EXPECT_LT((F.covariance - flow.steady.covariance).cwiseAbs().maxCoeff(), 2e-5);
}

TEST(Reference, PerturbedInTwoDimensions) {  // values of the reference's perturbed-2d (Hermite degree 18)
  Solve solve(model(2), spec(20, 6, 6), epsilon({"0.1*theta1*exp(-(theta1^2+theta2^2)/4)", "0.1*theta2*exp(-(theta1^2+theta2^2)/4)"}),
              2e-8);
  EXPECT_LT(solve.F().residual, 1e-10);
  Eigen::VectorXd mean(4);
  mean << 0.7, -0.3, 0, 0.4;
  solve.start_gaussian(mean, 0.8 * Eigen::MatrixXd::Identity(4, 4));
  const auto seen = solve.at({1, 2, 5});
  const double expected[] = {0.6802446280006103, 0.3442390011822407, 0.08483374884452159};
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(seen[i].h_norm / expected[i], 1, 1e-3);
}

}  // namespace
}  // namespace hypofp
