// Paths of the algorithm and of (2.2): against what is exact, against the PDE, and to the bit on any number of ranks. Seeds are fixed.
#include "solver/ensembles/ensemble.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "grids/petsc.hpp"
#include "solver/density.hpp"
#include "solver/ensembles/algorithm.hpp"
#include "solver/ensembles/coupled.hpp"
#include "solver/ensembles/sde.hpp"

namespace hypofp {
namespace {

double delta_t(const Asgd& a) { return std::sqrt(a.learning_rate * (1 - a.staleness)); }

/// What an ensemble is made of.
struct Experiment {
  Asgd asgd;
  int d = 1;
  double omega0 = 1;
  const Epsilon* epsilon = nullptr;
  std::optional<Expression> potential = {};
  EnsembleSettings settings{};
  Model model = model_of(asgd, d, omega0);
  Loss loss{model, epsilon, potential, 5};
  StartLaw start = start_law();

  StartLaw start_law() const {
    Eigen::VectorXd mean(2 * d);
    for (int i = 0; i < 2 * d; ++i) mean(i) = (i % 2 ? -1 : 1) * (0.8 - 0.1 * i) * model.sigma(i);
    Eigen::MatrixXd covariance = 0.7 * covariance_of_M(model);
    covariance(0, d) = covariance(d, 0) = 0.1 * model.sigma_x() * model.sigma_v();
    return StartLaw(model, {{1, mean, covariance}});
  }
  std::vector<MomentRow> run(Walk& walk, MPI_Comm comm = PETSC_COMM_WORLD, double limit = 1e6) const {
    const EnsembleQuestion question{settings.paths, settings.steps / settings.interval + 1, std::vector<Bins>(2 * d, {-2, 0.25, 16}),
                                    limit};
    return run_ensemble(comm, walk, loss, question, [](double) {});
  }
  std::vector<MomentRow> algorithm(MPI_Comm comm = PETSC_COMM_WORLD) const {
    Algorithm walk(asgd, loss, start, settings);
    return run(walk, comm);
  }
  std::vector<MomentRow> sde(MPI_Comm comm = PETSC_COMM_WORLD) const {
    Sde walk(model, loss, start, settings, settings.interval * delta_t(asgd));
    return run(walk, comm);
  }
  std::vector<Law> exact_algorithm() const {
    ExactAlgorithm algorithm(asgd, *loss.quadratic());
    algorithm.begin(start.law());
    std::vector<Law> laws{algorithm.law()};
    for (int k = 1; k <= settings.steps; ++k) {
      algorithm.step();
      if (k % settings.interval == 0) laws.push_back(algorithm.law());
    }
    return laws;
  }
  std::vector<Law> exact_sde() const {
    const Transition over = sde_transition(model, loss.quadratic()->hessian, settings.interval * delta_t(asgd));
    std::vector<Law> laws{start.law()};
    for (int k = settings.interval; k <= settings.steps; k += settings.interval)
      laws.push_back(advanced(over, *loss.quadratic(), laws.back()));
    return laws;
  }
};

/// The largest distance of moments from `laws`, in standard errors.
double deviation(const std::vector<MomentRow>& rows, const std::vector<Law>& laws) {
  EXPECT_EQ(rows.size(), laws.size());
  double largest = 0;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    largest = std::max(largest, ((rows[k].law.mean - laws[k].mean).array().abs() / rows[k].error.mean.array()).maxCoeff());
    largest =
        std::max(largest, ((rows[k].law.covariance - laws[k].covariance).array().abs() / rows[k].error.covariance.array()).maxCoeff());
  }
  return largest;
}

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

TEST(Ensemble, OfCoupledPathsForgetsTheStartWithoutNoise) {
  // of the SDE the difference is no longer random; of the algorithm its mean square follows the recursion without the gradient's noise
  const Experiment s{{0.32, 0.8, 1}, 1, 1, nullptr, {}, {20000, 20, 5, 3, GradientNoise::gaussian, 2}};
  const StartLaw moved = s.start.moved(Eigen::Vector2d(0.4, -0.3));
  const Eigen::VectorXd apart = s.start.law().mean - moved.law().mean;
  Sde one(s.model, s.loss, s.start, s.settings, 5 * delta_t(s.asgd)), two(s.model, s.loss, moved, s.settings, 5 * delta_t(s.asgd));
  Coupled sde(one, two);
  const MomentRow last = s.run(sde)[4];
  EXPECT_LT((last.law.mean - sde_transition(s.model, s.loss.quadratic()->hessian, 20 * delta_t(s.asgd)).flow * apart).norm(), 1e-13);
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

const char* const hill = "0.3*exp(-(theta1-0.5)^2/2)";
/// A case of omega0 = gamma = beta = 1 with the hill, at this learning rate.
Problem hill_problem(double eta) {
  const std::string text = fmt::format(
      "[model]\nomega0 = 1.0\n[asgd]\nlearning_rate = {}\nstaleness = {}\nnoise = {}\n[grid]\ncells = 48\nhalf_width = "
      "7.0\n[perturbation]\n"
      "potential = \"{}\"\n[initial]\nmean = [0.5, 0.3]\ncovariance_scale = 0.7\n",
      eta, 1 - eta, std::sqrt(2 / eta), hill);
  int ranks = 1;
  MPI_Comm_size(PETSC_COMM_WORLD, &ranks);
  return prepare(text, "hill.toml", {}, ranks);
}
/// With V: of the algorithm or the SDE from the same start.
Experiment hill_experiment(const Problem& p, const Expression& V, const EnsembleSettings& settings) {
  Experiment s{*p.input.asgd, 1, 1, p.epsilon.get(), V, settings};
  s.start = StartLaw(p.input.model, p.input.initial.components);
  return s;
}
TEST(Ensemble, OfTheSdeIsThePdesWithV) {
  const Expression V(hill, {"theta1"});
  const Problem p = hill_problem(0.1);
  const Experiment s = hill_experiment(p, V, {200000, 40, 10, 5, GradientNoise::gaussian, 2});
  System system(PETSC_COMM_WORLD, p.setting());
  const auto density = density_rows(system, p, s.loss, 5, 10 * delta_t(s.asgd), [](double) {});
  const auto paths = s.sde();
  std::vector<Law> laws;
  for (const auto& row : density) laws.push_back(row.law);
  EXPECT_LT(deviation(paths, laws), 4);
  for (std::size_t k = 0; k < paths.size(); ++k)
    EXPECT_LT(std::abs(paths[k].excess_loss - density[k].excess_loss), 4 * paths[k].excess_loss_error);
}
TEST(Ensemble, OfTheAlgorithmComesToThePdeAtOrderOneWithV) {
  // along 1 - kappa = gamma^2 eta, Sigma^2 ~ 1/eta: D(eta) = moments of the algorithm less the PDE's at t = 1
  const Expression V(hill, {"theta1"});
  std::vector<MomentRow> apart;  // D(eta), then D(eta/2)
  for (const double eta : {0.1, 0.05}) {
    const Problem p = hill_problem(eta);
    const int steps = static_cast<int>(std::lround(1 / eta));
    const Experiment s = hill_experiment(p, V, {400000, steps, steps, 9, GradientNoise::gaussian, 1});
    System system(PETSC_COMM_WORLD, p.setting());
    apart.push_back(s.algorithm()[1]);
    const Law pde = density_rows(system, p, s.loss, 2, 1, [](double) {})[1].law;
    apart.back().law.mean -= pde.mean, apart.back().law.covariance -= pde.covariance;
  }
  const auto judge = [](const auto& D, const auto& half, const auto& se, const auto& half_se) {
    const auto error = (se.array().square() + 4 * half_se.array().square()).sqrt();
    EXPECT_LT(((2 * half - D).array().abs() / error).maxCoeff(), 4);
    return (D.array().abs() / se.array()).maxCoeff();
  };
  const double seen =
      std::max(judge(apart[0].law.mean, apart[1].law.mean, apart[0].error.mean, apart[1].error.mean),
               judge(apart[0].law.covariance, apart[1].law.covariance, apart[0].error.covariance, apart[1].error.covariance));
  EXPECT_GT(seen, 10) << "there is a difference to follow";
}
TEST(Density, HasTheExactLawAndMarginals) {
  const std::string text =
      "[model]\nomega0 = 1.0\n[asgd]\nlearning_rate = 0.1\nstaleness = 0.9\nnoise = 3.0\n[grid]\ncells = 40\nhalf_width = 7.0\n"
      "[initial]\nmean = [0.5, -0.3]\ncovariance_scale = 0.8\n";
  int ranks = 1, rank = 0;
  MPI_Comm_size(PETSC_COMM_WORLD, &ranks), MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  const Problem p = prepare(text, "gaussian.toml", {}, ranks);
  System system(PETSC_COMM_WORLD, p.setting());
  const Loss loss(p.input.model, nullptr, {}, 5);
  const auto rows = density_rows(system, p, loss, 4, 0.5, [](double) {});
  const std::vector<Bins> bins = bins_of(system.grid);
  Law law = StartLaw(p.input.model, p.input.initial.components).law();
  const Transition over = sde_transition(p.input.model, loss.quadratic()->hessian, 0.5);
  for (std::size_t k = 0; k < rows.size(); ++k, law = advanced(over, *loss.quadratic(), law)) {
    const Eigen::VectorXd sd = law.covariance.diagonal().cwiseSqrt();
    EXPECT_LT(((rows[k].law.mean - law.mean).array() / sd.array()).abs().maxCoeff(), 1e-5);
    EXPECT_LT(((rows[k].law.covariance - law.covariance).array() / (sd * sd.transpose()).array()).abs().maxCoeff(), 1e-5);
    for (int i = 0; i < 2 && rank == 0; ++i)
      for (int e = 0; e <= bins[i].count; ++e) {
        const double z = (bins[i].low + e * bins[i].width - law.mean(i)) / (std::sqrt(2) * sd(i));
        EXPECT_NEAR(rows[k].below[i](e), 0.5 * std::erfc(-z), 2e-4);
      }
  }
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
