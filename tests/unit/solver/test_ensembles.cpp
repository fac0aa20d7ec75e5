// Paths of the algorithm and of (2.2): against what is exact, and to the bit on any number of ranks. Seeds are fixed.
#include "solver/ensembles/ensemble.hpp"

#include "solver/ensembles/coupled.hpp"
#include "tests/unit/solver/experiment.hpp"

namespace hypofp {
namespace {

constexpr EnsembleSettings many{200000, 60, 10, 3, GradientNoise::gaussian, 2};

TEST(Ensemble, OfTheAlgorithmHasTheExactMoments) {
  for (const GradientNoise noise : {GradientNoise::gaussian, GradientNoise::two_point}) {
    EnsembleSettings settings = many;
    settings.noise = noise;
    for (const Asgd& asgd : {Asgd{0.05, 0.9, 2}, Asgd{0.32, 0.8, 1}, Asgd{0.3, 0.2, 1}}) {
      const Experiment s{asgd, 1, 1, nullptr, {}, settings};
      EXPECT_LT(deviation(s.algorithm(), s.exact_algorithm()), 4) << asgd.staleness;
    }
  }
}
TEST(Ensemble, OfTheAlgorithmHasTheExactMomentsInThePlaneAndWithALinearEps) {
  const Experiment plane{{0.2, 0.8, 1}, 2, 1, nullptr, {}, many};
  EXPECT_LT(deviation(plane.algorithm(), plane.exact_algorithm()), 4);
  const Epsilon eps = Epsilon::from_potential("0.1*theta1^2 + 0.05*theta1*theta2 - 0.1*theta2", 2);
  const Experiment tilted{{0.2, 0.8, 1}, 2, 1, &eps, {}, many};
  ASSERT_TRUE(tilted.loss.quadratic());
  EXPECT_LT(deviation(tilted.algorithm(), tilted.exact_algorithm()), 4);
  const Experiment straight{{0.2, 0.8, 1}, 2, 1, nullptr, {}, many};
  EXPECT_GT(deviation(tilted.algorithm(), straight.exact_algorithm()), 20);
}
TEST(Ensemble, OfTheSdeHasTheExactLaw) {
  const Experiment line{{0.2, 0.8, 2}, 1, 1, nullptr, {}, many}, plane{{0.02, 0.9, 1}, 2, 1.4, nullptr, {}, many};
  EXPECT_LT(deviation(line.sde(), line.exact_sde()), 4);
  EXPECT_LT(deviation(plane.sde(), plane.exact_sde()), 4);
  const Epsilon eps = Epsilon::from_components({"0.1*theta1 + 0.2"});
  const Experiment kicked{{0.2, 0.8, 2}, 1, 1, &eps, {}, many};
  EXPECT_LT(deviation(kicked.sde(), kicked.exact_sde()), 4);
}
TEST(Ensemble, KnowsItsStandardErrors) {
  // exact ones of the algorithm's variances and covariances at k = 10 and 50, from moments to order four
  Experiment s{{0.05, 0.9, 1}, 1, 1, nullptr, {}, many};
  s.settings.steps = 50;
  s.start = StartLaw(s.model, {{1, Eigen::Vector2d(0.6, -0.2), (Eigen::Matrix2d() << 0.2, 0.05, 0.05, 0.3).finished()}});
  const auto rows = s.algorithm();
  const double root = std::sqrt(s.settings.paths);
  const auto close = [](double value, double truth) { EXPECT_NEAR(value / truth, 1, 0.02); };
  close(rows[1].error.covariance(0, 0) * root, 0.5813348213913052), close(rows[5].error.covariance(0, 0) * root, 0.05813880123876176);
  close(rows[1].error.covariance(0, 1) * root, 0.4120996895471849), close(rows[5].error.covariance(0, 1) * root, 0.0314126351236929);
  close(rows[1].error.covariance(1, 1) * root, 0.3091623507753111), close(rows[5].error.covariance(1, 1) * root, 0.021083632452337003);
  close(rows[1].error.mean(0) * root, std::sqrt(0.4082707048998047));
  EXPECT_LT(deviation(rows, s.exact_algorithm()), 4);
}
TEST(Ensemble, StartsFromMixturesAndBoxesToo) {
  Experiment s{{0.1, 0.9, 2}, 1, 1, nullptr, {}, many};
  s.settings.steps = 20;
  const Eigen::MatrixXd C = 0.3 * covariance_of_M(s.model);
  s.start = StartLaw(s.model, {{1, Eigen::Vector2d(1, 0), C}, {3, Eigen::Vector2d(-0.5, 0.2), 2 * C}});
  EXPECT_LT(deviation(s.algorithm(), s.exact_algorithm()), 4);
  s.start = StartLaw(s.model, {}, Eigen::Vector2d(-0.5, 0), Eigen::Vector2d(1, 0.7));
  EXPECT_LT(deviation(s.algorithm(), s.exact_algorithm()), 4);
}
TEST(Ensemble, CountsWhatLiesBelowTheEdges) {
  const Experiment s{{0.2, 0.8, 2}, 1, 1, nullptr, {}, many};
  const auto rows = s.sde();
  const auto laws = s.exact_sde();
  for (std::size_t k = 0; k < rows.size(); ++k)
    for (int i = 0; i < 2; ++i)
      for (int e = 0; e <= 16; ++e) {
        const double z = (-2 + 0.25 * e - laws[k].mean(i)) / std::sqrt(2 * laws[k].covariance(i, i)), share = 0.5 * std::erfc(-z);
        EXPECT_NEAR(rows[k].below[i](e), share, 4.5 * std::sqrt(share * (1 - share) / s.settings.paths) + 1e-9);
      }
}
TEST(Ensemble, HasTheExcessLossOfItsMoments) {
  const Experiment s{{0.2, 0.8, 2}, 2, 1.5, nullptr, {}, many};
  for (const MomentRow& row : s.algorithm()) {
    EXPECT_NEAR(row.excess_loss, excess_loss(*s.loss.quadratic(), row.law), 1e-4 * row.excess_loss);
    EXPECT_GT(row.excess_loss_error, 0);
  }
}
TEST(Ensemble, TellsPathsThatRunOff) {
  Experiment s{{1.25, 0.5, 1}, 1, 1, nullptr, {}, {1000, 2000, 1000, 1, GradientNoise::gaussian, 1}};
  Algorithm walk(s.asgd, s.loss, s.start, s.settings);
  const auto rows = s.run(walk, PETSC_COMM_WORLD, 100);
  EXPECT_EQ(rows[0].ran_off, 0);
  EXPECT_GT(rows[2].ran_off, 0);
  EXPECT_EQ(Experiment({{0.1, 0.5, 1}, 1, 1, nullptr, {}, s.settings}).algorithm()[2].ran_off, 0);
}

TEST(Ensemble, SaysHowManyPathsAreBeyondARadius) {
  const Experiment s{{0.2, 0.8, 2}, 1, 1, nullptr, {}, many};
  Sde walk(s.model, s.loss, s.start, s.settings, 10 * s.asgd.delta_t());
  const EnsembleQuestion question{s.settings.paths, 1, std::vector<Bins>(2, {-2, 0.25, 16}), 1e6, 1.5};
  const double share = run_ensemble(PETSC_COMM_WORLD, walk, s.loss, question, [](double) {})[0].beyond;
  const Law law = s.start.law();
  const double sd = std::sqrt(2 * law.covariance(0, 0)),
               truth = 0.5 * std::erfc((1.5 - law.mean(0)) / sd) + 0.5 * std::erfc((1.5 + law.mean(0)) / sd);
  EXPECT_NEAR(share, truth, 4 * std::sqrt(truth / s.settings.paths));
}

TEST(Ensemble, OfCoupledPathsForgetsTheStartWithoutNoise) {
  // of the SDE the difference is no longer random; of the algorithm its mean square follows the recursion without the gradient's noise
  const Experiment s{{0.32, 0.8, 1}, 1, 1, nullptr, {}, {20000, 20, 5, 3, GradientNoise::gaussian, 2}};
  const StartLaw moved = s.start.moved(Eigen::Vector2d(0.4, -0.3));
  const Eigen::VectorXd apart = s.start.law().mean - moved.law().mean;
  Sde one(s.model, s.loss, s.start, s.settings, 5 * s.asgd.delta_t()), two(s.model, s.loss, moved, s.settings, 5 * s.asgd.delta_t());
  Coupled sde(one, two);
  const MomentRow last = s.run(sde)[4];
  EXPECT_LT((last.law.mean - sde_transition(s.model, s.loss.quadratic()->hessian, 20 * s.asgd.delta_t()).flow * apart).norm(), 1e-13);
  EXPECT_LT(last.law.covariance.norm(), 1e-25);

  Experiment quiet = s;
  quiet.asgd.noise = 0;
  ExactAlgorithm exact(quiet.asgd, *s.loss.quadratic());
  exact.begin({apart, Eigen::MatrixXd::Zero(2, 2)});
  std::vector<Law> laws{exact.law()};
  for (int k = 1; k <= 20; ++k) {
    exact.step();
    if (k % 5 == 0) laws.push_back(exact.law());
  }
  Algorithm first(s.asgd, s.loss, s.start, s.settings), second(s.asgd, s.loss, moved, s.settings);
  Coupled algorithm(first, second);
  auto rows = s.run(algorithm);
  EXPECT_LT((rows[0].law.mean - apart).norm() + rows[0].law.covariance.norm(), 1e-14);
  rows.erase(rows.begin()), laws.erase(laws.begin());
  EXPECT_LT(deviation(rows, laws), 4);
}

/// All bits of the rows.
std::vector<double> bits(const std::vector<MomentRow>& rows) {
  std::vector<double> all;
  const auto put = [&](const auto& m) { all.insert(all.end(), m.data(), m.data() + m.size()); };
  for (const MomentRow& r : rows) {
    put(r.law.mean), put(r.law.covariance), put(r.error.mean), put(r.error.covariance);
    for (const auto& below : r.below) put(below);
    all.insert(all.end(), {r.excess_loss, r.excess_loss_error, r.ran_off});
  }
  return all;
}
TEST(Ensemble, IsTheSameToTheBitOnAnyNumberOfRanks) {
  EnsembleSettings settings{1111, 20, 5, 7, GradientNoise::gaussian, 2};  // 9 blocks, the last not full
  const Epsilon eps = Epsilon::from_potential("0.3*exp(-(theta1-0.5)^2/2)", 2);
  for (const Epsilon* epsilon : {static_cast<const Epsilon*>(nullptr), &eps}) {
    const Experiment s{{0.1, 0.9, 2}, 2, 1, epsilon, {}, settings};
    EXPECT_EQ(bits(s.algorithm()), bits(s.algorithm(PETSC_COMM_SELF)));
    EXPECT_EQ(bits(s.sde()), bits(s.sde(PETSC_COMM_SELF)));
  }
  Experiment other{{0.1, 0.9, 2}, 2, 1, nullptr, {}, settings};
  const auto before = bits(other.algorithm());
  other.settings.seed = 8;
  EXPECT_NE(before, bits(other.algorithm()));
}

TEST(Loss, FindsTheLowestMinimum) {
  const Model m{1, 1, 1, 1};
  const char* two = "2*exp(-8*(theta1-0.2)^2)";  // a hill near the origin: minima on either side
  const Epsilon eps = Epsilon::from_potential(two, 1);
  const Expression V(two, {"theta1"});
  const Loss loss(m, &eps, V, 5);
  double lowest = 1e300;
  for (double theta = -3; theta < 3; theta += 1e-4) {
    double f = 0;
    loss.excess(&theta, 1, &f);
    lowest = std::min(lowest, f);
  }
  EXPECT_NEAR(lowest, 0, 1e-7);
  EXPECT_GE(lowest, 0);
}
TEST(Loss, IsQuadraticWhereEpsIsLinearAlone) {
  const Model m{1, 1, 1, 1};
  const auto quadratic = [&](const char* text) {
    const Epsilon eps = Epsilon::from_components({text});
    return Loss(m, &eps, {}, 5).quadratic().has_value();
  };
  EXPECT_TRUE(quadratic("0.1*theta1 + 0.2"));
  EXPECT_TRUE(quadratic("(theta1 + sqrt(2))/7 - theta1/3"));
  EXPECT_FALSE(quadratic("0.1*sin(theta1)"));
  EXPECT_FALSE(quadratic("0.1*theta1^2"));
  EXPECT_FALSE(quadratic("0.1*sign(theta1)"));  // whose derivative is 0
}

}  // namespace
}  // namespace hypofp
