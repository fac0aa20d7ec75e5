// The closed recursions of the algorithm and the exact law of (2.2) against numbers made apart from this program, by an implementation in
// one component with moments to order four.
#include "solver/ensembles/exact.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>

#include "solver/ensembles/compare.hpp"
#include "solver/ensembles/start.hpp"
#include "tests/closed_forms.hpp"

namespace hypofp {
namespace {

const Asgd reference{0.05, 0.9, 1.0};  // eta, kappa, Sigma

Law start_of(const Model& m, const Eigen::VectorXd& mean, const Eigen::MatrixXd& covariance) {
  return StartLaw(m, {{1, mean, covariance}}).law();
}
Law reference_start(const Model& m) {
  return start_of(m, Eigen::Vector2d(0.6, -0.2), (Eigen::Matrix2d() << 0.2, 0.05, 0.05, 0.3).finished());
}
Law after(ExactAlgorithm algorithm, const Law& start, int steps) {
  algorithm.begin(start);
  for (int k = 0; k < steps; ++k) algorithm.step();
  return algorithm.law();
}
void expect_law(const Law& law, const std::vector<double>& mean, const std::vector<double>& covariance) {
  const auto n = law.mean.size();
  const Eigen::Map<const Eigen::VectorXd> m(mean.data(), n);
  const Eigen::Map<const Eigen::MatrixXd> C(covariance.data(), n, n);
  EXPECT_LT((law.mean - m).norm(), 1e-13 * (1 + m.norm())) << law.mean;
  EXPECT_LT((law.covariance - C).norm(), 1e-13 * (1 + C.norm())) << law.covariance;
}
Quadratic quadratic(double omega0, int d) { return {omega0 * omega0 * Eigen::MatrixXd::Identity(d, d), Eigen::VectorXd::Zero(d)}; }

TEST(ExactAlgorithm, HasTheReferencesMeansAndCovariances) {
  const Model m = model_of(reference, 1, 1);
  const ExactAlgorithm algorithm(reference, quadratic(1, 1));
  expect_law(after(algorithm, reference_start(m), 0), {-0.648528137423857, 0.6},
             {0.8414213562373094, -0.33284271247461905, -0.33284271247461905, 0.2});
  expect_law(after(algorithm, reference_start(m), 1), {-0.6061017305526641, 0.5828578643762691},
             {0.7979447328698883, -0.3432537323282379, -0.3432537323282379, 0.2065536846950282});
  expect_law(after(algorithm, reference_start(m), 50), {0.044855853853680634, -0.021380082447576096},
             {0.04043125311429576, -0.01928483381696642, -0.01928483381696642, 0.014763683123785246});
  expect_law(after(algorithm, reference_start(m), 100), {-0.00180790029805152, -0.0006374424775570293},
             {0.03737437099876093, -0.018370844233892073, -0.018370844233892073, 0.01271653692911215});
}
TEST(ExactAlgorithm, CorrelatesComponentsThatShareTheirDelays) {
  Eigen::MatrixXd covariance = Eigen::Vector4d(0.2, 0.1, 0.3, 0.2).asDiagonal();
  covariance.array() += 0.02;
  const Law law = after(ExactAlgorithm(reference, quadratic(1, 2)),
                        start_of(model_of(reference, 2, 1), Eigen::Vector4d(0.6, 0.1, -0.2, 0.3), covariance), 30);
  expect_law(law, {0.026683853065855224, -0.0763746085517663, 0.07116375114757281, 0.11404380059212886},
             {0.06008827316433689, 0.0016028738182944972, -0.04621996548035836, -0.002854396146197122,   //
              0.0016028738182944972, 0.05167154734506687, -0.002854396146197127, -0.036849317786316824,  //
              -0.04621996548035836, -0.002854396146197127, 0.05573417684984697, 0.005458138092647397,    //
              -0.002854396146197122, -0.036849317786316824, 0.005458138092647397, 0.040786507252064});
}
TEST(ExactAlgorithm, TurnsWithTheAxesOfTheHessian) {
  // A = U diag(1.2, 0.8) U^T is two components of their own in the turned axes, but for the delays they share
  const double c = std::cos(0.4), s = std::sin(0.4);
  const Eigen::MatrixXd turn{{c, -s}, {s, c}}, diagonal{{1.2, 0.0}, {0.0, 0.8}};
  const Eigen::VectorXd minimum = Eigen::Vector2d(0.3, -0.1);
  const Model m = model_of(reference, 2, 1);
  Law start = start_of(m, Eigen::Vector4d(0.6, 0.1, -0.2, 0.3), Eigen::Vector4d(0.2, 0.1, 0.3, 0.2).asDiagonal());
  const Law plain = after(ExactAlgorithm(reference, {diagonal, minimum}), start, 30);
  Eigen::MatrixXd both = Eigen::MatrixXd::Zero(4, 4);
  both.topLeftCorner(2, 2) = both.bottomRightCorner(2, 2) = turn;
  start = {both * start.mean, both * start.covariance * both.transpose()};
  const Law turned = after(ExactAlgorithm(reference, {turn * diagonal * turn.transpose(), turn * minimum}), start, 30);
  EXPECT_LT((turned.mean - both * plain.mean).norm(), 1e-13);
  EXPECT_LT((turned.covariance - both * plain.covariance * both.transpose()).norm(), 1e-13);
}

struct Stationary {
  double kappa, alpha, theta2, theta_m, m2;  // at eta^2 Sigma^2 = 1
};
class StationaryMoments : public testing::TestWithParam<Stationary> {};
TEST_P(StationaryMoments, AreTheReferencesAndWhereTheRecursionEnds) {
  const auto& s = GetParam();
  const Asgd asgd{s.alpha, s.kappa, 1 / s.alpha};
  const ExactAlgorithm algorithm(asgd, quadratic(1, 1));
  const double per_m = -1 / std::sqrt((1 - s.kappa) / s.alpha);  // y = -m/gamma
  const Eigen::MatrixXd C = algorithm.stationary().value();
  EXPECT_NEAR(C(0, 0), s.theta2, 1e-12 * s.theta2);
  EXPECT_NEAR(C(0, 1), per_m * s.theta_m, 1e-12 * s.theta2);
  EXPECT_NEAR(C(1, 1), per_m * per_m * s.m2, 1e-12 * s.theta2);
  EXPECT_LT((after(algorithm, {Eigen::Vector2d(1, 0), C}, 2000).covariance - C).norm(), 1e-9 * C.norm());
}
INSTANTIATE_TEST_SUITE_P(Cases, StationaryMoments,
                         testing::Values(Stationary{0.5, 0.5, 2.2222222222222223, 1.5555555555555556, 1.3333333333333335},
                                         Stationary{0.8, 0.32, 5.015091283863369, 2.364914605418139, 2.0704505300353353},
                                         Stationary{0.9, 0.05, 14.933333333333335, 10.373333333333333, 10.133333333333354},
                                         Stationary{0.95, 0.1, 16.358463726884768, 5.817923186344238, 5.547652916073966}));

struct Rates {
  double kappa, alpha, mean, second;
};
class Contraction : public testing::TestWithParam<Rates> {};
TEST_P(Contraction, OfMeanAndSecondMomentsIsTheReferencesInAnyDimension) {
  const auto& r = GetParam();
  for (const int d : {1, 2, 3}) {
    const ExactAlgorithm algorithm({r.alpha / 4, r.kappa, 1.0}, quadratic(2, d));
    EXPECT_NEAR(algorithm.contraction(), r.mean, 1e-7);  // a double eigenvalue is known to half the digits
    EXPECT_NEAR(algorithm.second_moment_contraction(), r.second, 1e-7);
  }
}
INSTANTIATE_TEST_SUITE_P(Cases, Contraction,
                         testing::Values(Rates{0.5, 1.25, 0.7071067811865476, 1.098820101152063},
                                         Rates{0.8, 0.32, 0.8944271909999159, 0.8934014912815419},
                                         Rates{0.9, 0.01, 0.9888732142452198, 0.9778724914292631},
                                         Rates{0.9, 0.05, 0.9486832980505138, 0.9139438618454564},
                                         Rates{0.95, 0.1, 0.9746794344808963, 0.9658514941797326}));

TEST(Thresholds, AreTheReferences) {
  const Thresholds t = thresholds(0.8);
  EXPECT_NEAR(t.model, 0.05, 1e-15);
  EXPECT_NEAR(t.algorithm, 0.05572809000084123, 1e-15);
  EXPECT_NEAR(t.oscillation_ends, 17.944271909999152, 1e-12);
  EXPECT_NEAR(t.mean_diverges, 18, 1e-12);
  EXPECT_NEAR(t.mean_square_diverges, 0.6584368450159819, 1e-14);
  EXPECT_EQ(thresholds(0).mean_square_diverges, 2);
  EXPECT_NEAR(delay_noise_share(0.32, 0.8), 0.256, 1e-15);
  EXPECT_EQ(delay_noise_share(0.32, 0), 0);
}
TEST(Thresholds, AreWhereTheStepMatricesSaySo) {
  for (const double kappa : {0.3, 0.8, 0.95}) {
    const Thresholds t = thresholds(kappa);
    const auto at = [&](double alpha) { return ExactAlgorithm({alpha, kappa, 1}, quadratic(1, 1)); };
    EXPECT_LT(at(0.999 * t.mean_square_diverges).second_moment_contraction(), 1);
    EXPECT_GT(at(1.001 * t.mean_square_diverges).second_moment_contraction(), 1);
    EXPECT_FALSE(at(1.001 * t.mean_square_diverges).stationary().has_value());
    EXPECT_LT(at(0.999 * t.mean_diverges).contraction(), 1);
    EXPECT_GT(at(1.001 * t.mean_diverges).contraction(), 1);
    EXPECT_NEAR(at(1.001 * t.algorithm).contraction(), std::sqrt(kappa), 1e-14);  // complex
    EXPECT_GT(at(0.999 * t.algorithm).contraction(), std::sqrt(kappa) + 1e-4);
  }
}

TEST(ExactSde, HasTheReferencesLaw) {
  const Model m = model_of(reference, 1, 1);
  const Quadratic f = quadratic(1, 1);
  const double delta_t = std::sqrt(0.05 * 0.1);
  const Law once = advanced(sde_transition(m, f.hessian, 50 * delta_t), f, reference_start(m));
  expect_law(once, {0.052473541762670835, -0.02387658622141884},
             {0.03935602388870269, -0.017326258412167953, -0.017326258412167953, 0.01382397536896466});
  Law law = reference_start(m);
  for (int k = 0; k < 50; ++k) law = advanced(sde_transition(m, f.hessian, delta_t), f, law);
  EXPECT_LT((law.covariance - once.covariance).norm(), 1e-14);
}
TEST(ExactSde, IsTheFlowOfTheKineticEquationWithALinearEpsToo) {
  const Model m = model_of({0.1, 0.8, 2.0}, 2, 1.3);
  const Eigen::VectorXd a = Eigen::Vector2d(0.1, -0.05), b = Eigen::Vector2d(0.2, 0.1);
  const LinearFlow flow(m, a, b);
  const Eigen::MatrixXd A = (a.array() + m.omega0 * m.omega0).matrix().asDiagonal();
  const Quadratic f{A, A.inverse() * -b};
  const Gaussian g0{Eigen::Vector4d(0.3, 0.1, -0.2, 0.4), 0.5 * covariance_of_M(m)};
  const Eigen::MatrixXd T = theta_y_of_x_v(m);
  for (const double t : {1e-3, 0.7, 40.0}) {
    const Gaussian g = flow.at(t, g0);
    const Law law = advanced(sde_transition(m, f.hessian, t), f, start_of(m, g0.mean, g0.covariance));
    EXPECT_LT((law.mean - T * g.mean).norm(), 1e-12);
    EXPECT_LT((law.covariance - T * g.covariance * T.transpose()).norm(), 1e-12);
  }
}
TEST(Transition, HasTheNoiseOfAShortTimeToAllItsDigits) {
  const Model m{1, 1.0, 1.0, 1.0};  // tau^2 = 2
  const double t = 1e-6;
  const Eigen::MatrixXd Q = sde_transition(m, Eigen::MatrixXd::Identity(1, 1), t).noise;
  EXPECT_NEAR(Q(0, 0), 2 * t, 1e-5 * 2 * t);
  EXPECT_NEAR(Q(0, 1), -t * t, 1e-5 * t * t);
  EXPECT_NEAR(Q(1, 1), 2 * t * t * t / 3, 1e-5 * t * t * t);
}

/// omega0 = gamma = beta = 1 at this learning rate: 1 - kappa = gamma^2 eta, Sigma^2 ~ 1/eta.
Asgd along_the_line(double eta) { return {eta, 1 - eta, std::sqrt(2 / eta)}; }

TEST(Model, IsWhatTheAlgorithmsMomentsComeToAtOrderOne) {
  const Model m{1, 1, 1, 1};
  const Quadratic f = quadratic(1, 1);
  const Law start = start_of(m, Eigen::Vector2d(0.6, -0.2), 0.5 * covariance_of_M(m)),
            sde = advanced(sde_transition(m, f.hessian, 1), f, start);
  std::vector<Law> apart;
  for (const double eta : {1e-3, 5e-4}) {
    const Law law = after(ExactAlgorithm(along_the_line(eta), f), start, static_cast<int>(std::lround(1 / eta)));
    apart.push_back({law.mean - sde.mean, law.covariance - sde.covariance});
  }
  EXPECT_LT((2 * apart[1].mean - apart[0].mean).norm(), 0.01 * apart[0].mean.norm());
  EXPECT_LT((2 * apart[1].covariance - apart[0].covariance).norm(), 0.01 * apart[0].covariance.norm());
  EXPECT_GT(apart[0].covariance.norm(), 1e-5);
}
TEST(Model, IsWhatTheRateOfSecondMomentsComesToAtOrderOneHalfAlone) {
  for (const double e : {1e-3, 1e-4, 1e-5}) {  // rate e (1 - sqrt(2 e/3) + O(e)) against e of the model
    const double rate = 1 - ExactAlgorithm(along_the_line(e), quadratic(1, 1)).second_moment_contraction();
    EXPECT_NEAR(rate / e, 1 - std::sqrt(2 * e / 3), 5 * e);
  }
}

TEST(ExcessLoss, OfALawIsHalfTheHessiansMeanSquareAboutTheMinimum) {  // E f - min f, f = (theta - 1)^2 + 2 (theta_2 + 1)^2
  const Quadratic f{Eigen::Vector2d(2, 4).asDiagonal(), Eigen::Vector2d(1, -1)};
  const Law law{Eigen::Vector4d(3, 0, 7, 7), Eigen::Vector4d(0.5, 0.25, 7, 7).asDiagonal()};
  EXPECT_NEAR(excess_loss(f, law), (0.5 + 4) + 2 * (0.25 + 1), 1e-14);
}

TEST(FittedContraction, FindsTheSpectralRadiusOfWhatAMatrixMoves) {
  const Eigen::MatrixXd S{{0.9, 0.3}, {-0.2, 0.8}}, start{{1.0}, {2.0}}, offset{{0.3}, {-0.7}};
  std::vector<Eigen::MatrixXd> plain{start}, shifted{start + offset}, third{start};
  for (int k = 1; k < 30; ++k) {
    plain.push_back(S * plain.back()), shifted.push_back(plain.back() + offset);
    if (k % 3 == 0) third.push_back(plain.back());
  }
  const double radius = std::sqrt(S.determinant());
  EXPECT_NEAR(fitted_contraction(plain, 1, false).value(), radius, 1e-12);
  EXPECT_NEAR(fitted_contraction(shifted, 1, true).value(), radius, 1e-12);
  EXPECT_FALSE(fitted_contraction({plain[0], plain[1]}, 1, false));
  EXPECT_FALSE(fitted_contraction({plain[0], plain[1], plain[2]}, 1, true));
  EXPECT_NEAR(fitted_contraction(third, 3, false).value(), radius, 1e-12);
}

}  // namespace
}  // namespace hypofp
