// Asynchronous workers against what is exact of exponential ones, and against event simulations made apart from this program. Seeds are
// fixed.
#include "solver/ensembles/workers.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "grids/petsc.hpp"
#include "solver/ensembles/race.hpp"
#include "solver/ensembles/services.hpp"

namespace hypofp {
namespace {

constexpr EnsembleSettings seeds{0, 0, 1, 5, GradientNoise::gaussian, 1};
const Service exponential{ServiceLaw::exponential, 1, 1}, lognormal{ServiceLaw::lognormal, 1, 1}, half{ServiceLaw::lognormal, 0.5, 1},
    deterministic{ServiceLaw::deterministic, 1, 1}, slow{ServiceLaw::exponential, 1, 10};

/// omega0 = 1, theta in one component.
Loss line() { return Loss(model_of({0.1, 0.5, 1}, 1, 1), nullptr, {}, 5); }
CrewRows run(const Crew& crew, int paths, int updates, MPI_Comm comm = PETSC_COMM_WORLD) {
  return run_crew(comm, crew, line(), seeds, paths, updates, [](double) {});
}
Crew crew(int m, const Service& service, double noise, std::vector<double> rates) {
  return {m, service, noise, Eigen::VectorXd::Ones(1), std::move(rates)};
}

TEST(Workers, ThatAreEqualAndExponentialHaveTheirExactSecondMoment) {
  // (theta^2, theta r, r^2, q), r and q the means over workers of what they hold and of its square; the next to write is any of them
  for (const int m : {2, 8}) {
    const double alpha = 0.1, noise = 1, p = 1.0 / m, s = alpha * alpha * noise * noise;
    const CrewRows rows = run(crew(m, exponential, noise, {alpha}), 100000, 60);
    Eigen::Vector4d z = Eigen::Vector4d::Ones();
    for (std::size_t k = 0; k < rows.update.size(); ++k) {
      EXPECT_NEAR(2 * rows.losses[0].of_update[k], z(0), 4 * 2 * rows.losses[0].error[k] + 1e-14) << m << " " << k;
      const double tt = z(0) - 2 * alpha * z(1) + alpha * alpha * z(3) + s, tr = z(1) - alpha * z(2), ti = z(1) - alpha * z(3);
      z = Eigen::Vector4d(tt, tr + p * (tt - ti), z(2) + 2 * p * (tr - z(2)) + p * p * (tt - 2 * ti + z(3)), (1 - p) * z(3) + p * tt);
    }
  }
}
TEST(Workers, ReadWhatIsOldByTheirNumberLessOneInTheMeanUnderEveryLaw) {
  for (const Service& service : {exponential, lognormal, half, deterministic, slow})
    for (const int m : {2, 8, 16}) {
      const CrewRows rows = run(crew(m, service, 0, {0.01}), 256, 5000);
      EXPECT_NEAR(rows.mean_staleness(), m - 1, 0.02 * (m - 1)) << m;
      EXPECT_NEAR(m * (1 - rows.effective_kappa()), 1, 0.02) << m;  // so Remark 3.4 never decides
      EXPECT_NEAR(rows.updates_per_time / update_rate(service, m), 1, 0.01) << m;
    }
}
TEST(Workers, AreAsFarFromTheGeometricLawAsTheEventSimulationsAre) {
  const auto distance = [](int m, const Service& service) { return run(crew(m, service, 0, {0.01}), 256, 20000).distance_to_geometric(); };
  EXPECT_LT(distance(8, exponential), 0.006);
  EXPECT_NEAR(distance(8, lognormal), 0.1022, 0.003);
  EXPECT_NEAR(distance(8, half), 0.3303, 0.003);
  EXPECT_NEAR(distance(8, deterministic), 0.9509, 1e-4);
  EXPECT_NEAR(distance(8, slow), 0.0457, 0.003);
  EXPECT_NEAR(distance(2, slow), 0.3735, 0.003);
  EXPECT_NEAR(distance(16, lognormal), 0.1150, 0.003);
}
TEST(Workers, WaitInARoundForTheSlowest) {
  EXPECT_NEAR(round_time(exponential, 16), 3.3807289932289937, 1e-9);
  EXPECT_NEAR(round_time(lognormal, 16), 4.16968782373, 1e-8);
  EXPECT_NEAR(round_time(half, 8), 1.8876083522195901, 1e-8);
  EXPECT_NEAR(round_time(slow, 4), 10.21205138947074, 1e-8);
  EXPECT_EQ(round_time(deterministic, 64), 1);
  EXPECT_NEAR(round_time(exponential, 1), 1, 1e-10);
}

TEST(Workers, GiveTheSameBitsOnAnyNumberOfRanks) {
  const Crew c = crew(5, lognormal, 1, {0.05, 0.1});
  const CrewRows one = run(c, 1000, 200, PETSC_COMM_SELF), all = run(c, 1000, 200);
  EXPECT_EQ(one.staleness, all.staleness);
  for (int e : {0, 1}) {
    EXPECT_EQ(one.losses[e].of_update, all.losses[e].of_update);
    EXPECT_EQ(one.losses[e].error, all.losses[e].error);
    EXPECT_EQ(one.losses[e].of_time, all.losses[e].of_time);
  }
  // and learning rates side by side do not disturb each other
  EXPECT_EQ(run(crew(5, lognormal, 1, {0.1}), 1000, 200).losses[0].of_time, all.losses[1].of_time);
}
TEST(Workers, ReachALevelForGoodAndBetweenRows) {
  const std::vector<double> time{0, 1, 2, 3, 4};
  EXPECT_DOUBLE_EQ(time_to_reach(time, {1, std::exp(-1), std::exp(-2), std::exp(-3), 0}, std::exp(-2.5)), 2.5);
  EXPECT_DOUBLE_EQ(time_to_reach(time, {1, 0.01, 1, 0.01, 0.01}, 0.1), 2.5);
  EXPECT_TRUE(std::isinf(time_to_reach(time, {1, 0.01, 0.01, 0.01, 0.2}, 0.1)));
  EXPECT_TRUE(std::isinf(time_to_reach(time, {1, 0.01, 0.01, 0.01, std::nan("")}, 0.1)));
  EXPECT_EQ(time_to_reach(time, {0, 0, 0, 0, 0}, 0.1), 0);
}

/// Speed-up against a table, within 4 %.
struct Entry {
  Service service;
  int m;
  double speedup;
};
std::vector<Heat> race(const Service& service, int m, RateChoice::Kind kind, double eta, double noise, double target, int paths,
                       int updates) {
  WorkerSettings w{{m}, {service}, {{kind}}, paths, updates, target, Eigen::VectorXd::Ones(1)};
  return run_race(PETSC_COMM_WORLD, {eta, 0.5, noise}, line(), w, seeds, [](double) {});
}
TEST(Race, AtEqualLearningRatesHasTheSpeedupsOfTheEventSimulations) {
  // eta omega0^2 = 0.02, no noise, to E theta^2 = 1e-4: m up to 1/(4 eta omega0^2), then 1/(2 eta omega0^2) for exponential ones
  for (const Entry& e :
       {Entry{exponential, 4, 4.1865}, Entry{lognormal, 4, 4.1584}, Entry{slow, 4, 3.2909}, Entry{exponential, 16, 28.7693},
        Entry{half, 16, 25.6019}, Entry{deterministic, 16, 25.3357}, Entry{slow, 16, 25.8455}, Entry{exponential, 64, 24.0042},
        Entry{deterministic, 64, 7.6090}, Entry{slow, 64, 23.5016}}) {
    const Heat heat = race(e.service, e.m, RateChoice::of_case, 0.02, 1e-9, 1e-4, 2000, e.m == 64 ? 2500 : 1200)[0];
    EXPECT_NEAR(heat.speedup() / e.speedup, 1, 0.02) << e.m;
    EXPECT_EQ(heat.sgd.time, 228);
    EXPECT_NEAR(heat.synchronous.time, 228 * heat.round_time, 1e-9);
  }
}
TEST(Race, AtTheBestLearningRatesHasTheSpeedupsOfTheEventSimulations) {
  struct Both : Entry {
    double synchronous;
  };
  for (const Both& e : {Both{{exponential, 16, 17.57}, 4.708}, Both{{slow, 16, 16.61}, 1.509}, Both{{exponential, 4, 3.973}, 1.91},
                        Both{{deterministic, 8, 8.007}, 7.958}}) {
    const Heat heat = race(e.service, e.m, RateChoice::best, 1, 1, 0.01, 10000, 400)[0];
    EXPECT_NEAR(heat.speedup() / e.speedup, 1, 0.04) << e.m;
    EXPECT_NEAR(heat.synchronous_speedup() / e.synchronous, 1, 0.01) << e.m;
    EXPECT_EQ(heat.sgd.time, 191);
  }
}
TEST(Race, WithLittleNoiseIsWonBySgd) {
  struct At : Entry {  // of event simulations at learning rates near the best
    double eta, time;
  };
  for (const At& e : {At{{exponential, 4, 0.6}, 0.144, 3.2622}, At{{exponential, 16, 0.6}, 0.034, 2.4531},
                      At{{deterministic, 4, 0.6}, 0.144, 1.989}, At{{slow, 8, 0.6}, 0.074, 2.9192}}) {
    EXPECT_NEAR(race(e.service, e.m, RateChoice::of_case, e.eta, 0.1, 0.01, 10000, 100)[0].asynchronous.time / e.time, 1, 0.04) << e.m;
    const Heat best = race(e.service, e.m, RateChoice::best, 1, 0.1, 0.01, 10000, 100)[0];
    EXPECT_LT(best.asynchronous.time, 1.01 * e.time) << e.m;
    EXPECT_LT(best.speedup(), e.speedup) << e.m;
    EXPECT_EQ(best.sgd.time, 1);
  }
}

}  // namespace
}  // namespace hypofp
