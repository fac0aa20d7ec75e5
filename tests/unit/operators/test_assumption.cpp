#include "operators/assumption/assumption.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

namespace hypofp {
namespace {

enum Row { eps, eps_x, eps_v, largest, sum, derivative_x, derivative_v };

// omega0 = gamma = beta = 1: |x|, |v| <= 6, |theta| <= 12
std::vector<AssumptionRow> table(const Epsilon& epsilon) {
  return assumption_table(Model{epsilon.dimension(), 1, 1, 1}, GridSpec{24, 24, 6, 6}, &epsilon);
}
std::vector<AssumptionRow> table(const std::vector<std::string>& components) { return table(Epsilon::from_components(components)); }

void expect(const AssumptionRow& row, double value, const std::string& text) {
  EXPECT_NEAR(row.value, value, 2e-3 * value) << row.quantity << " of " << text;
  EXPECT_TRUE(row.resolved) << row.quantity << " of " << text;
}

const double bump_slope = 20 * std::sqrt(2) * std::exp(-0.5);  // of exp(-400 r^2), at r = 1/sqrt(800)

TEST(Assumption, SupremaAreExactForAConstantAndGrowWithTheBox) {
  const auto t = table({"0.2 + 0*theta1"});
  EXPECT_NEAR(t[eps].value, 0.2, 1e-14);
  expect(t[eps_x], 1.2, "a constant");
  expect(t[eps_v], 1.2, "a constant");
  EXPECT_EQ(t[largest].value, 0);
  EXPECT_TRUE(t[largest].resolved);
  EXPECT_FALSE(t[eps].box_dependent);
  EXPECT_TRUE(t[eps_x].box_dependent);
  EXPECT_TRUE(t[eps_v].box_dependent);
}

TEST(Assumption, SmoothKinkedFastAndSteepFunctionsOfOneVariableAreResolved) {
  struct Case {
    std::string text;
    double sup, slope;
  };
  for (const Case& c : std::vector<Case>{{"sin(5000*theta1)", 1, 5000},
                                         {"0.1*cos(50*theta1)*exp(-theta1^2/8)", 0.1, 4.996},  // at pi/100: 5 exp(-(pi/100)^2/8)
                                         {"abs(theta1)", 12, 1},
                                         {"theta1*sign(theta1 - 0)", 12, 1},
                                         {"min(max(3*theta1, -1), 1)", 1, 3},
                                         {"tanh(100*theta1)", 1, 100},
                                         {"tanh(1e5*(theta1 - 0.7))", 1, 1e5},
                                         {"erf(1e4*(theta1 + 3.3))", 1, 2e4 / std::sqrt(M_PI)},
                                         {"exp(-400*(theta1 - 1.3)^2)", 1, bump_slope},
                                         {"exp(-1e8*(theta1 - 1.3)^2)", 1, 500 * bump_slope},
                                         {"1/(1 + 1e6*(theta1 - 1.3)^2)", 1, 1e3 * 3 * std::sqrt(3) / 8},
                                         {"0.1*theta1 - 2*exp(-1e6*(theta1 + 0.4)^2)", 2.04, 0.1 + 2 * 50 * bump_slope}}) {
    const auto t = table({c.text});
    expect(t[eps], c.sup, c.text);
    expect(t[largest], c.slope, c.text);
    expect(t[sum], c.slope, c.text);
  }
  expect(table({"tanh(100*theta1)"})[eps_x], 6, "tanh");
  expect(table({"tanh(100*theta1)"})[derivative_x], 600, "tanh");  // x = -v = 6 where theta = 0
  expect(table({"tanh(100*theta1)"})[derivative_v], 600, "tanh");
}

TEST(Assumption, NarrowBumpsOffCentreAreFoundInTwoAndThreeVariablesAloneAndInASum) {
  const std::string bump2 = "exp(-400*((theta1 - 1.3)^2 + (theta2 + 0.4)^2))";
  const std::string bump3 = "exp(-400*((theta1 - 1.3)^2 + (theta2 + 0.4)^2 + (theta3 - 2)^2))";
  const std::string needle3 = "exp(-1e8*((theta1 - 1.3)^2 + (theta2 + 0.4)^2 + (theta3 - 2)^2))";
  const std::string factors3 = "exp(-400*(theta1 - 1.3)^2)*exp(-400*(theta2 + 0.4)^2)*exp(-400*(theta3 - 2)^2)";
  for (const auto& components : std::vector<std::vector<std::string>>{{bump2, "0"}, {bump3, "0", "0"}, {"0", factors3, "0"}}) {
    const auto t = table(components);
    expect(t[eps], 1, components[0]);
    expect(t[sum], bump_slope, components[0]);
    expect(t[largest], components.size() * bump_slope, components[0]);
  }
  expect(table({"0.1*theta2 + 0.05*" + needle3, "0", "0"})[sum], 0.1 + 0.05 * 500 * bump_slope, needle3);
  for (const auto& components : std::vector<std::vector<std::string>>{{"0.1*theta2 + 0.05*" + bump2, "0"},
                                                                      {"0.1*theta2 + 0.05*" + bump3, "0", "0"},
                                                                      {"0", "0.1*theta2 + 0.05*" + factors3, "0"},
                                                                      {"0.1*theta2 - 0.05*" + bump3, "0", "0"}}) {
    const auto t = table(components);
    expect(t[eps], 1.2, components[0]);  // at the edge of the box
    expect(t[sum], 0.1 + 0.05 * bump_slope, components[0]);
  }
}

TEST(Assumption, ABumpOfThePotentialIsSteepestAtItsTop) {
  const auto t = table(Epsilon::from_potential("0.05*exp(-400*((theta1 - 1.3)^2 + (theta2 + 0.4)^2 + (theta3 - 2)^2))", 3));
  expect(t[eps], 0.05 * bump_slope, "the gradient");
  expect(t[largest], 3 * 0.05 * 800, "the gradient");
  expect(t[sum], 3 * 0.05 * 800, "the gradient");
}

TEST(Assumption, RidgesAndCornersOfSeveralVariablesAreResolved) {
  expect(table({"sin(theta1 + theta2 + theta3)", "0", "0"})[sum], 1, "sin of the sum");
  expect(table({"exp(-400*(theta1 - theta2)^2 - theta3^2/8)", "0", "0"})[eps], 1, "a ridge");
  expect(table({"exp(-400*(theta1 - theta2)^2 - theta3^2/8)", "0", "0"})[sum], bump_slope, "a ridge");
  expect(table({"max(theta1, theta2)", "min(theta1, 2*theta2)"})[eps], 24, "corners");
  expect(table({"max(theta1, theta2)", "min(theta1, 2*theta2)"})[sum], 3, "corners");
  expect(table({"sqrt(theta1^2 + theta2^2)", "0"})[sum], 1, "a cone");
}

TEST(Assumption, WhereEpsJumpsOrIsVerticalTheDerivativeIsNotResolved) {
  for (const auto& components : std::vector<std::vector<std::string>>{{"0.1*sign(theta1)"},
                                                                      {"0.1*sign(theta1 - 1.234)"},
                                                                      {"10*tanh(10*theta1) + 0.01*sign(theta1 - 3)"},
                                                                      {"sqrt(abs(theta1))"},
                                                                      {"sign(theta1 - theta2)", "theta2"},
                                                                      {"0", "sin(theta3)", "0.1*sign(theta1 + theta2*theta3)"}}) {
    const auto t = table(components);
    for (const int row : {eps, eps_x, eps_v}) EXPECT_TRUE(t[row].resolved) << t[row].quantity << " of " << components[0];
    for (const int row : {largest, sum, derivative_x, derivative_v}) {
      EXPECT_FALSE(t[row].resolved) << t[row].quantity << " of " << components[0];
      EXPECT_TRUE(std::isfinite(t[row].value)) << t[row].quantity << " of " << components[0];
    }
  }
  EXPECT_GT(table({"0.1*sign(theta1)"})[largest].value, 1);
}

TEST(Assumption, WhatNoSearchMeetsIsNotResolved) {
  for (const auto& components : std::vector<std::vector<std::string>>{
           {"exp(-1e26*(theta1 - 1.3)^2)"},
           {"max(0, theta1 - 100)"},
           {"0.1*theta2 + max(0, 1 - 1e8*((theta1 - 1.3)^2 + (theta2 + 0.4)^2 + (theta3 - 2)^2))", "0", "0"}})
    for (const auto& row : table(components)) EXPECT_FALSE(row.resolved) << row.quantity << " of " << components[0];
  EXPECT_FALSE(table({"1/(theta1 - 1.3)"})[eps].resolved);
}

TEST(Assumption, WhereEpsIsNotFiniteItsSupremumIsNotANumber) {
  EXPECT_FALSE(std::isfinite(table({"1/theta1"})[eps].value));
  EXPECT_FALSE(std::isfinite(table({"log(theta1)"})[eps].value));
  EXPECT_FALSE(std::isfinite(table({"theta1", "sqrt(5 - theta2)"})[eps].value));
}

TEST(Assumption, TheSearchIsOfTheOrderOfATenthOfASecond) {
  const std::string bell = "*exp(-(theta1^2 + theta2^2 + theta3^2)/4)";
  const auto start = std::chrono::steady_clock::now();
  table({"0.1*theta1" + bell, "0.1*theta2" + bell, "0.1*theta3" + bell});
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

}  // namespace
}  // namespace hypofp
