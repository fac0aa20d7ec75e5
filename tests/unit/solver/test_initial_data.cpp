// What the grid makes of initial data, against what they are. Run on 1 and 2 ranks.
#include "solver/judgement/initial_data.hpp"

#include <gtest/gtest.h>

#include "solver/flow/initial_state.hpp"
#include "tests/support.hpp"

namespace hypofp {
namespace {

using namespace testing_support;

GaussianPart part(const Model& m, double scale, double shift = 1, double tilt = 0) {
  GaussianPart p{1, Eigen::VectorXd::Zero(2 * m.dimension), scale * covariance_of_M(m)};
  p.mean(0) = shift * m.sigma_x();
  p.covariance(0, m.dimension) = p.covariance(m.dimension, 0) = tilt * scale * m.sigma_x() * m.sigma_v();
  return p;
}
InitialErrors gaussian_errors(const Model& m, const GridSpec& g, const GaussianPart& p) {
  const PhaseGrid grid(PETSC_COMM_WORLD, m, g);
  return errors(measure_on_grid(Generator(grid), gaussian_state(grid, {p}).get()), measure_of(m, {p}), m.omega0 * m.omega0, 0.5 * m.gamma);
}

TEST(InitialData, ClosedFormsOfAGaussianAreThoseOfTheTests) {
  for (int d : {1, 2, 3}) {
    const Model m = model(d, 1.3, 0.9, 0.8);
    const GaussianPart p = part(m, 0.7, 0.8, 0.3);
    const Gaussian g{p.mean, p.covariance}, M = equilibrium(m);
    const InitialMeasure truth = measure_of(m, {p});
    EXPECT_NEAR(truth.norm2, deviation_norm2(g, M, M), 1e-12 * truth.norm2);
    EXPECT_NEAR(truth.H(2, 0.4), deviation_gradients(g, M, M).H(2, 0.4), 1e-12 * truth.H(2, 0.4));
  }
}
TEST(InitialData, OfAMixtureAreQuadraticInItsWeights) {
  const Model m = model(1);
  const GaussianPart p = part(m, 0.6), q = part(m, 0.9, -1);
  const auto mixed = [&](double w) {
    std::vector<GaussianPart> parts{p, q};
    parts[0].weight = w, parts[1].weight = 1 - w;
    return measure_of(m, parts).H(1, 0.5);
  };
  EXPECT_NEAR(mixed(1), measure_of(m, {p}).H(1, 0.5), 1e-13);
  EXPECT_NEAR(mixed(0.75) - 2 * mixed(0.5) + mixed(0.25), 0.25 * (mixed(1) - 2 * mixed(0.5) + mixed(0)), 1e-12);
}
TEST(InitialData, AreHeldWhereTheGridResolvesThemAndNotWhereItDoesNotInEveryDimension) {
  EXPECT_LT(gaussian_errors(model(1), spec(24, 6, 6), part(model(1), 0.8)).largest(), 1e-4);
  EXPECT_LT(gaussian_errors(model(1), spec(64, 8, 8), part(model(1), 0.8)).largest(), 1e-7);
  const InitialErrors narrow = gaussian_errors(model(1), spec(24, 6, 6), part(model(1), 0.01));
  EXPECT_GT(narrow.mass, 0.9);
  EXPECT_GT(narrow.h_norm, 0.9);
  EXPECT_GT(gaussian_errors(model(2), spec(12, 6, 4), part(model(2), 0.5, 1, 0.6)).largest(), 1e-3);
  EXPECT_GT(gaussian_errors(model(3), spec(8, 5, 4), part(model(3), 0.3)).largest(), 1e-2);
  EXPECT_LT(gaussian_errors(model(2), spec(24, 6, 8), part(model(2), 0.9)).largest(), 1e-4);
}
TEST(InitialData, CellsThatWouldDoDo) {
  for (double scale : {0.01, 0.05, 0.3, 0.6})
    for (int order : {4, 6, 8}) {
      const Model m = model(1, 1.2, 0.7, 1.1);
      const GridSpec few = spec(20, 6, order);
      const double now = gaussian_errors(m, few, part(m, scale, 0.5)).largest();
      if (now <= 1e-3) continue;
      const GridSpec enough = cells_that_would_do(m, few, measure_of(m, {part(m, scale, 0.5)}), now, 1e-3);
      EXPECT_LT(gaussian_errors(m, enough, part(m, scale, 0.5)).largest(), 1e-3)
          << scale << " order " << order << " cells " << enough.x_cells;
      EXPECT_LT(enough.x_cells, 1500);
    }
}

InitialErrors deviation_errors(const std::string& text, const GridSpec& g) {
  const PhaseGrid grid(PETSC_COMM_WORLD, model(1), g);
  const Expression h0(text, {"x1", "v1"});
  return errors(measure_on_grid(Generator(grid), deviation_state(grid, h0).get()), measure_of(grid, h0), 1, 0.5);
}
TEST(InitialData, RefinedValuesOfADeviationAreItsIntegrals) {
  const PhaseGrid grid(PETSC_COMM_WORLD, model(2), spec(12, 6, 6));
  const Expression h0("x1*v2 + 0.5*x2^2", {"x1", "x2", "v1", "v2"});  // ∫ h0 = 1/2, ∫ h0^2 = 1 + 3/4
  const InitialMeasure m = measure_of(grid, h0);
  EXPECT_NEAR(m.mass, 1.5, 1e-7);
  EXPECT_NEAR(m.norm2, 1.5, 1e-6);  // less the square of its mean
  EXPECT_NEAR((*m.gradients)[0], 1, 1e-6);
  EXPECT_NEAR((*m.gradients)[1], 1, 1e-6);
  EXPECT_NEAR((*m.gradients)[3], 1, 1e-6);
  EXPECT_NEAR(m.cross, 0, 1e-7);
}
TEST(InitialData, WavesBeyondTheGridAreSeenAlsoWhereTheyVanishAtItsCells) {
  for (const char* text : {"0.1*sin(40*x1)", "sin(4*pi*x1)", "cos(8*pi*v1)", "0.1*sin(40*x1)*cos(30*v1)"})
    EXPECT_GT(deviation_errors(text, spec(24, 6, 6)).largest(), 1e-2) << text;
  for (const char* text : {"x1", "x1*v1 - 0.2*x1^2", "0.3*sin(x1 + v1)"})
    EXPECT_LT(deviation_errors(text, spec(24, 6, 6)).largest(), 1e-3) << text;
}
TEST(InitialData, AConstantIsMeasuredWhateverTheBoxCuts) {
  for (const char* text : {"0.5", "5 + 0.01*x1", "300 + 0.1*v1"}) EXPECT_LT(deviation_errors(text, spec(24, 5, 6)).largest(), 1e-4) << text;
}
TEST(InitialData, OnlyWhatJumpsHasNoGradients) {
  const PhaseGrid grid(PETSC_COMM_WORLD, model(1), spec(24, 6, 6));
  const auto smooth = [&](const char* text) { return measure_of(grid, Expression(text, {"x1", "v1"})).gradients.has_value(); };
  for (const char* text : {"0.1*sign(x1)", "sign(v1 - 0.3)*exp(-x1^2)", "x1 + 0.01*sign(x1+v1)"}) EXPECT_FALSE(smooth(text)) << text;
  for (const char* text : {"1", "x1", "abs(x1)", "max(x1, v1)", "sin(500*x1)", "tanh(50*v1)"}) EXPECT_TRUE(smooth(text)) << text;
}
TEST(InitialData, NormOfABoxIsItsIntegralAndCellsThatWouldDoDo) {
  const Model m = model(1, 1.2, 0.7, 1.1);
  const Eigen::Vector2d lower(-0.7, -1.1), upper(0.9, 0.8);
  const InitialMeasure truth = measure_of(m, lower, upper);
  double sum = 1;
  for (int axis : {0, 1}) {  // midpoints of 100,000 intervals
    double square = 0;
    const double D = (upper(axis) - lower(axis)) / 100000, s = m.sigma(axis);
    for (int i = 0; i < 100000; ++i) square += D * std::exp(0.5 * std::pow((lower(axis) + D * (i + 0.5)) / s, 2));
    sum *= square * std::sqrt(2 * M_PI) * s / std::pow(upper(axis) - lower(axis), 2);
  }
  EXPECT_NEAR(truth.norm2, sum - 1, 1e-8);
  const GridSpec few = spec(24, 6, 6), enough = cells_that_would_do(m, few, lower, upper, 1e-3);
  const auto held = [&](const GridSpec& g) {
    const PhaseGrid grid(PETSC_COMM_WORLD, m, g);
    return errors(measure_on_grid(Generator(grid), box_state(grid, lower, upper).get()), truth, 1, 0.5).largest();
  };
  EXPECT_GT(held(few), 1e-3);
  EXPECT_LT(held(enough), 1e-3) << enough.x_cells;
}

TEST(InitialData, KnownOnTheBoxAloneTellWhatLiesBeyondIt) {
  const Model m = model(1);
  const PhaseGrid grid(PETSC_COMM_WORLD, m, spec(24, 6, 6)), wide(PETSC_COMM_WORLD, m, spec(60, 12, 6));
  for (double scale : {1.2, 1.5}) {
    const double truth = gaussian_share_outside(m, 6, {part(m, scale)});
    EXPECT_NEAR(share_beyond(grid, gaussian_state(grid, {part(m, scale)}).get()) / truth, 1, 0.3) << scale;
  }
  EXPECT_LT(share_beyond(grid, gaussian_state(grid, {part(m, 0.8)}).get()), 1e-6);
  EXPECT_GT(share_beyond(grid, gaussian_state(grid, {part(m, 1.8)}).get()), 0.1);
  EXPECT_EQ(share_beyond(grid, gaussian_state(grid, {part(m, 2.2)}).get()), 1);
  EXPECT_EQ(share_beyond(wide, gaussian_state(wide, {part(m, 2.2)}).get()), 1);
}
TEST(InitialData, DoubtOfTheGridIsCloseToTheErrorOfHSoThatAFileIsJudgedAsAGaussian) {
  const Model m = model(1);
  const PhaseGrid grid(PETSC_COMM_SELF, m, spec(24, 6, 6));
  const Generator A(grid);
  for (double scale : {0.2, 0.3, 0.5, 0.8}) {
    const Vector h = gaussian_state(grid, {part(m, scale)});
    A.add_maxwellian(-A.mass(h.get()), h.get());
    const double ratio = A.doubt(h.get(), observe(A, h.get()), 1, 0.5).H / gaussian_errors(m, grid.spec, part(m, scale)).H;
    EXPECT_GT(ratio, 0.7) << scale;
    EXPECT_LT(ratio, 2) << scale;
  }
}

}  // namespace
}  // namespace hypofp
