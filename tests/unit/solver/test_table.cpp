// A case with [table]: from the file to eps.
#include <gtest/gtest.h>

#include <cmath>

#include "io/table_file.hpp"
#include "solver/ensemble_summary.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace hypofp {
namespace {

class TableCase : public TemporaryFolder {
 protected:
  void write(const std::string& text) const { std::ofstream(folder / "data.csv") << text; }
  Problem problem(const std::string& predictors, const std::string& more = "", int d = 1) const {
    return prepare("[model]\ndimension = " + std::to_string(d) +
                       "\nomega0 = 1.0\n[table]\nfile = \"data.csv\"\nresponse = \"y\"\npredictors = " + predictors + "\n" + more +
                       "[asgd]\nlearning_rate = 0.05\nstaleness = 0.9\n[grid]\ncells = 12\n",
                   (folder / "case.toml").string(), {}, 1);
  }
  std::string refusal(const std::string& predictors, const std::string& more = "") const {
    try {
      problem(predictors, more);
      return "";
    } catch (const UserError& e) {
      return e.what();
    }
  }
};

TEST_F(TableCase, NeedsTheVectorsOfARunWithEps) {
  write("x,y\n1,0\n1,1\n");
  const Estimate table = problem("\"x\"").estimate;
  const std::string model =
      "[model]\ndimension = 1\nomega0 = 1.0\n[asgd]\nlearning_rate = 0.05\nstaleness = 0.9\nnoise = 1.0\n[grid]\ncells = 12\n";
  const auto of = [&](const char* eps) { return prepare(model + eps, "case.toml", {}, 1).estimate; };
  EXPECT_EQ(table.vectors, of("[perturbation]\nepsilon = [\"0.1*sin(theta1)\"]\n").vectors);
  EXPECT_GT(table.vectors, of("").vectors);
}
TEST_F(TableCase, OfHalfAndHalfLabelsHasTheGradientTanhAndUnitNoise) {
  write("# a comment\nx,y\n1,0\n1,1\n");
  const Problem p = problem("\"x\"");
  EXPECT_EQ(p.input.asgd->noise, 1);
  const Loss loss = loss_of(p);
  for (double theta = -6; theta <= 6; theta += 0.25) {
    double eps = 0, f = 0;
    p.untapered->values(0, &theta, 1, &eps);
    EXPECT_NEAR(eps, std::tanh(theta) - theta, 1e-14);
    loss.excess(&theta, 1, &f);
    EXPECT_NEAR(f, std::log(std::cosh(theta)), 1e-14);
    // the PDE's is grad of V e^{-(theta/R)^4}
    const double R = 4 * p.input.model.sigma_theta(), taper = std::exp(-std::pow(theta / R, 4)),
                 V = std::log(std::cosh(theta)) - theta * theta / 2;
    p.epsilon->values(0, &theta, 1, &eps);
    EXPECT_NEAR(eps, (std::tanh(theta) - theta - 4 * std::pow(theta, 3) / std::pow(R, 4) * V) * taper, 1e-13);
  }
}
TEST_F(TableCase, HasANoiseThatFallsWithTheBatch) {
  write("x,y\n1,0\n1,1\n");
  EXPECT_DOUBLE_EQ(problem("\"x\"", "batch = 4\n").input.asgd->noise, 0.5);
}
TEST_F(TableCase, TakesColumnsValuesAndTheIntercept) {
  write("g, s ,y\na,1.5,0\nb,2,1\nc,1.5,1\na,1.5,0\n");
  const TableFile table((folder / "data.csv").string());
  EXPECT_EQ(table.predictor("1"), Eigen::Vector4d::Ones());
  EXPECT_EQ(table.predictor("s"), Eigen::Vector4d(1.5, 2, 1.5, 1.5));
  EXPECT_EQ(table.predictor("g=a"), Eigen::Vector4d(1, 0, 0, 1));
  EXPECT_EQ(table.predictor("g=a|b"), Eigen::Vector4d(1, 1, 0, 1));
  const Records r = table.records({"y"}, {"s"});
  EXPECT_EQ(r.predictors.rows(), 2);
  EXPECT_EQ(r.yes, Eigen::Vector2d(1, 1));
  EXPECT_EQ(r.no, Eigen::Vector2d(2, 0));
}
TEST_F(TableCase, ThatIsWrongIsRefusedWithWhatIsAllowed) {
  write("x,y\n1,0\n1,1\n2\n");
  EXPECT_NE(refusal("\"x\"").find("data.csv:4: has 1 values; allowed: 2"), std::string::npos);
  write("x,y\n1,0\n1,two\n");
  EXPECT_NE(refusal("\"x\"").find("data.csv:3: y = \"two\" is no number"), std::string::npos);
  write("x,y\n1,0\n1,2\n");
  EXPECT_NE(refusal("\"x\"").find("allowed as response: 0 or 1"), std::string::npos);
  write("x,y\n1,0\n1,1\n");
  EXPECT_NE(refusal("\"z\"").find("has no column \"z\"; allowed: x, y"), std::string::npos);
  EXPECT_EQ(refusal("\"z\"").find("asgd.noise"), std::string::npos);
  EXPECT_NE(refusal("\"x=3\"").find("no row has x = \"3\""), std::string::npos);
  EXPECT_NE(refusal("[\"x\", \"1\"]").find("table.predictors"), std::string::npos);
  EXPECT_NE(refusal("\"x\"", "[perturbation]\npotential = \"theta1\"\n").find("given beside [table]"), std::string::npos);
  write("x,y\n1,1\n2,1\n");
  EXPECT_NE(refusal("\"x\"").find("predictors separate the responses"), std::string::npos);
  fs::remove(folder / "data.csv");
  EXPECT_NE(refusal("\"x\"").find("can't be read as a file"), std::string::npos);
}

}  // namespace
}  // namespace hypofp
