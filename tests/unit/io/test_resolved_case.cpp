// A resolved case is a case like any other: its defaults are marked, and follow what is set.
#include <gtest/gtest.h>

#include "grids/errors.hpp"
#include "io/case/case.hpp"

namespace hypofp {
namespace {

const std::string physics = "[model]\nomega0 = 1.0\ngamma = 1.0\nbeta = 1.0\n";
Case read_text(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return read_case_text(text, "folder/name.toml", overrides);
}
std::string refusal_of(const std::string& text, const std::vector<std::string>& overrides = {}) {
  try {
    read_text(text, overrides);
    return "";
  } catch (const UserError& e) {
    return e.what();
  }
}
std::string replaced(std::string text, const std::string& old, const std::string& by) {
  EXPECT_NE(text.find(old), std::string::npos) << old << " in\n" << text;
  return text.replace(text.find(old), old.size(), by);
}

struct Start {
  const char *name, *text;
};
class Resolved : public testing::TestWithParam<Start> {};
/// Everything that is read counts: the values, and which of them somebody wrote.
TEST_P(Resolved, ReadsAsTheCaseItCameFromUnderEveryOverride) {
  const std::string text = physics + GetParam().text, resolved = to_toml(read_text(text));
  EXPECT_EQ(to_toml(read_text(resolved)), resolved);
  for (const std::vector<std::string>& set : std::vector<std::vector<std::string>>{{"model.gamma=0.05"},
                                                                                   {"model.gamma=2"},
                                                                                   {"model.beta=4"},
                                                                                   {"model.omega0=0.5"},
                                                                                   {"time.end=0.05"},
                                                                                   {"time.end=50"},
                                                                                   {"time.interval=0.3", "time.end=3"},
                                                                                   {"grid.cells=40"},
                                                                                   {"grid.cells=[30,40]"},
                                                                                   {"grid.order=8"},
                                                                                   {"lyapunov.delta=0.01"},
                                                                                   {"output.fields_interval=1"},
                                                                                   {"title=other"},
                                                                                   {"time={end=7.0}"},
                                                                                   {"model.omega0=3", "model.gamma=0.2", "model.beta=7"}}) {
    EXPECT_EQ(refusal_of(resolved, set), "") << set[0];
    EXPECT_EQ(to_toml(read_text(resolved, set)), to_toml(read_text(text, set))) << set[0];
  }
}
INSTANTIATE_TEST_SUITE_P(
    Kinds, Resolved,
    testing::Values(
        Start{"bare", ""}, Start{"mean", "[initial]\nmean = [0.5, 0.0]\n"}, Start{"scale", "[initial]\ncovariance_scale = 0.5\n"},
        Start{"interval", "[time]\ninterval = 0.05\n"}, Start{"delta", "[lyapunov]\ndelta = 0.02\n"},
        Start{"mixture",
              "[initial]\nkind = \"mixture\"\n[[initial.components]]\n[[initial.components]]\nmean = [0.1, 0.0]\nweight = 2.0\n"},
        Start{"deviation", "[initial]\nkind = \"deviation\"\nh0 = \"x1\"\n"},
        Start{"box",
              "[initial]\nkind = \"box\"\nlower = [-1.0, -1.0]\nupper = [1.0, 1.0]\n[perturbation]\npotential = \"0.1*exp(-theta1^2)\"\n"}),
    [](const auto& i) { return std::string(i.param.name); });

TEST(ResolvedCase, HasTheWorkersOfACaseThatHasThem) {
  const std::string asgd = "[model]\nomega0 = 1.0\n[asgd]\nlearning_rate = 0.1\nstaleness = 0.9\nnoise = 1.0\n";
  EXPECT_EQ(to_toml(read_text(asgd)).find("[workers]"), std::string::npos);
  for (const char* text : {"[workers]\n", "[workers]\ncount = [2]\nlearning_rates = [\"best\", 0.25]\nstart = [3.0]\n",
                           "[[workers.service]]\n[[workers.service]]\nlaw = \"lognormal\"\nsigma = 0.5\nslow_factor = 10.0\n"}) {
    const std::string resolved = to_toml(read_text(asgd + text));
    EXPECT_EQ(to_toml(read_text(resolved)), resolved) << text;
    EXPECT_EQ(to_toml(read_text(resolved, {"workers.paths=500"})), to_toml(read_text(asgd + text, {"workers.paths=500"}))) << text;
    EXPECT_EQ(read_text(resolved).workers->service.size(), read_text(asgd + text).workers->service.size());
  }
}
TEST(ResolvedCase, FollowsAnotherDimensionAndAnotherKindWhereNobodyWroteWhatDependsOnIt) {
  const std::string resolved = to_toml(read_text(physics));
  EXPECT_EQ(read_text(resolved, {"model.dimension=3"}).initial.components[0].mean.size(), 6);
  EXPECT_EQ(read_text(resolved, {"initial.kind=deviation", "initial.h0=x1"}).initial.h0, "x1");
  EXPECT_NE(refusal_of(to_toml(read_text(physics + "[initial]\nmean = [1.0, 0.0]\n")), {"model.dimension=2"}), "");
}
TEST(ResolvedCase, WritesACovarianceAsItWasGiven) {
  const std::string scale = to_toml(read_text(physics)),
                    matrix = to_toml(read_text(physics + "[initial]\ncovariance = [[0.5, 0.0], [0.0, 0.75]]\n"));
  EXPECT_NE(scale.find("\ncovariance_scale = 0.8\n"), std::string::npos) << scale;
  EXPECT_EQ(scale.find("\ncovariance = "), std::string::npos) << scale;
  EXPECT_NE(matrix.find("\ncovariance = [[0.5, 0.0], [0.0, 0.75]]\n"), std::string::npos) << matrix;
  EXPECT_EQ(matrix.find("covariance_scale"), std::string::npos) << matrix;
}
TEST(ResolvedCase, ListsWhatNobodyWroteAndNothingElse) {
  const std::string text = to_toml(read_text(physics + "[time]\nend = 5.0\n"));
  const std::string list = text.substr(text.find("defaults = "), text.find("]\n", text.find("defaults = ")) - text.find("defaults = "));
  for (const char* key :
       {"\"model.dimension\"", "\"time.interval\"", "\"output.fields_interval\"", "\"lyapunov.delta\"", "\"initial.mean\""})
    EXPECT_NE(list.find(key), std::string::npos) << text;
  for (const char* key : {"\"time.end\"", "\"model.gamma\"", "\"title\"", "\"lyapunov.C\""})
    EXPECT_EQ(list.find(key), std::string::npos) << text;
}
TEST(ResolvedCase, AListedValueThatWasEditedCountsAsWritten) {
  const std::string resolved = to_toml(read_text(physics));
  const Case delta = read_text(replaced(resolved, "delta = 0.05", "delta = 0.04"), {"model.gamma=0.1"});
  EXPECT_EQ(delta.lyapunov.delta, 0.04);
  // fields_interval was the end; with another end in the file it is not, and stays
  const std::string longer = replaced(resolved, "end = 10.0", "end = 20.0");
  EXPECT_EQ(read_text(longer, {"time.end=40"}).output.fields_interval, 10);
  const std::string both = replaced(longer, "fields_interval = 10.0", "fields_interval = 20.0");
  EXPECT_EQ(read_text(both, {"time.end=40"}).output.fields_interval, 40);
}
TEST(ResolvedCase, WithoutTheListEveryValueStays) {
  const std::string resolved = to_toml(read_text(physics));
  EXPECT_EQ(read_text(resolved, {"defaults=[]", "time.end=40"}).output.fields_interval, 10);
  EXPECT_EQ(read_text(resolved, {"time.end=40"}).output.fields_interval, 40);
  EXPECT_EQ(read_text(resolved, {"time.end=40", "output.fields_interval=10"}).output.fields_interval, 10);
}
TEST(ResolvedCase, ItsListHoldsNamesOfKeysOnly) {
  for (const char* list : {"[\"lyapunov.delt\"]", "[3]", "[\"time\"]", "[\"initial.components[0].mean1\"]", "[\"initial.components[0\"]",
                           "[\"\"]", "[[]]", "[{}]"})
    EXPECT_NE(refusal_of("defaults = " + std::string(list) + "\n" + physics).find("folder/name.toml:1:13: defaults[0]"), std::string::npos)
        << list;
  EXPECT_NE(refusal_of("defaults = 3\n" + physics).find("folder/name.toml:1:12: defaults = 3: allowed: an array"), std::string::npos);
  EXPECT_EQ(refusal_of("defaults = [\"initial.components[12].mean\", \"time.end\"]\n" + physics), "");  // keys that are not there
}
TEST(ResolvedCase, AMixtureOfManyPartsIsReadInAMoment) {
  std::string text = physics + "[initial]\nkind = \"mixture\"\n";
  for (int i = 0; i < 1000; ++i) text += "[[initial.components]]\n";
  EXPECT_EQ(read_text(to_toml(read_text(text)), {"model.dimension=2"}).initial.components[999].mean.size(), 4);
}

}  // namespace
}  // namespace hypofp
