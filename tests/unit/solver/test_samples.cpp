#include "solver/flow/samples.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>

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
  o.mass = 1, o.h_norm = std::sqrt(square), o.grad_x = square + 0.2 * slow, o.grad_v = 2 * square + 0.1 * rest,
  o.cross = 0.3 * slow * std::sin(1.7 * t);
  o.edge = 1e-6 * slow / square, o.g_min = -1e-9;
  o.theta1 = 2 + std::sqrt(slow) * std::cos(0.85 * t), o.theta11 = 5 - slow * turn;
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
      for (double Observation::*q : {&Observation::theta1, &Observation::theta11}) worst = std::max(worst, std::abs(is.*q - should.*q));
      EXPECT_TRUE(std::isnan(is.theta2)) << "a component that is not there";
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

/// Rows of an evolution, to the bit, and the checkpoints on its way.
struct Series {
  std::vector<Observation> rows;
  std::int64_t applications = 0;
  std::vector<Footing> footings;
  std::vector<Vector> states;  // of the footings
  std::vector<double> snapshots;
};
Series series(Solve& solve, const Schedule& schedule, const Footing& from = {}) {
  Series result;
  const std::int64_t before = solve.generator.applications();
  Evolution evolution(solve.generator, solve.propagator(), solve.F(), solve.mass_of_g, solve.h.get(), schedule, solve.longest_span(),
                      2.5e-10, from);
  result.rows.push_back(solve.generator.observe(solve.F(), solve.mass_of_g, solve.h.get()));
  evolution.run({[&](const Schedule::Row& row, const Observation& o) {
                   EXPECT_DOUBLE_EQ(row.time, schedule.rows[from.row + result.rows.size()].time);
                   result.rows.push_back(o);
                 },
                 [&](const Schedule::Row& row, Vec h) {
                   EXPECT_NEAR(norm(h), result.rows[&row - schedule.rows.data() - from.row].h_norm, 1e-8);
                   result.snapshots.push_back(row.time);
                 },
                 [&](const Footing& at) {
                   result.footings.push_back(at);
                   result.states.push_back(solve.grid.vector());
                   petsc(VecCopy(at.h, result.states.back().get()));
                 }});
  EXPECT_EQ(from.row + result.rows.size(), schedule.rows.size());
  result.applications = solve.generator.applications() - before;
  return result;
}
Series series(std::shared_ptr<Epsilon> eps, const Schedule& schedule) {
  Solve solve(model(1), spec(28, 7, 6), eps, 1e-9);
  solve.start_gaussian(Eigen::Vector2d(1, 0), 0.8 * Eigen::Matrix2d::Identity());
  return series(solve, schedule);
}
bool same(const Observation& a, const Observation& b) {
  return std::all_of(columns.begin(), columns.end(),
                     [&](const Column& c) { return std::bit_cast<std::uint64_t>(a.*c.value) == std::bit_cast<std::uint64_t>(b.*c.value); });
}

TEST(Schedule, TheEndAsksForASnapshotAndACheckpointWhereThereAreAny) {
  for (const double period : {0.0, 2.1}) {
    const Schedule schedule(7.77, 0.1, period, period);
    EXPECT_EQ(schedule.rows.back().time, 7.77);
    EXPECT_EQ(schedule.rows.back().snapshot, period > 0);
    EXPECT_EQ(schedule.rows.back().checkpoint, period > 0);
  }
}
TEST(Evolution, RowsAreTheSameToTheBitWhateverIsWrittenAndCheckpointsLeadToTheRowsOfALongerRun) {
  for (double interval : {0.01, 0.1, 0.7})
    for (bool perturbed : {false, true}) {
      const auto eps = perturbed ? epsilon({"0.1*sin(theta1)*exp(-theta1^2/8)"}) : nullptr;
      const Series whole = series(eps, Schedule(12, interval, 0, 0));
      for (const auto& [end, snapshots, checkpoints] : {std::tuple{12.0, 0.7, 1.4}, {7.77, 0.0, 2.1}, {5.0, 5.0, 5.0}, {0.4, 0.0, 0.4}}) {
        if (end < interval) continue;
        const Schedule schedule(end, interval, snapshots, checkpoints);
        const Series part = series(eps, schedule);
        ASSERT_FALSE(part.footings.empty()) << interval << " " << end;
        if (end == 12.0) {
          EXPECT_TRUE(std::equal(part.rows.begin(), part.rows.end(), whole.rows.begin(), whole.rows.end(), same)) << interval;
        }
        const Footing& last = part.footings.back();
        EXPECT_TRUE(std::equal(part.rows.begin(), part.rows.begin() + last.row + 1, whole.rows.begin(), same)) << interval << " " << end;
        if (snapshots > 0) {
          EXPECT_EQ(part.snapshots.size(),
                    static_cast<std::size_t>(std::floor(end / snapshots + 1e-9)) + (std::abs(std::remainder(end, snapshots)) > 1e-6));
        }
        Solve later(model(1), spec(28, 7, 6), eps, 1e-9);
        later.start_gaussian(Eigen::Vector2d(1, 0), 0.8 * Eigen::Matrix2d::Identity());
        later.F();
        petsc(VecCopy(part.states.back().get(), later.h.get()));
        const Series rest = series(later, Schedule(12, interval, 0, 0), last);
        for (std::size_t i = 1; i < rest.rows.size(); ++i)
          ASSERT_TRUE(same(rest.rows[i], whole.rows[last.row + i])) << interval << " " << end << " row " << i;
      }
    }
}
TEST(Evolution, AMassOfHIsTakenOut) {  // it would outlive the decay
  Solve solve(model(1), spec(28, 7, 6), nullptr, 1e-9);
  solve.start_gaussian(Eigen::Vector2d(1, 0), 0.8 * Eigen::Matrix2d::Identity());
  solve.generator.add_maxwellian(1e-6, solve.h.get());
  const Series s = series(solve, Schedule(20, 0.1, 0, 0));
  EXPECT_NEAR(s.rows.front().mass, solve.mass_of_g + 1e-6, 1e-12);
  EXPECT_NEAR(s.rows.back().mass, solve.mass_of_g, 1e-14);
}
TEST(Evolution, ADenseSeriesHasTheValuesOfASparseOneAtLittleMoreCost) {
  for (bool perturbed : {false, true}) {
    const auto eps = perturbed ? epsilon({"0.1*sin(theta1)*exp(-theta1^2/8)"}) : nullptr;
    const Series sparse = series(eps, Schedule(10, 1.0, 0, 0)), dense = series(eps, Schedule(10, 0.01, 0, 0));
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
