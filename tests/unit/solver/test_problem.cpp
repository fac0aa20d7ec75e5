#include "solver/problem.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "grids/errors.hpp"

namespace hypofp {
namespace {

/// What is wrong with H's constants at this gamma (omega0 = beta = 1); empty where nothing is.
std::string refusal(double gamma, const std::string& constants) {
  try {
    prepare(fmt::format("[model]\nomega0 = 1.0\ngamma = {}\nbeta = 1.0\n[lyapunov]\n{}\n", gamma, constants), "F", {}, 1);
    return "";
  } catch (const UserError& e) {
    return e.what();
  }
}

TEST(Problem, OneLyapunovConstantIsJudgedBesideTheTheoremsOther) {
  EXPECT_EQ(refusal(1, "C = 0.1"), "F:6:5: lyapunov.C = 0.1: C = 0.1, C_hat = 0.5: H is no norm; allowed: C > C_hat^2");
  EXPECT_EQ(refusal(2, "C_hat = 1.004"), "");  // critical: C = 1 + 4 delta^2 = 1.01
  EXPECT_EQ(refusal(2, "C_hat = 1.006"), "F:6:9: lyapunov.C_hat = 1.006: C = 1.01, C_hat = 1.006: H is no norm; allowed: C > C_hat^2");
  EXPECT_EQ(refusal(3, "C_hat = 1.8"), "");  // overdamped: C = 3.5
  EXPECT_NE(refusal(3, "C_hat = 1.9"), "");
}
TEST(Problem, DeltaIsHeldBelowHalfOfGammaWhereItCounts) {
  EXPECT_EQ(refusal(2, "delta = 1.0"), "F:6:9: lyapunov.delta = 1: allowed: below gamma/2 = 1");
  EXPECT_EQ(refusal(2, "delta = 0.9"), "");
  EXPECT_EQ(refusal(1, "delta = 1.0"), "");
}

}  // namespace
}  // namespace hypofp
