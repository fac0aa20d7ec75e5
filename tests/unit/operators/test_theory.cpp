#include "operators/theory.hpp"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

namespace hypofp {
namespace {

Theory theory(double omega0, double gamma, const Epsilon* epsilon = nullptr, int d = 1, double beta = 1, double half_width = 6) {
  return theory_of(Model{d, omega0, gamma, beta}, GridSpec{24, 24, half_width, 6}, epsilon, {});
}

TEST(Theory, DerivedMuIsTheSmallestRealPartOfTheSpectrumOfQAndPrintedIsTwiceThat) {
  for (double gamma : {0.2, 1.0, 1.99, 2.5, 7.0}) {
    Eigen::Matrix2d Q;
    Q << 0, 1, -1, gamma;
    const double smallest = Q.eigenvalues().real().minCoeff();
    EXPECT_NEAR(gap(Model{1, 1, gamma, 1}), smallest, 1e-12);
    EXPECT_NEAR(theory(1, gamma).mu, smallest, 1e-12);
    EXPECT_NEAR(theory(1, gamma).mu_as_printed, 2 * smallest, 1e-12);
  }
}
TEST(Theory, CAndCHatSatisfyTheMatrixInequalityKAtLeast2MuP) {
  for (double omega0 : {0.5, 1.0, 3.0})
    for (double ratio : {0.1, 1.0, 1.99, 2.0, 2.01, 6.0}) {
      const double gamma = ratio * omega0, w2 = omega0 * omega0;
      const Theory t = theory(omega0, gamma);
      Eigen::Matrix2d K, P;  // (4.5)
      K << 2 * t.C_hat, t.C - w2 + gamma * t.C_hat, t.C - w2 + gamma * t.C_hat, 2 * gamma * t.C - 2 * w2 * t.C_hat;
      P << 1, t.C_hat, t.C_hat, t.C;
      EXPECT_GT(Eigen::SelfAdjointEigenSolver<Eigen::Matrix2d>(P).eigenvalues()(0), 0);
      EXPECT_GT(Eigen::SelfAdjointEigenSolver<Eigen::Matrix2d>(K - 2 * t.mu * P).eigenvalues()(0), -1e-12 * K.norm())
          << omega0 << " " << ratio;
    }
}
TEST(Theory, CriticalCaseCountsDelta) {
  const Theory t = theory_of(Model{1, 1.5, 3.0, 1}, GridSpec{}, nullptr, {{}, {}, 0.1});
  EXPECT_EQ(t.regime, "critical");
  EXPECT_NEAR(t.mu, 1.4, 1e-15);
  EXPECT_NEAR(t.mu_as_printed, 2.9, 1e-15);
  EXPECT_NEAR(t.C, 1.5 * 1.5 + 0.04, 1e-15);
}
TEST(Theory, C2NeedsOmega0SquaredWhereThePrintedOneLacksIt) {
  const Theory t = theory(10, 1, nullptr, 1, 0.01);
  EXPECT_NEAR(t.C2, 100, 1e-12);
  EXPECT_NEAR(t.C2_as_printed, 1, 1e-12);
}
TEST(Theory, CoefficientsAgreeAtDimensionOneAndGrowWithDimension) {
  EXPECT_NEAR(theory(1, 1).coefficient, theory(1, 1).coefficient_as_printed, 1e-12);
  EXPECT_GT(theory(1, 1, nullptr, 3).coefficient, theory(1, 1, nullptr, 3).coefficient_as_printed);
  EXPECT_NEAR(theory(1, 1, nullptr, 3).poincare / theory(1, 1, nullptr, 3).poincare_as_printed, 3, 1e-12);
}
TEST(Theory, PrintedEpsIs39TimesEps0AtUnitParameters) {
  const Epsilon e = Epsilon::from_components({"0.01*cos(theta1)"});
  const Theory t = theory(1, 1, &e);
  EXPECT_NEAR(t.eps_bound / t.eps0, (11 + 11 + 7.5) / 0.75, 1e-12);
}
TEST(Theory, Eps0IsTheLargestQuantityWhicheverItIs) {
  for (const char* text : {"0.3", "0.1*sin(3*theta1)"}) {
    const Epsilon e = Epsilon::from_components({text});
    const Theory t = theory(1, 1, &e);
    const auto less = [](const auto& a, const auto& b) { return a.value < b.value; };
    EXPECT_EQ(t.eps0, std::max_element(t.assumption.begin(), t.assumption.end(), less)->value) << text;
  }
}
TEST(Theory, WithoutEpsTheAssumptionHoldsWithZero) {
  EXPECT_EQ(theory(1, 1).eps0, 0);
  for (const auto& row : theory(1, 1).assumption) EXPECT_FALSE(row.box_dependent);
}

}  // namespace
}  // namespace hypofp
