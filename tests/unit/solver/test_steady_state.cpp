#include "solver/modes/steady_state.hpp"

#include <gtest/gtest.h>

#include "solver/modes/admissibility.hpp"
#include "tests/support.hpp"

namespace hypofp {
namespace {

using namespace testing_support;

TEST(SteadyState, MatrixFreeEqualsDirect) {
  for (double gamma : {0.3, 1.0, 4.0}) {
    Solve solve(model(1, 1, gamma, 1), spec(32, 7, 6), coupled(1));
    const double size = solve.range().radius();
    const SteadyState direct = steady_state_direct(solve.generator, size),
                      free = steady_state_krylov(solve.generator, size, solve.propagator());
    EXPECT_LT(direct.residual, 1e-12);
    EXPECT_LT(free.residual, 1e-10);
    EXPECT_LT(difference(direct.phi.get(), free.phi.get()), 1e-8) << "gamma " << gamma;
    EXPECT_NEAR(free.mass, 1, 1e-13);
  }
}
TEST(SteadyState, StaysWhereItIsUnderTheFlow) {
  Solve solve(model(2), spec(10, 5, 4), coupled(2));
  EXPECT_LT(solve.F().residual, 1e-10);
  const Vector later = solve.grid.vector();
  solve.propagator().advance(solve.F().phi.get(), later.get(), {3.0}, [](std::size_t, Vec) {});
  EXPECT_LT(difference(later.get(), solve.F().phi.get()), 1e-8);
}
TEST(SteadyState, IsTheMaxwellianExactlyWithoutEps) {
  Solve solve(model(2), spec(10, 5, 4));
  EXPECT_EQ(solve.F().phi, nullptr);
  EXPECT_EQ(solve.F().residual, 0);
}

std::string verdict(const std::string& text, double gamma, double half_width = 8, int cells = 48) {
  return judge(model(1, 1, gamma, 1), spec(cells, half_width, 6), field(epsilon({text}))).judgement().verdict;
}
TEST(Admissibility, ALocalisedEpsIsAdmissible) {
  EXPECT_EQ(verdict("0.1*sin(2*theta1)*exp(-theta1^2/8)", 1), "admissible");
  EXPECT_EQ(verdict("-0.1*theta1*exp(-theta1^2/2)", 1), "admissible");
}
TEST(Admissibility, ALocalisedEpsIsNotRefusedForWhatACoarseGridMakesOfF) {
  for (double gamma : {0.3, 3.0, 6.0, 10.0}) {
    EXPECT_NE(verdict("0.1*sin(2*theta1)*exp(-theta1^2/8)", gamma, 8, 24), "inadmissible") << "gamma " << gamma;
    EXPECT_NE(verdict("0.1*theta1*exp(-theta1^2/4)", gamma, 6, 20), "inadmissible") << "gamma " << gamma;
  }
}
TEST(Admissibility, AGlobalChangeOfCurvatureIsDoubtfulWhileFIsInTheSpaceAndInadmissibleBeyond) {
  EXPECT_EQ(verdict("0.1*theta1+0.05", 1), "doubtful");   // F inside, abscissa grows with the box
  EXPECT_EQ(verdict("0.65*theta1", 1), "inadmissible");   // factor 1.65 > 1.58
  EXPECT_EQ(verdict("-0.65*theta1", 1), "inadmissible");  // factor 0.35 < 0.42
  EXPECT_EQ(verdict("0.12*theta1", 10), "inadmissible");  // at gamma = 10 omega0 already beyond 1.07
}
TEST(Admissibility, EpsThatGrowsMakesGrowingModesAndIsInadmissible) { EXPECT_EQ(verdict("0.08*theta1^3", 1), "inadmissible"); }
TEST(Admissibility, CouplingInTwoDimensionsIsJudgedAlongTheDiagonalsToo) {
  // harmless along the axes, a change of curvature by 0.7 along theta1 = theta2
  const auto eps = epsilon({"0.7*theta2*tanh(theta1^2*theta2^2)", "0.7*theta1*tanh(theta1^2*theta2^2)"});
  EXPECT_EQ(judge(model(2), spec(24, 8, 6), field(eps)).judgement().verdict, "inadmissible");
}

}  // namespace
}  // namespace hypofp
