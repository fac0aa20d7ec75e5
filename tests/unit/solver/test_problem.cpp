#include "solver/problem.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "grids/errors.hpp"
#include "operators/marginals.hpp"
#include "solver/theta_loss.hpp"
#include "tests/unit/temporary_folder.hpp"

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

TEST(Problem, ScaleMultipliesEpsOfAPotentialAndOfComponentsAndZeroIsNoEps) {
  const auto eps_at = [](const std::string& perturbation, double theta) {
    const Problem p = prepare("[model]\nomega0 = 1.0\ngamma = 1.0\nbeta = 1.0\n[perturbation]\n" + perturbation, "F", {}, 1);
    double out = 0;
    if (p.epsilon) p.epsilon->values(0, &theta, 1, &out);
    return std::pair{p.epsilon != nullptr, out};
  };
  for (const std::string eps :
       {"potential = \"0.1*exp(-theta1^2)\"\n", "epsilon = \"0.1*theta1*exp(-theta1^2) + 0.01*exp(-theta1^2)\"\n"}) {
    const double once = eps_at(eps, 0.7).second;
    EXPECT_NE(once, 0);
    EXPECT_NEAR(eps_at(eps + "scale = -0.5\n", 0.7).second, -0.5 * once, 1e-16);
    EXPECT_FALSE(eps_at(eps + "scale = 0.0\n", 0.7).first);
  }
  try {  // a finding names the character of what was written
    prepare("[model]\nomega0 = 1.0\ngamma = 1.0\nbeta = 1.0\n[perturbation]\npotential = \"1+*theta1\"\nscale = 2.0\n", "F", {}, 1);
    FAIL();
  } catch (const UserError& e) {
    EXPECT_NE(std::string(e.what()).find("(character 3)"), std::string::npos) << e.what();
  }
}

std::vector<double> excess(const std::string& perturbation, int d = 1) {
  return excess_loss_on_theta_space(
      prepare(fmt::format("[model]\ndimension = {}\nomega0 = 1.5\ngamma = 1.0\nbeta = 1.0\n[grid]\ncells = 16\nhalf_width = 5.0\n{}", d,
                          perturbation),
              "F", {}, 1));
}
TEST(ExcessLoss, IsQuadraticWithoutEpsAndZeroAtItsMinimum) {
  const std::vector<double> f = excess(""), plane = excess("", 2);
  const Model m{1, 1.5, 1, 1};
  const std::vector<double> theta = MarginalAxes(m, {16, 16, 5.0, 6}).theta;
  ASSERT_EQ(f.size(), theta.size());
  ASSERT_EQ(plane.size(), theta.size() * theta.size());
  for (std::size_t i = 0; i < f.size(); ++i) EXPECT_NEAR(f[i], 1.125 * theta[i] * theta[i], 1e-12);
  EXPECT_NEAR(plane[3 * 16 + 7], f[3] + f[7], 1e-12);
}
TEST(ExcessLoss, OfOneEpsIsThatOfItsPotential) {
  const std::vector<double> by_potential = excess("[perturbation]\npotential = \"0.3*exp(-theta1^2)\"\n"),
                            by_eps = excess("[perturbation]\nepsilon = [\"-0.6*theta1*exp(-theta1^2)\"]\n");
  ASSERT_EQ(by_potential.size(), by_eps.size());
  ASSERT_FALSE(by_eps.empty());
  for (std::size_t i = 0; i < by_eps.size(); ++i) EXPECT_NEAR(by_eps[i], by_potential[i], 2e-4);
}
TEST(ExcessLoss, OfACoupledEpsWithoutPotentialIsNotKnown) {
  EXPECT_TRUE(excess("[perturbation]\nepsilon = [\"0.1*sin(theta2)\", \"0.05*cos(theta1)\"]\n", 2).empty());
}
class Memory : public TemporaryFolder {
 protected:
  void say(const std::string& file, const std::string& text) {
    fs::create_directories((folder / file).parent_path());
    std::ofstream(folder / file) << text;
  }
  double available() const { return available_bytes(folder.string()); }
};
TEST_F(Memory, IsWhatTheSystemHasWithinTheControlGroupWhereCachedFilesGiveWay) {
  say("proc/meminfo", "MemTotal:  9000000 kB\nMemFree:  100 kB\nMemAvailable:  4000000 kB\n");
  EXPECT_EQ(available(), 4.096e9);
  say("sys/fs/cgroup/memory.max", "max\n");
  say("sys/fs/cgroup/memory.current", "2900000000\n");
  say("sys/fs/cgroup/memory.stat", "anon 500000000\nfile 2400000000\ninactive_anon 7\nactive_file 400000000\ninactive_file 1900000000\n");
  EXPECT_EQ(available(), 4.096e9);
  say("sys/fs/cgroup/memory.max", "3000000000\n");
  EXPECT_EQ(available(), 2.4e9);
  say("sys/fs/cgroup/memory.max", "9000000000\n");
  EXPECT_EQ(available(), 4.096e9);
}

}  // namespace
}  // namespace hypofp
