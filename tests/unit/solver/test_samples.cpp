#include "solver/flow/samples.hpp"

#include <gtest/gtest.h>

#include "solver/flow/evolution.hpp"
#include "tests/support.hpp"

namespace hypofp {
namespace {

using namespace testing_support;

/// Functionals of a sum of decaying, turning modes: h^2 = sum of products.
Observation of_modes(double t, double fast) {
  const double slow = std::exp(-t), turn = 1 + 0.4 * std::cos(1.7 * t), rest = std::exp(-fast * t);
  const double square = slow * turn + 0.3 * rest;
  Observation o{};
  o.mass = 1, o.h_norm = std::sqrt(square), o.grad_x = square + 0.2 * slow, o.grad_v = 2 * square + 0.1 * rest, o.cross = 0.3 * slow * std::sin(1.7 * t);
  o.edge = 1e-6 * slow / square, o.g_min = -1e-9;
  return o;
}
Samples samples(double span, double fast) {
  std::vector<Observation> values;
  for (double t : Samples::times(span)) values.push_back(of_modes(t, fast));
  return Samples(span, std::move(values));
}

TEST(Samples, AreExactBetweenThePointsToTheErrorTheyState) {
  for (double span : {0.3, 1.0, 2.0, 4.0}) {
    const Samples s = samples(span, 3);
    double worst = 0;
    for (int i = 0; i <= 100; ++i) {
      const double t = span * i / 100;
      const Observation is = s.at(t), should = of_modes(t, 3);
      for (double Observation::*q : {&Observation::h_norm, &Observation::grad_x, &Observation::grad_v, &Observation::edge})
        worst = std::max(worst, std::abs(is.*q / should.*q - 1));
      worst = std::max(worst, std::abs(is.cross - should.cross) / should.grad_x);
      EXPECT_NEAR(is.mass, 1, 1e-15);
    }
    EXPECT_LT(worst, 20 * s.error() + 1e-13) << "span " << span;
  }
  EXPECT_LT(samples(1.0, 3).error(), 1e-11);
}
TEST(Samples, TooCoarseForTheFunctionalsAreNoticed) {
  EXPECT_GT(samples(4, 60).error(), 1e-4);
  EXPECT_GT(samples(20, 3).error(), 1e-6);
}

struct Series {
  std::vector<Observation> rows;
  std::int64_t applications;
};
Series series(std::shared_ptr<Epsilon> eps, double interval) {
  Solve solve(model(1), spec(28, 7, 6), eps, 5e-11);
  const Eigen::Vector2d mean(1, 0);
  solve.start_gaussian(mean, 0.8 * Eigen::Matrix2d::Identity());
  const Schedule schedule(10, interval, 0, 0);
  Series result{{observe(solve.A, solve.F.phi.get(), 1, solve.h.get())}, 0};
  const std::int64_t before = solve.A.applications();
  evolve(solve.A, *solve.propagator, solve.F.phi.get(), solve.mass_of_g, solve.h.get(), schedule, 0, 4, 2.5e-10,
         {[&](const Schedule::Row& row, const Observation& o, Vec) {
            EXPECT_DOUBLE_EQ(row.time, schedule.rows[result.rows.size()].time);
            result.rows.push_back(o);
          },
          [](const Schedule::Row&, Vec) {}});
  EXPECT_EQ(result.rows.size(), schedule.rows.size());
  result.applications = solve.A.applications() - before;
  return result;
}
TEST(Evolution, ADenseSeriesHasTheValuesOfASparseOneAtLittleMoreCost) {
  for (bool perturbed : {false, true}) {
    const auto eps = perturbed ? epsilon({"0.1*sin(theta1)*exp(-theta1^2/8)"}) : nullptr;
    const Series sparse = series(eps, 1.0), dense = series(eps, 0.01);
    for (std::size_t i = 0; i < sparse.rows.size(); ++i) {
      const Observation &a = sparse.rows[i], &b = dense.rows[100 * i];
      EXPECT_NEAR(b.h_norm / a.h_norm, 1, 1e-9);
      EXPECT_NEAR(b.grad_x / a.grad_x, 1, 5e-9);
      EXPECT_NEAR(b.grad_v / a.grad_v, 1, 5e-9);
    }
    EXPECT_LT(dense.applications, 2 * sparse.applications);
  }
}

}  // namespace
}  // namespace hypofp
