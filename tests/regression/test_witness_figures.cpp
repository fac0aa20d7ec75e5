// The witness against closed forms, reference values of another program, and higher degrees of its own: the figures the README promises.
#include <gtest/gtest.h>

#include "tests/by_witness.hpp"

namespace hypofp {
namespace {

using namespace testing_support;

TEST(Witness, ReachesTheClosedFormsOfThreeRegimesInOneTwoAndThreeDimensions) {
  for (int d : {1, 2, 3})
    for (double gamma : {1.0, 2.0, 3.0}) {
      const Model m = model(d, 1, gamma, 1);
      std::vector<double> mean(2 * d, 0.0);
      mean[0] = 1;
      const std::vector<double> times{0, 1, 2, 5, 10};
      const Theory theory = theory_of(m, spec(24, 6, 6), nullptr, {});
      const Solved s = by_witness(m, d == 1 ? 30 : d == 2 ? 20 : 14, nullptr, part_of(m, mean, 0.8), times, theory.C, theory.C_hat);
      const Gaussian M = equilibrium(m), g0{part_of(m, mean, 0.8).mean, part_of(m, mean, 0.8).covariance};
      const LinearFlow flow(m);
      for (std::size_t i = 0; i < times.size(); ++i) {
        const double exact2 = deviation_norm2(flow.at(times[i], g0), M, M);  // a difference of numbers near 1
        EXPECT_NEAR(s.h_norm[i] / std::sqrt(exact2), 1,
                    (d == 1   ? 1e-12
                     : d == 2 ? 1e-9
                              : 1e-7) +
                        4e-16 / exact2)
            << d << " " << gamma << " " << times[i];
      }
    }
}

TEST(Witness, HasTheSteadyStateOfALinearEpsToRounding) {
  for (int d : {1, 2}) {
    const Model m = model(d, 1, 1.4, 1);
    const Eigen::VectorXd a = d == 1 ? Eigen::VectorXd::Constant(1, 0.1) : Eigen::VectorXd(Eigen::Vector2d(0.1, -0.08)),
                          b = d == 1 ? Eigen::VectorXd::Constant(1, 0.05) : Eigen::VectorXd(Eigen::Vector2d(0.05, 0.02));
    const LinearFlow flow(m, a, b);
    const auto eps = d == 1 ? epsilon({"0.1*theta1 + 0.05"}) : epsilon({"0.1*theta1 + 0.05", "-0.08*theta2 + 0.02"});
    const Solved s = by_witness(m, d == 1 ? 40 : 20, eps, part_of(m, std::vector<double>(2 * d, 0.2), 0.8), {1}, 1, 0.5);
    EXPECT_LT((s.F.mean - flow.steady.mean).norm(), 1e-10);
    EXPECT_LT((s.F.covariance - flow.steady.covariance).norm(), 1e-10);
  }
}

TEST(Witness, ReproducesReferenceValues) {
  const std::vector<double> times{0, 1, 2, 5, 10},
      h{1.1796370154083953, 0.9448722657126698, 0.45626494322161776, 0.11584462111097484, 0.00571738075178927},
      H{1.8671885048964894, 0.5607394619113056, 0.1556349581340423, 0.007077473128453033, 4.585961221265861e-05};
  const Model one = model(1);
  const Solved s = by_witness(one, 70, epsilon({"0.1*sin(2*theta1)*exp(-theta1^2/8)"}), part_of(one, {1, 0}, 0.8), times, 1, 0.5);
  for (std::size_t i = 0; i < times.size(); ++i) {
    EXPECT_NEAR(s.h_norm[i] / h[i], 1, 1e-9) << times[i];
    EXPECT_NEAR(s.H[i] / H[i], 1, 1e-9) << times[i];
  }
  EXPECT_NEAR(s.F.covariance(0, 1), -0.008104759451535876, 1e-10);

  // perturbed-2d: values of degree 18, another program; at degree 14 any Galerkin solution is within 1e-6 of them, in absolute terms
  const Model two = model(2);
  const auto plane = epsilon({"0.1*theta1*exp(-(theta1^2+theta2^2)/4)", "0.1*theta2*exp(-(theta1^2+theta2^2)/4)"});
  const std::vector<double> plane_times{1, 2, 5}, plane_h{0.6802446280006103, 0.3442390011822407, 0.08483374884452159};
  for (const auto& [degree, tolerance] : {std::pair{14, 1e-6}, {18, 1e-12}}) {
    const Solved p = by_witness(two, degree, plane, part_of(two, {0.7, -0.3, 0, 0.4}, 0.8), plane_times, 1, 0.5);
    for (std::size_t i = 0; i < plane_times.size(); ++i) EXPECT_NEAR(p.h_norm[i], plane_h[i], tolerance) << degree << " " << plane_times[i];
  }

  const Model three = model(3);
  const std::vector<double> space_times{0, 0.25, 0.5, 1, 1.5}, space_h{0.854078, 0.766759, 0.693523, 0.553494, 0.416618};
  const auto bump = std::make_shared<Epsilon>(Epsilon::from_potential("0.1*exp(-(theta1^2+theta2^2+theta3^2)/4)", 3));
  const Solved b = by_witness(three, 10, bump, part_of(three, {0.5, -0.3, 0.2, 0, 0.4, 0.1}, 0.85), space_times, 1, 0.5);
  for (std::size_t i = 0; i < space_times.size(); ++i) EXPECT_NEAR(b.h_norm[i], space_h[i], 2e-6) << space_times[i];
}

TEST(Witness, TailsTellTheErrorAgainstHigherDegreesWhereEpsIsResolved) {
  struct {
    Model m;
    std::vector<std::string> eps;
    double scale;
    std::vector<int> degrees;
    int higher;
  } const cases[] = {
      {{1, 1, 1, 1}, {"0.1*sin(2*theta1)*exp(-theta1^2/8)"}, 0.8, {14, 24, 36, 48}, 80},
      {{1, 1, 1, 1}, {"0.1*tanh(theta1)"}, 1.5, {10, 18, 24, 36}, 80},
      {{1, 1.3, 0.7, 2}, {"0.2*exp(-(theta1-1)^2)"}, 0.6, {10, 18, 24}, 60},
      {{1, 1, 3, 1}, {"0.1*sin(2*theta1)*exp(-theta1^2/8)"}, 0.8, {60, 80}, 120},
      {{2, 1, 1, 1}, {"0.1*theta1*exp(-(theta1^2+theta2^2)/4)", "0.1*theta2*exp(-(theta1^2+theta2^2)/4)"}, 0.8, {8, 12, 15}, 20}};
  const std::vector<double> times{0.5, 1, 1.5, 2, 3, 4, 6, 8};
  for (const auto& c : cases) {
    std::vector<double> mean(2 * c.m.dimension, 0.0);
    mean[0] = 0.8 * c.m.sigma_x();
    const GaussianPart part = part_of(c.m, mean, c.scale);
    const Theory theory = theory_of(c.m, spec(24, 6, 6), nullptr, {});
    const auto eps = epsilon(c.eps);
    const Solved truth = by_witness(c.m, c.higher, eps, part, times, theory.C, theory.C_hat);
    for (int degree : c.degrees) {
      const Solved s = by_witness(c.m, degree, eps, part, times, theory.C, theory.C_hat);
      double off_h = 0, off_H = 0;
      for (std::size_t i = 0; i < times.size(); ++i) {
        off_h = std::max(off_h, std::abs(s.h_norm[i] / truth.h_norm[i] - 1));
        off_H = std::max(off_H, std::abs(s.H[i] / truth.H[i] - 1));
      }
      EXPECT_LE(off_h, s.doubt.h_norm + s.tail_of_F) << c.eps[0] << " degree " << degree;
      EXPECT_LE(s.doubt.h_norm + s.tail_of_F, 25 * off_h + 1e-12) << "tells more than there is: " << c.eps[0] << " degree " << degree;
      EXPECT_LE(off_H, s.doubt.H * (1 + s.tail_of_F / s.doubt.h_norm)) << c.eps[0] << " degree " << degree;
    }
  }
}

}  // namespace
}  // namespace hypofp
