#include "operators/epsilon/expression.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <numbers>
#include <random>

namespace hypofp {
namespace {

double value(const std::string& text, double x = 0) { return Expression(text, {"x"})({x}); }

struct Refusal {
  std::string what;
  int position;
};
Refusal refusal(const std::string& text, const std::vector<std::string>& variables = {"theta1", "theta2"}) {
  try {
    Expression e(text, variables);
  } catch (const ExpressionError& error) {
    return {error.what(), error.position};
  }
  ADD_FAILURE() << "accepted: " << text;
  return {};
}

// Away from the singular points of all of them, for arguments in (0.2, 0.8).
const std::vector<std::string> smooth = {
    "x^3*y - 2*x*y^2 + 7",
    "0.1*sin(2*x)*exp(-x^2/8)",
    "-x^2",
    "2^x^y",
    "x^-y/3",
    "(x - y + 2)^5/(x*y - 3)",
    "sqrt(1 + x^2)*tan(y)",
    "asin(x)*acos(y) - atan(x/y)",
    "sinh(x)*cosh(y) + tanh(x - y)",
    "log(x + y)*ln(x)",
    "abs(x - 2)*abs(y + x)^1.5",
    "exp(-(x^2 + y^2)/4)/(1 + x^2)",
    "x^2.7 + y^(1/3) + pi*x",
    "-x - -y^2*-3 + (+x)",
    "cos(sin(exp(x*y)))^2",
    "1e-3*x/1.5E2 - .5*y + 2.*x*y",
    "erf(x*y - 1)*x",
    "exp(max(x^2, 0.9 + y))*min(sin(x), x + 2*y)",
    "max(min(x, y + 1)^2, -y)/max(1, 2)",
};

TEST(Expression, DerivativesAgreeWithCentralDifferences) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> uniform(0.2, 0.8);
  for (const std::string& text : smooth) {
    const Expression f(text, {"x", "y"});
    for (const int i : {0, 1}) {
      const Expression df = f.derivative(i == 0 ? "x" : "y");
      for (int k = 0; k < 20; ++k) {
        const std::vector<double> p{uniform(random), uniform(random)};
        const auto shifted = [&](double h) {
          std::vector<double> q = p;
          q[i] += h;
          return f(q);
        };
        const double h = 1e-3;  // fourth order: error of about h^4
        const double difference = (8 * (shifted(h) - shifted(-h)) - (shifted(2 * h) - shifted(-2 * h))) / (12 * h);
        EXPECT_NEAR(df(p), difference, 1e-8 * (1 + std::abs(difference))) << text << " by " << i << ": " << df.text();
      }
    }
  }
}

TEST(Expression, SecondDerivativesAreSymmetric) {
  std::mt19937 random(2);
  std::uniform_real_distribution<double> uniform(0.2, 0.8);
  for (const std::string& text : smooth) {
    const Expression f(text, {"x", "y"});
    const Expression xy = f.derivative("x").derivative("y"), yx = f.derivative("y").derivative("x");
    const std::vector<double> p{uniform(random), uniform(random)};
    EXPECT_NEAR(xy(p), yx(p), 1e-12 * (1 + std::abs(xy(p)))) << text;
  }
}

TEST(Expression, SignBindsLessThanPowerAndPowersGroupToTheRightInValueAndDerivative) {
  EXPECT_EQ(value("-x^2", 3), -9);
  EXPECT_EQ(value("2^3^2"), 512);
  EXPECT_EQ(value("2^-x^2", 2), 1.0 / 16);
  EXPECT_EQ(value("2*-x^2", 3), -18);
  EXPECT_EQ(value("x - 2 - 3", 1), -4);
  EXPECT_EQ(value("x/2*3", 4), 6);
  const auto slope = [](const std::string& text, double x) { return Expression(text, {"x"}).derivative("x")({x}); };
  EXPECT_EQ(slope("-x^2", 3), -6);
  EXPECT_DOUBLE_EQ(slope("x^2^3", 1.1), 8 * std::pow(1.1, 7));
  EXPECT_DOUBLE_EQ(slope("2^-x^2", 2), std::log(2) * -4 / 16);
  EXPECT_EQ(slope("2*-x^2", 3), -12);
  EXPECT_EQ(slope("x - 2 - 3*x", 1), -2);
  EXPECT_EQ(slope("x/2*3", 4), 1.5);
}

TEST(Expression, FunctionsAndConstantsAreTheUsualOnes) {
  const double x = 0.37;
  using F = double (*)(double);
  const std::vector<std::pair<std::string, F>> functions = {
      {"sin", std::sin},   {"cos", std::cos},   {"tan", std::tan},   {"asin", std::asin}, {"acos", std::acos},
      {"atan", std::atan}, {"sinh", std::sinh}, {"cosh", std::cosh}, {"tanh", std::tanh}, {"exp", std::exp},
      {"log", std::log},   {"ln", std::log},    {"sqrt", std::sqrt}, {"abs", std::fabs},  {"erf", std::erf}};
  for (const auto& [name, f] : functions) EXPECT_DOUBLE_EQ(value(name + "(x)", x), f(x)) << name;
  EXPECT_EQ(value("pi"), std::numbers::pi);
  EXPECT_EQ(value("1e-3 + .5 + 2.e1"), 20.501);
}

TEST(Expression, MinAndMaxAreThoseOfTwoArgumentsAndPassNaNOn) {
  EXPECT_EQ(value("max(x, 2)", 1), 2);
  EXPECT_EQ(value("max(x, 2)", 3), 3);
  EXPECT_EQ(value("min( x ,2 )", 1), 1);
  EXPECT_EQ(value("min(x, 2)", 3), 2);
  EXPECT_EQ(value("min(max(x, -1), 1)*2", 7), 2);
  EXPECT_EQ(value("max(min(3, 4), 2)"), 3);
  for (const char* text : {"max(log(x), 0)", "max(0, log(x))", "min(log(x), 0)", "min(0, log(x))"})
    EXPECT_TRUE(std::isnan(value(text, -1))) << text;
  EXPECT_EQ(value("max(1/x, 2)"), INFINITY);
}

TEST(Expression, WhereMinAndMaxTieTheDerivativeIsTheMeanOfBoth) {
  const auto slope = [](const std::string& text, double x) { return Expression(text, {"x"}).derivative("x")({x}); };
  EXPECT_EQ(slope("max(3*x, x^2)", 2), 3);
  EXPECT_EQ(slope("max(3*x, x^2)", 4), 8);
  EXPECT_EQ(slope("max(3*x, x^2)", 3), 4.5);
  EXPECT_EQ(slope("min(3*x, x^2)", 2), 4);
  EXPECT_EQ(slope("min(3*x, x^2)", 4), 3);
  EXPECT_EQ(slope("min(3*x, x^2)", 3), 4.5);
  EXPECT_EQ(slope("max(x, x)", 1), 1);
}

TEST(Expression, SmallPowersAreProducts) {
  for (const double x : {0.1, -1.7, 3e-120, 12345.678}) {
    EXPECT_EQ(value("x^2", x), x * x);
    EXPECT_EQ(value("x^3", x), x * x * x);
    EXPECT_EQ(value("x^-1", x), 1 / x);
    EXPECT_DOUBLE_EQ(value("x^4", x), std::pow(x, 4));
  }
  EXPECT_EQ(value("1.1^2*x", 1), value("x^2", 1.1));  // folded or not, a power is the same
}

TEST(Expression, ManyPointsGiveWhatSinglePointsGive) {
  std::mt19937 random(4);
  std::uniform_real_distribution<double> uniform(0.2, 0.8);
  std::vector<double> points(2 * 1000), values(1000);  // more than a block, and not a multiple of one
  for (double& p : points) p = uniform(random);
  for (const std::string& text : smooth) {
    const Expression f(text, {"x", "y"});
    f.evaluate(points.data(), 1000, values.data());
    for (int p = 0; p < 1000; ++p) EXPECT_EQ(values[p], f({points[2 * p], points[2 * p + 1]})) << text;
  }
}

TEST(Expression, ItsPeakedPartsAreFunctionsProductsAndQuotientsEachOnce) {
  const double x = 0.3;
  const auto values = [&](const std::string& text) {
    std::vector<double> out;
    const Expression e(text, {"x"});
    for (const Program& part : e.program().peaked_parts()) part.evaluate(&x, 1, &out.emplace_back());
    return out;
  };
  const double s = std::sin(2 * x), e = std::exp(-x * x / 8);
  EXPECT_EQ(values("0.1*sin(2*x)*exp(-x^2/8) + 3*exp(-x^2/8) - 1/(1 + x)"), (std::vector{s, e, 0.1 * s * e, 1 / (1 + x)}));
  EXPECT_EQ(values("max(x, -1)*x"), (std::vector{x, x * x}));
  EXPECT_EQ(values("3*x + x^2/4 - 2*(x - 1)^3"), std::vector<double>{});
  EXPECT_EQ(values("x^-2 + 2^x"), (std::vector{std::pow(x, -2), std::pow(2, x)}));
}

TEST(Expression, DerivativeOfAPowerIsFiniteAtZero) {
  for (const char* text : {"x^2", "x^(1 + 1)", "x^(5/2)", "x*x", "abs(x)", "abs(x)^1.3"})
    EXPECT_EQ(Expression(text, {"x"}).derivative("x")({0.0}), 0) << text;
  EXPECT_EQ(Expression("abs(x)", {"x"}).derivative("x")({-2.0}), -1);
}

TEST(Expression, ValuesThatAreNotFiniteAreReturned) {
  EXPECT_TRUE(std::isinf(value("1/x")));
  EXPECT_TRUE(std::isnan(value("log(x)", -1)));
  EXPECT_TRUE(std::isnan(value("sign(log(x))", -1)));
}

TEST(Expression, ErrorsNameTheTokenAndItsColumn) {
  struct Case {
    std::string text;
    int position;
    std::string says;
  };
  const std::vector<Case> cases = {
      {"", 0, "empty"},
      {"  ", 2, "empty"},
      {"theta1=3", 6, "'='"},
      {"1,5", 1, "','"},
      {"sin(theta1,2)", 10, "','"},
      {"2*sine(theta1)", 2, "unknown function 'sine'; nearest: sin;"},
      {"arctan(theta1)", 0, "nearest: atan;"},
      {"pow(theta1,2)", 0, "unknown function 'pow'"},
      {"1 + theta", 4, "unknown name 'theta'; nearest: theta1;"},
      {"theta3", 0, "allowed: theta1, theta2, pi"},
      {"theta1(2)", 0, "not a function"},
      {"sin theta1", 0, "'sin' needs its argument"},
      {"2 theta1", 2, "operator is missing before 'theta1'"},
      {"2*(theta1 + 1", 2, "never closed"},
      {"theta1)", 6, "')'"},
      {"sin()", 4, "')'"},
      {"sin(theta1,2)", 10, "'sin' takes one argument"},
      {"max(theta1)", 10, "unexpected ')': 'max' takes two arguments"},
      {"min(theta1, 2, 3)", 13, "unexpected ',': 'min' takes two arguments"},
      {"min(1, theta1", 3, "never closed"},
      {"min(1,)", 6, "')'"},
      {"min((1,2), 3)", 6, "one value"},
      {"min(,1)", 4, "','"},
      {"1 + min", 4, "'min' needs its arguments"},
      {"max(1 2, 3)", 6, "operator is missing before '2'"},
      {"theta1**2", 7, "power is written ^"},
      {"theta1 +", 8, "it ends"},
      {"--theta1", 1, "'-'"},
      {"theta1 > 0 ? 1 : 2", 7, "'>'"},
      {"1 + 1e99999", 4, "1e99999"},
      {"2*.", 2, "not a number"},
      {"1.2.3", 3, "operator is missing before '.3'"},
      {"2*\xCE\xB8", 2, "'\xCE\xB8'"},
      {"theta1 + \"a\"", 9, "'\"'"},
  };
  for (const Case& c : cases) {
    const Refusal r = refusal(c.text);
    EXPECT_EQ(r.position, c.position) << c.text << ": " << r.what;
    EXPECT_NE(r.what.find(c.says), std::string::npos) << c.text << ": " << r.what;
  }
}

TEST(Expression, LongAndDeepTextsAreRefusedBeforeAnyLibrarySeesThem) {
  const auto repeat = [](const std::string& s, int n) {
    std::string text;
    for (int i = 0; i < n; ++i) text += s;
    return text;
  };
  EXPECT_EQ(refusal(repeat("1+", 3000) + "1").position, 4096);
  EXPECT_EQ(refusal(repeat("(", 2000) + "1" + repeat(")", 2000)).position, 64);
  EXPECT_EQ(refusal(repeat("theta1^", 500) + "2").position, 64 * 7 + 6);
  EXPECT_EQ(refusal(repeat("sin(", 800) + "1" + repeat(")", 800)).position, 64 * 4 + 3);
  EXPECT_EQ(value(repeat("(", 64) + "x" + repeat(")", 64), 5), 5);
  EXPECT_EQ(Expression(repeat("x+", 2000) + "x", {"x"}).derivative("x")({1.0}), 2001);
}

TEST(Expression, NumbersBeyondAllMeasureDoNotHangTheDerivative) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(std::isinf(value("9^9^9^9")));
  for (const char* text : {"9^9^9^9*x", "sin(10^300*x)", "((x+x)^1000)^1000", "(((x+x+9)^999)^999)^999", "(3*x)^0.123456789", "x^1e300",
                           "sin(9^300)*x", "(x+x)^x^x", "log(x-x)", "1/(x-x)", "sqrt(-x/x)*x"}) {
    try {
      Expression(text, {"x"}).derivative("x")({0.5});
    } catch (const ExpressionError& error) {
      EXPECT_NE(std::string(error.what()).find("derivative"), std::string::npos) << text;
    }
  }
  EXPECT_THROW(Expression("(((x+x)^999)^999)", {"x"}).derivative("x"), ExpressionError);
  EXPECT_THROW(Expression("x + 1/0", {"x"}).derivative("x"), ExpressionError);
  EXPECT_THROW(Expression("log(x-x)", {"x"}).derivative("x"), ExpressionError);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(Expression, TooLongADerivativeIsRefusedQuickly) {
  std::string product = "sin(x)";
  for (int i = 1; i < 250; ++i) product += "*sin(" + std::to_string(i) + "+x)";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THROW(Expression(product, {"x"}).derivative("x"), ExpressionError);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(Expression, TheTextOfADerivativeDoesNotDependOnTheRun) {
  // GiNaC's own order of terms would: it goes by addresses. This text was written down once.
  EXPECT_EQ(Expression("(x-y+2*z)^3*sin(x) - x/(y-x)", {"x", "y", "z"}).derivative("x").text(),
            "3*(2*z+x-y)^2*sin(x)+(2*z+x-y)^3*cos(x)+(x-y)^(-1)-(x-y)^(-2)*x");
  EXPECT_EQ(Expression("y*max(x-y,2*z)*erf(z-x) - min(y,x)", {"x", "y", "z"}).derivative("x").text(),
            "-(0.5-0.5*(1+sign(-(2*z-x+y)))*erf(-(x-z))*y+2*exp(-(x-z)^2)*max(x-y,2*z)*pi^(-0.5)*y+0.5*sign(-(x-y)))");
}

TEST(Expression, RandomTextsNeitherCrashNorHang) {
  const std::vector<std::string> words = {"x", "y", "1", "2", "0",    "3.5",  "1e3", "sin(", "exp(", "log(", "sqrt(", "abs(", "(", ")",
                                          ")", "+", "-", "*", "max(", "erf(", "/",   "^",    "=",    ",",    " ",     "pi",   "?", "x^2"};
  std::mt19937 random(3);
  int accepted = 0;
  for (int k = 0; k < 20000; ++k) {
    std::string text;
    for (int length = 1 + random() % 14; length > 0; --length) text += words[random() % words.size()];
    if (k % 10 == 0) text += static_cast<char>(random() % 256);
    try {
      const Expression f(text, {"x", "y"});
      ++accepted;
      f({0.3, 0.7});
      f.derivative("x").derivative("y")({0.3, 0.7});
    } catch (const ExpressionError& error) {
      EXPECT_GE(error.position, 0) << text;
      EXPECT_LE(error.position, static_cast<int>(text.size())) << text;
    }
  }
  EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace hypofp
