// The exact solutions that the rest is held against, by quadrature, products and differences.
#include "tests/closed_forms.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace hypofp {
namespace {

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
