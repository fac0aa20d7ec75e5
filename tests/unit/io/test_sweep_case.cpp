// [sweep] of a case: axes, points, names, findings; and perturbation.scale.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <set>

#include "grids/errors.hpp"
#include "io/case/case.hpp"
#include "io/case/sweep.hpp"

namespace hypofp {
namespace {

const std::string rest = "title = \"t\"\n[model]\nomega0 = 1.0\n";

Sweep sweep(const std::string& body, const std::vector<std::string>& overrides = {}) {
  return read_sweep(rest + "[sweep]\n" + body, "a.toml", overrides);
}
std::string finding(const std::string& body) {
  try {
    sweep(body);
  } catch (const UserError& e) {
    return e.what();
  }
  return "";
}

TEST(SweepCase, PointsAreTheGridOfTheAxesInTheFilesOrderTheLastFastest) {
  const Sweep s = sweep("what = [\"spectrum\", \"certify\"]\n\"model.gamma\" = [1, 2.5]\n\"grid.cells\" = [24, [30, 36]]\n");
  EXPECT_EQ(s.what, (std::vector<std::string>{"spectrum", "certify"}));
  ASSERT_EQ(s.points(), 4u);
  EXPECT_EQ(s.settings(1), (std::vector<std::string>{"model.gamma=1", "grid.cells=[30, 36]"}));
  EXPECT_EQ(s.settings(2), (std::vector<std::string>{"model.gamma=2.5", "grid.cells=24"}));
  EXPECT_EQ(s.names()[1], "gamma=1,cells=_30__36_");
  EXPECT_EQ(s.title, "t");
}

TEST(SweepCase, RangesAreLinearOrLogarithmicAndWholeNumbersStayIntegers) {
  const Sweep s = sweep(
      "\"grid.cells\" = { from = 24, to = 48, points = 3 }\n\"model.gamma\" = { from = 0.1, to = 10.0, points = 5, scale = \"log\" }\n");
  EXPECT_EQ(s.axes[0].values, (std::vector<std::string>{"24", "36", "48"}));
  EXPECT_EQ(s.axes[1].values.front(), "0.1");
  EXPECT_EQ(s.axes[1].values[2], "1.0");
  EXPECT_EQ(s.axes[1].values.back(), "10.0");
  EXPECT_EQ(sweep("\"model.gamma\" = { from = 0.1, to = 0.4, points = 4 }\n").axes[0].values[2], "0.3") << "no noise of the last digits";
}

TEST(SweepCase, NamesAreFileNamesAndDifferForEachPointWhateverTheValues) {
  const Sweep s = sweep("\"perturbation.potential\" = [\"a/b\", \"a*b\", \"../..\", \"\", \"'; rm -rf\"]\n");
  const auto names = s.names();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 5u);
  for (const auto& name : names) {
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-=,"), std::string::npos) << name;
    EXPECT_NE(name.front(), '.') << name;
  }
  const Sweep both = sweep("\"asgd.noise\" = [1.0]\n\"ensemble.noise\" = [\"gaussian\"]\n");
  EXPECT_EQ(both.names()[0], "asgd.noise=1,ensemble.noise=gaussian") << "whole keys where their last names are one";
}

TEST(SweepCase, FindingsNameThePlaceAndWhatIsAllowed) {
  EXPECT_NE(
      finding("\"model.gama\" = [1]\n").find("a.toml:5:16: sweep.\"model.gama\" = [1]: unknown key, did you mean sweep.\"model.gamma\"?"),
      std::string::npos)
      << finding("\"model.gama\" = [1]\n");
  for (const auto& [body, said] : std::vector<std::pair<std::string, std::string>>{
           {"\"model.gamma\" = 1.0\n", "allowed: a list, or a range"},
           {"\"model.gamma\" = []\n", "allowed: a list of 1 to 1000 values"},
           {"\"model.gamma\" = [{a = 1}]\n", "allowed: a list of 1 to 1000 values"},
           {"\"model.gamma\" = { from = 1, to = 2 }\n", "points is missing"},
           {"\"model.gamma\" = { from = 1, to = 2, points = 1 }\n", "out of range"},
           {"\"model.gamma\" = { from = -1, to = 2, points = 3, scale = \"log\" }\n", "allowed: above 0"},
           {"\"model.gamma\" = { from = 1, to = 2, points = 3, scale = \"cubic\" }\n", "allowed: linear, log"},
           {"\"model.gamma\" = { from = 1, to = 2, point = 3, points = 3 }\n", "unknown key, did you mean"},
           {"model.gamma = [1]\n", "unknown key"},
           {"\"initial.components[0].weight\" = [1]\n", "unknown key"},
           {"\"sweep.what\" = [1]\n", "unknown key"},
           {"what = \"run\"\n", "sweeps no key"},
           {"what = [\"run\", \"run\"]\n\"model.gamma\" = [1]\n", "each once"},
           {"what = []\n\"model.gamma\" = [1]\n", "allowed: one or more of"},
           {"what = 3\n\"model.gamma\" = [1]\n", "allowed: one or more of"}})
    EXPECT_NE(finding(body).find(said), std::string::npos) << body << finding(body);
  std::string many;
  for (const char* key : {"model.gamma", "model.beta", "model.omega0"})
    many += fmt::format("\"{}\" = {{ from = 1.0, to = 2.0, points = 100 }}\n", key);
  EXPECT_NE(finding(many).find("more than 10000 points"), std::string::npos);
}

TEST(SweepCase, AnOrdinaryCommandChecksTheTableAndTheResolvedCaseHasNone) {
  const std::string good = rest + "gamma = 1.0\nbeta = 1.0\n[sweep]\n\"model.gamma\" = [1.0]\n";
  const Case c = read_case_text(good, "a.toml", {});
  EXPECT_EQ(to_toml(c).find("sweep"), std::string::npos);
  EXPECT_THROW(read_case_text(rest + "gamma = 1.0\nbeta = 1.0\n[sweep]\n\"model.gama\" = [1.0]\n", "a.toml", {}), UserError);
}

TEST(SweepCase, ScaleMultipliesEpsAndZeroSwitchesItOff) {
  const std::string body = rest + "gamma = 1.0\nbeta = 1.0\n[perturbation]\npotential = \"cos(theta1)\"\n";
  EXPECT_EQ(read_case_text(body, "a.toml", {}).perturbation.scale, 1);
  const Case half = read_case_text(body + "scale = -0.5\n", "a.toml", {});
  EXPECT_EQ(half.perturbation.scaled("cos(theta1)"), "(-0.5) * (cos(theta1))");
  EXPECT_TRUE(half.perturbation.present());
  EXPECT_NE(to_toml(half).find("scale = -0.5"), std::string::npos);
  EXPECT_FALSE(read_case_text(body + "scale = 0\n", "a.toml", {}).perturbation.present());
  EXPECT_THROW(read_case_text(rest + "gamma = 1.0\nbeta = 1.0\n[perturbation]\nscale = 2.0\n", "a.toml", {}), UserError);
}

}  // namespace
}  // namespace hypofp
