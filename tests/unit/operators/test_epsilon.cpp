#include "operators/epsilon/epsilon.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hypofp {
namespace {

const std::vector<double> theta{0.3, -1.2, 0.0, 0.0, -2.0, 0.7};  // three points of R^2

TEST(Epsilon, ComponentsAndJacobianAreThoseOfTheText) {
  const Epsilon eps = Epsilon::from_components({"theta1*exp(-theta2^2)", "sin(theta1) + theta2"});
  ASSERT_EQ(eps.dimension(), 2);
  std::vector<double> value(3), jacobian(3);
  eps.values(0, theta.data(), 3, value.data());
  eps.jacobian(0, 1, theta.data(), 3, jacobian.data());
  for (int p = 0; p < 3; ++p) {
    const double a = theta[2 * p], b = theta[2 * p + 1];
    EXPECT_DOUBLE_EQ(value[p], a * std::exp(-b * b));
    EXPECT_DOUBLE_EQ(jacobian[p], -2 * a * b * std::exp(-b * b));
  }
  eps.jacobian(1, 0, theta.data(), 3, jacobian.data());
  for (int p = 0; p < 3; ++p) EXPECT_DOUBLE_EQ(jacobian[p], std::cos(theta[2 * p]));
}

TEST(Epsilon, PotentialGivesItsGradientAndASymmetricJacobian) {
  const Epsilon eps = Epsilon::from_potential("0.05*exp(-(theta1^2 + theta1*theta2 + 2*theta2^2))", 2);
  ASSERT_EQ(eps.dimension(), 2);
  std::vector<double> e0(3), e1(3), j00(3), j01(3), j10(3);
  eps.values(0, theta.data(), 3, e0.data());
  eps.values(1, theta.data(), 3, e1.data());
  eps.jacobian(0, 0, theta.data(), 3, j00.data());
  eps.jacobian(0, 1, theta.data(), 3, j01.data());
  eps.jacobian(1, 0, theta.data(), 3, j10.data());
  for (int p = 0; p < 3; ++p) {
    const double a = theta[2 * p], b = theta[2 * p + 1], V = 0.05 * std::exp(-(a * a + a * b + 2 * b * b));
    const double va = -(2 * a + b), vb = -(a + 4 * b);
    EXPECT_NEAR(e0[p], va * V, 1e-16);
    EXPECT_NEAR(e1[p], vb * V, 1e-16);
    EXPECT_NEAR(j00[p], (va * va - 2) * V, 1e-16);
    EXPECT_NEAR(j01[p], (va * vb - 1) * V, 1e-16);
    EXPECT_NEAR(j10[p], j01[p], 1e-16);
  }
}

TEST(Epsilon, ErrorsTellTheComponent) {
  const auto component = [](const std::vector<std::string>& texts) {
    try {
      Epsilon::from_components(texts);
    } catch (const ExpressionError& error) {
      return error.component;
    }
    return -2;
  };
  EXPECT_EQ(component({"theta3", "theta2"}), 0);
  EXPECT_EQ(component({"theta1", "sine(theta2)"}), 1);
  EXPECT_EQ(component({"theta1", "theta2", "theta1 + 1/0"}), 2);  // fails in the derivative
  try {
    Epsilon::from_potential("theta1 +", 1);
    FAIL() << "accepted";
  } catch (const ExpressionError& error) {
    EXPECT_EQ(error.component, -1);
    EXPECT_EQ(error.position, 8);
  }
}

TEST(Epsilon, ConstantsAreComponentsToo) {
  const Epsilon eps = Epsilon::from_components({"0.25"});
  std::vector<double> value(3), jacobian(3);
  eps.values(0, theta.data(), 3, value.data());
  eps.jacobian(0, 0, theta.data(), 3, jacobian.data());
  for (int p = 0; p < 3; ++p) EXPECT_EQ(value[p], 0.25);
  for (int p = 0; p < 3; ++p) EXPECT_EQ(jacobian[p], 0);
}

}  // namespace
}  // namespace hypofp
