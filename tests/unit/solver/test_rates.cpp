#include "solver/judgement/rates.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "solver/flow/initial_state.hpp"
#include "tests/support.hpp"

namespace hypofp {
namespace {

using namespace testing_support;

MeasuredRate rate_of(double end, double dt, double (*y)(double)) {
  std::vector<double> t, values;
  for (int i = 0; i * dt < end * (1 + 1e-12); ++i) t.push_back(i * dt), values.push_back(y(i * dt));
  return measure_rate(t, values);
}

TEST(Rates, AnExponentialIsMeasuredToRounding) {
  EXPECT_NEAR(rate_of(10, 0.1, [](double t) { return 3 * std::exp(-0.8 * t); }).rate, 0.4, 1e-13);
}
TEST(Rates, AStraightLinesSlopeIsTheExponentsDecay) {
  std::vector<double> t, y;
  for (int i = 0; i < 20; ++i) t.push_back(2 + 0.3 * i), y.push_back(5 * std::exp(-0.8 * t.back()));
  EXPECT_NEAR(straight_line(t.data(), y.data(), 20), 0.8, 1e-13);
}
TEST(Rates, AFasterSecondModeDoesNotBias) {
  const auto r = rate_of(10, 0.1, [](double t) { return std::exp(-0.8 * t) + 5 * std::exp(-1.5 * t); });
  EXPECT_NEAR(r.rate, 0.4, 1e-10);
  EXPECT_LT(r.uncertainty, 1e-8);
}
TEST(Rates, AnOscillationIsMeasuredOverWholeHalfPeriods) {
  const auto r = rate_of(20, 0.1, [](double t) { return std::exp(-t) * (1 + 0.3 * std::cos(1.7 * t + 0.2)) + std::exp(-2.1 * t); });
  EXPECT_NEAR(r.rate, 0.5, 1e-9);
  EXPECT_NEAR(r.half_period, 2 * M_PI / 1.7, 1e-6);
  EXPECT_NEAR(std::remainder(r.end - r.begin, r.half_period), 0, 0.06);
}
TEST(Rates, TheWindowEndsBeforeRounding) {
  const auto r = rate_of(60, 0.2, [](double t) { return std::exp(-3 * t) + 1e-30; });
  EXPECT_NEAR(r.rate, 1.5, 1e-8);
  EXPECT_LT(r.end, 22);
}
TEST(Rates, NoiseShowsInTheUncertainty) {
  const auto r = rate_of(10, 0.1, [](double t) { return std::exp(-0.8 * t) * (1 + 1e-4 * std::sin(1e4 * t * t)); });
  EXPECT_LT(std::abs(r.rate - 0.4), 5 * r.uncertainty + 1e-5);
  EXPECT_GT(r.uncertainty, 1e-8);
}
TEST(Rates, TooFewRowsGiveNoRateAndShortRunsGiveDoubt) {
  EXPECT_EQ(rate_of(0.5, 0.1, [](double t) { return std::exp(-t); }).rate, 0);
  const auto r =
      rate_of(2, 0.1, [](double t) { return std::exp(-t) * (1 + 0.3 * std::cos(1.7 * t)) + std::exp(-2.1 * t) + std::exp(-3.3 * t); });
  EXPECT_LT(std::abs(r.rate - 0.5), 4 * r.uncertainty);
}

TEST(Rates, WhereverASeriesOfManyModesEndsItsRateIsWithinTheUncertainty) {
  // e^{|m|^2} - 1, of Gaussians of M's covariance with mean m: modes of every multiple of the slowest decay
  const auto gaussian = [](double t) {
    const double w = std::sqrt(0.75), c = std::cos(w * t), s = std::sin(w * t), e = std::exp(-t / 2);
    return std::expm1(e * e * (std::pow(c + s / (2 * w), 2) + std::pow(s / w, 2)));
  };
  const auto chain = [](double t) { return 1 / (1 - 0.7 * std::exp(-t)) - 1 + 0.2 * std::exp(-1.3 * t); };
  int outside = 0, far = 0, of = 0;
  for (double end = 2; end < 24; end += 0.5)
    for (const MeasuredRate& r : {rate_of(end, 0.1, gaussian), rate_of(end, 0.1, chain)}) {
      const double error = std::abs(r.rate - 0.5);
      ++of, outside += error > r.uncertainty, far += error > 3 * r.uncertainty;
    }
  EXPECT_LE(outside, of / 20);
  EXPECT_EQ(far, 0);
}
TEST(Rates, H0EqualX1GivesTheSharpRateOfHToNineDigits) {
  for (double gamma : {0.6, 1.0, 1.7, 3.0, 5.0})
    for (auto [cells, order] : {std::pair{24, 4}, {24, 6}, {32, 8}}) {
      Solve solve(model(1, 1, gamma, 1), spec(cells, 8, order), nullptr, 2e-11, PETSC_COMM_SELF);
      solve.start(deviation_state(solve.grid, Expression("x1", {"x1", "v1"})));
      std::vector<double> times, H;
      for (int i = 0; i <= 200; ++i) times.push_back(0.1 * i);
      for (const auto& o : solve.at(times)) H.push_back(lyapunov(o, solve.theory.C, solve.theory.C_hat));
      EXPECT_NEAR(measure_rate(times, H).rate / solve.theory.mu, 1, 1e-9)
          << "gamma " << gamma << ", " << cells << " cells, order " << order;
    }
}

}  // namespace
}  // namespace hypofp
