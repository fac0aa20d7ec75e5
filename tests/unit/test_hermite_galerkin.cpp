#include "tests/hermite_galerkin.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

#include "tests/closed_forms.hpp"

namespace hypofp {
namespace {

double perturbation(double theta) { return 0.1 * std::sin(2 * theta) * std::exp(-theta * theta / 8); }

// Reference values: another program's Hermite expansion (degree 40; perturbed: 70) at omega0 = beta = 1, the start
// Gaussian with mean (1, 0) and 0.8 of M's covariance. Of "perturbed" they are what degree 70 gives: at degree 130 H
// differs by up to 1.6e-6, h_norm by 6e-9 (relative).
const std::vector<double> times{0, 1, 2, 5, 10};
struct Reference {
  std::string name;
  double gamma, C, C_hat;
  std::vector<double> h_norm, H;  // at the times
  std::vector<double> steady;     // covariance xx, xv, vv
};
const std::vector<Reference> references = {
    {"underdamped",
     1.0,
     1.0,
     0.5,
     {1.1818840409899325, 0.9399864148743633, 0.4557195628508586, 0.1155245579958193, 0.005806305664685287},
     {1.864216578269649, 0.5424917957328734, 0.15073049299986824, 0.006789162643215676, 4.5400854995544496e-05},
     {0.9999999999999998, 0.0, 0.9999999999999998}},
    {"overdamped",
     3.0,
     3.5,
     1.5,
     {1.1818840409899325, 0.9197838509466382, 0.6113715444034225, 0.18657297137644932, 0.027495062421818612},
     {2.1138884414307624, 0.3405665005047377, 0.13105402045517317, 0.011192802882065214, 0.00024068575317009544},
     {0.9999999999999999, 0.0, 1.0}},
    {"critical",
     2.0,
     1.01,
     1.0,
     {1.1818840409899325, 0.9042264187088573, 0.503064925808311, 0.05264118927544967, 0.0006749185080816021},
     {1.865215265722294, 0.18775675626190602, 0.021160370935355055, 5.681484428219415e-05, 4.12230798572381e-09},
     {0.9999999999999999, 0.0, 0.9999999999999999}},
    {"perturbed",
     1.0,
     1.0,
     0.5,
     {1.1796370154083953, 0.9448722657126698, 0.45626494322161776, 0.11584462111097484, 0.00571738075178927},
     {1.8671885048964894, 0.5607394619113056, 0.1556349581340423, 0.007077473128453033, 4.585961221265861e-05},
     {1.0081047594515355, -0.008104759451535876, 1.0009749959287046}},
};

Eigen::Vector2d start_mean() { return {1, 0}; }
Eigen::Matrix2d start_covariance() { return 0.8 * Eigen::Matrix2d::Identity(); }

TEST(HermiteGalerkin, ReproducesTheReferenceValues) {
  for (const Reference& r : references) {
    const bool perturbed = r.name == "perturbed";
    const HermiteGalerkin solver(1, r.gamma, 1, perturbed ? perturbation : nullptr, perturbed ? 70 : 40);
    Eigen::VectorXd h = solver.deviation(start_mean(), start_covariance());
    for (std::size_t k = 0; k < times.size(); ++k) {
      if (k > 0) h = solver.evolve(h, times[k] - times[k - 1]);
      EXPECT_NEAR(solver.norm(h) / r.h_norm[k], 1, 1e-9) << r.name << " at " << times[k];
      EXPECT_NEAR(solver.lyapunov(h, r.C, r.C_hat) / r.H[k], 1, 1e-9) << r.name << " at " << times[k];
    }
    const auto F = solver.moments(solver.steady());
    EXPECT_LT(F.mean.norm(), 1e-12) << r.name;
    EXPECT_NEAR(F.covariance(0, 0), r.steady[0], 1e-10) << r.name;
    EXPECT_NEAR(F.covariance(0, 1), r.steady[1], 1e-10) << r.name;
    EXPECT_NEAR(F.covariance(1, 0), r.steady[1], 1e-10) << r.name;
    EXPECT_NEAR(F.covariance(1, 1), r.steady[2], 1e-10) << r.name;
  }
}

TEST(HermiteGalerkin, EigenvaluesAreThoseOfTheDriftWithoutPerturbation) {
  for (const auto& [omega0, gamma] : {std::pair{1.0, 1.0}, {1.0, 3.0}, {2.0, 1.5}}) {
    const std::complex<double> root = std::sqrt(std::complex<double>(gamma * gamma - 4 * omega0 * omega0));
    const int degree = 6;
    std::vector<std::complex<double>> exact;
    for (int p = 0; p <= degree; ++p)
      for (int q = 0; p + q <= degree; ++q) exact.push_back(-(double(p) * (gamma + root) + double(q) * (gamma - root)) / 2.0);
    const Eigen::VectorXcd found = HermiteGalerkin(omega0, gamma, 0.7, nullptr, degree).eigenvalues();
    ASSERT_EQ(static_cast<std::size_t>(found.size()), exact.size());
    for (const auto& z : exact) EXPECT_LT((found.array() - z).abs().minCoeff(), 1e-10) << z;
    EXPECT_LT(std::abs(found[0]), 1e-12);
    EXPECT_NEAR(found[1].real(), -(gamma - root.real()) / 2, 1e-12);  // the gap comes second
  }
}

TEST(HermiteGalerkin, EigenvaluesWithPerturbationAreTheReferenceValues) {
  const Eigen::VectorXcd found = HermiteGalerkin(1, 1, 1, perturbation, 36).eigenvalues();
  const std::vector<std::complex<double>> reference = {{0, 0},
                                                       {-0.5001275983453651, 0.8703752805645647},
                                                       {-0.5001275983453651, -0.8703752805645647},
                                                       {-1.0000666867741352, 1.7308514936193418},
                                                       {-1.0000666867741352, -1.7308514936193418},
                                                       {-1.0001863057534857, 0}};
  for (std::size_t k = 0; k < reference.size(); ++k) EXPECT_LT(std::abs(found[k] - reference[k]), 1e-8) << k;
}

/// h of a Hermite solution against the closed forms of a linear flow, from the start to t = 5.
void expect_closed_forms(const Model& m, double a, double b, int degree, double tolerance) {
  const LinearFlow flow(m, Eigen::VectorXd::Constant(1, a), Eigen::VectorXd::Constant(1, b));
  const Gaussian M = equilibrium(m);
  const Gaussian g0{Eigen::Vector2d(0.6 * m.sigma_x(), -0.4 * m.sigma_v()), [&] {
                      Eigen::MatrixXd S = 0.9 * M.covariance;
                      S(0, 1) = S(1, 0) = 0.15 * m.sigma_x() * m.sigma_v();
                      return S;
                    }()};
  const HermiteGalerkin solver(
      m.omega0, m.gamma, m.beta, [=](double theta) { return a * theta + b; }, degree);
  const auto F = solver.moments(solver.steady());
  EXPECT_LT((F.mean - flow.steady.mean).norm(), tolerance);
  EXPECT_LT((F.covariance - flow.steady.covariance).norm(), tolerance);

  const Eigen::VectorXd h0 = solver.deviation(g0.mean, g0.covariance);
  for (const double t : {0.0, 0.3, 1.0, 5.0}) {
    const Eigen::VectorXd h = solver.evolve(h0, t);
    const Gaussian g = flow.at(t, g0);
    EXPECT_NEAR(solver.norm(h), std::sqrt(deviation_norm2(g, flow.steady, M)), tolerance) << t;
    const auto found = solver.gradient(h);
    const GradientNorms exact = deviation_gradients(g, flow.steady, M);
    EXPECT_NEAR(found.x, exact.x, tolerance) << t;
    EXPECT_NEAR(found.v, exact.v, tolerance) << t;
    EXPECT_NEAR(found.cross, exact.cross, tolerance) << t;
    EXPECT_NEAR(solver.lyapunov(h, 1.7, 0.6), exact.H(1.7, 0.6), 5 * tolerance) << t;
  }
}

TEST(HermiteGalerkin, AgreesWithClosedFormsForGaussianData) {
  expect_closed_forms({1, 1.0, 1.0, 1.0}, 0, 0, 30, 1e-10);
  expect_closed_forms({1, 2.0, 1.5, 0.7}, 0, 0, 30, 1e-10);
  expect_closed_forms({1, 1.0, 3.0, 2.0}, 0, 0, 30, 1e-10);
}

TEST(HermiteGalerkin, AgreesWithClosedFormsForLinearEpsilon) {
  expect_closed_forms({1, 1.0, 1.0, 1.0}, 0.1, 0, 40, 1e-8);
  expect_closed_forms({1, 1.0, 1.0, 1.0}, 0.1, 0.2, 40, 1e-8);
  expect_closed_forms({1, 2.0, 1.5, 0.7}, -0.2, 0.3, 40, 1e-8);
}

TEST(HermiteGalerkin, DegreeFiftyToTimeTenTakesSeconds) {
  const HermiteGalerkin solver(1, 1, 1, perturbation, 50);
  const Eigen::VectorXd h0 = solver.deviation(start_mean(), start_covariance());
  const auto start = std::chrono::steady_clock::now();
  const Eigen::VectorXd once = solver.evolve(h0, 10);
  RecordProperty("seconds", std::to_string(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()));
  EXPECT_LT((once - solver.evolve(solver.evolve(h0, 3.7), 6.3)).norm(), 1e-12);  // the group property
  EXPECT_LT((solver.evolve(solver.steady(), 10) - solver.steady()).norm(), 1e-11);
}

TEST(ClosedForms, NormIsTheIntegralOfTheDeviationSquared) {
  const Model m{1, 2.0, 1.5, 0.7};
  const LinearFlow flow(m, Eigen::VectorXd::Constant(1, 0.3), Eigen::VectorXd::Constant(1, 0.2));
  const Gaussian M = equilibrium(m), g = flow.at(0.4, {Eigen::Vector2d(0.3, -0.5), 0.8 * M.covariance});
  double sum = 0;  // trapezoidal: spectrally accurate for such integrands
  const double step = 0.2, area = step * step * m.sigma_x() * m.sigma_v();
  for (double x = -9; x < 9.1; x += step)
    for (double v = -9; v < 9.1; v += step) {
      const Eigen::Vector2d z(x * m.sigma_x(), v * m.sigma_v());
      sum += std::pow(deviation_at(g, flow.steady, M, z), 2) * density(M, z) * area;
    }
  EXPECT_NEAR(sum, deviation_norm2(g, flow.steady, M), 1e-9);
}

TEST(ClosedForms, DimensionsMultiplyForProductsOfPairs) {
  const Model one{1, 1.3, 0.8, 1.1}, two{2, 1.3, 0.8, 1.1};
  const Gaussian a0{Eigen::Vector2d(0.5, 0.1), 0.8 * equilibrium(one).covariance};
  const Gaussian b0{Eigen::Vector2d(-0.2, 0.4), 1.1 * equilibrium(one).covariance};
  const auto number = [](double x) { return Eigen::VectorXd::Constant(1, x); };
  const LinearFlow fa(one, number(0.1), number(0.2)), fb(one, number(-0.05), number(0));
  const LinearFlow both(two, Eigen::Vector2d(0.1, -0.05), Eigen::Vector2d(0.2, 0));
  Gaussian g0{Eigen::Vector4d(0.5, -0.2, 0.1, 0.4), Eigen::MatrixXd::Zero(4, 4)};
  for (const int i : {0, 2}) {
    g0.covariance(i, i) = a0.covariance(i / 2, i / 2);
    g0.covariance(i + 1, i + 1) = b0.covariance(i / 2, i / 2);
  }
  const Gaussian a = fa.at(0.7, a0), b = fb.at(0.7, b0), g = both.at(0.7, g0);
  EXPECT_LT((g.mean - Eigen::Vector4d(a.mean[0], b.mean[0], a.mean[1], b.mean[1])).norm(), 1e-13);
  const Gaussian M1 = equilibrium(one), M2 = equilibrium(two);
  const double na = WeightedProduct(a, a, M1).weight, nb = WeightedProduct(b, b, M1).weight;
  EXPECT_NEAR(WeightedProduct(g, g, M2).weight, na * nb, 1e-12);
  const Eigen::MatrixXd ga = gradient_products(a, a, M1), gb = gradient_products(b, b, M1), all = gradient_products(g, g, M2);
  EXPECT_NEAR(all(0, 2), ga(0, 1) * nb, 1e-12);  // x_1, v_1
  EXPECT_NEAR(all(1, 1), gb(0, 0) * na, 1e-12);  // x_2, x_2
  EXPECT_NEAR(all(3, 3), gb(1, 1) * na, 1e-12);  // v_2, v_2
}

TEST(ClosedForms, SteadyStateAndFlowSatisfyTheMomentEquations) {
  const Model m{2, 1.3, 0.8, 1.1};
  const LinearFlow flow(m, Eigen::Vector2d(0.2, -0.1), Eigen::Vector2d(0.1, 0.3));
  Eigen::VectorXd noise(4);
  noise << 0, 0, Eigen::Vector2d::Constant(2 * m.gamma / m.beta);
  const Eigen::MatrixXd D = noise.asDiagonal();
  const auto rate = [&](const Eigen::MatrixXd& S) { return (flow.drift * S + S * flow.drift.transpose() + D).eval(); };
  EXPECT_LT((flow.drift * flow.steady.mean + flow.offset).norm(), 1e-13);
  EXPECT_LT(rate(flow.steady.covariance).norm(), 1e-13);
  const Gaussian g0{Eigen::Vector4d(1, 2, 3, 4), 0.7 * equilibrium(m).covariance};
  const double h = 1e-4;
  const Gaussian g = flow.at(1, g0), later = flow.at(1 + h, g0), earlier = flow.at(1 - h, g0);
  EXPECT_LT(((later.mean - earlier.mean) / (2 * h) - flow.drift * g.mean - flow.offset).norm(), 1e-7);
  EXPECT_LT(((later.covariance - earlier.covariance) / (2 * h) - rate(g.covariance)).norm(), 1e-7);
  EXPECT_LT((flow.at(0, g0).mean - g0.mean).norm(), 1e-14);
}

TEST(ClosedForms, WithoutEpsilonTheSteadyStateIsM) {
  const Model m{3, 1.3, 0.8, 1.1};
  const LinearFlow flow(m);
  EXPECT_LT(flow.steady.mean.norm(), 1e-15);
  EXPECT_LT((flow.steady.covariance - equilibrium(m).covariance).norm(), 1e-13);
}

}  // namespace
}  // namespace hypofp
