// Run on 1, 2 and 4 ranks: every rank holds what rank 0 has against the closed forms.
#include "operators/marginals.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <numeric>

#include "operators/theta_moments.hpp"
#include "solver/flow/initial_state.hpp"
#include "tests/support.hpp"

namespace hypofp {
namespace {

using namespace testing_support;

/// What a density on the theta axes has in common with the Gaussian's: relative to the peak, to the variance, or plain.
struct Errors {
  double mass = 0, mean = 0, variance = 0, peak = 0, L1 = 0, lowest = 0;
};
Errors errors(const PhaseGrid& grid, const Gaussian& g) {
  const Vector phi = gaussian_state(grid, {{1, g.mean, g.covariance}});
  const Marginals m = marginals(grid, phi.get());
  std::array<double, 6> e{};
  if (!m.theta_space.empty()) {
    const int d = grid.d(), n = grid.spec.x_cells;
    const double w2 = grid.model.omega0 * grid.model.omega0;
    Eigen::MatrixXd J(d, 2 * d);
    J << Eigen::MatrixXd::Identity(d, d) * (-grid.model.gamma / w2), Eigen::MatrixXd::Identity(d, d) * (-1 / w2);
    const Gaussian exact{J * g.mean, J * g.covariance * J.transpose()};
    const std::vector<double> axis = MarginalAxes(grid.model, grid.spec).theta;
    const double cell = std::pow(axis[1] - axis[0], d), peak = density(exact, exact.mean);
    double mass = 0;
    Eigen::VectorXd mean = Eigen::VectorXd::Zero(d);
    Eigen::MatrixXd second = Eigen::MatrixXd::Zero(d, d);
    for (std::size_t k = 0; k < m.theta_space.size(); ++k) {
      Eigen::VectorXd theta(d);
      std::size_t rest = k;
      for (int i = d - 1; i >= 0; --i) theta(i) = axis[rest % n], rest /= n;
      const double p = m.theta_space[k], q = density(exact, theta);
      mass += p * cell;
      mean += p * cell * theta;
      second += p * cell * (theta - exact.mean) * (theta - exact.mean).transpose();
      e[3] = std::max(e[3], std::abs(p - q) / peak);
      e[4] += std::abs(p - q) * cell;
      e[5] = std::max(e[5], -p / peak);
    }
    e[0] = std::abs(mass - 1);
    e[1] = ((mean - exact.mean).cwiseAbs().array() / exact.covariance.diagonal().array().sqrt()).maxCoeff();
    e[2] = (second - exact.covariance).cwiseAbs().maxCoeff() / exact.covariance.diagonal().minCoeff();
  }
  MPI_Bcast(e.data(), 6, MPI_DOUBLE, 0, PETSC_COMM_WORLD);
  return {e[0], e[1], e[2], e[3], e[4], e[5]};
}
void expect_within(const Errors& e, double tolerance) {
  EXPECT_LT(e.mass, tolerance);
  EXPECT_LT(e.mean, tolerance);
  EXPECT_LT(e.variance, tolerance);
  EXPECT_LT(e.peak, tolerance);
  EXPECT_LT(e.L1, tolerance);
  EXPECT_LT(e.lowest, tolerance);
}
/// The Gaussian of a case's start, at time t.
Gaussian state(const Model& m, const std::vector<double>& mean, double scale, double t) {
  const Gaussian start{Eigen::Map<const Eigen::VectorXd>(mean.data(), 2 * m.dimension), scale * equilibrium(m).covariance};
  return LinearFlow(m).at(t, start);
}

TEST(Marginals, OfXAndOfEachPairAreDensities) {
  const PhaseGrid grid(PETSC_COMM_WORLD, model(2, 1.3, 0.9, 1.5), spec(20, 7, 6, 24));
  const Vector M = grid.maxwellian();
  const Marginals m = marginals(grid, M.get());
  if (m.x_space.empty()) return;  // rank 0 has them
  const double dx = grid.model.sigma_x() * grid.x.spacing, dv = grid.model.sigma_v() * grid.v.spacing;
  EXPECT_NEAR(std::accumulate(m.x_space.begin(), m.x_space.end(), 0.0) * dx * dx, 1, 1e-13);
  for (const auto& plane : m.planes) EXPECT_NEAR(std::accumulate(plane.begin(), plane.end(), 0.0) * dx * dv, 1, 1e-13);
}
TEST(ThetaDensity, OfGaussiansIsTheirClosedFormOnTheGridOfThePlaneCase) {
  const PhaseGrid grid(PETSC_COMM_WORLD, model(2), spec(20, 6, 6));
  for (double t : {0.0, 0.5, 2.0, 5.0}) expect_within(errors(grid, state(grid.model, {0.7, -0.3, 0, 0.4}, 0.8, t)), 1e-5);
}
TEST(ThetaDensity, OfGaussiansIsTheirClosedFormOnTheGridOfTheSpaceCase) {
  const PhaseGrid grid(PETSC_COMM_WORLD, model(3), spec(12, 5, 6));
  for (double t : {0.0, 0.5, 2.0}) expect_within(errors(grid, state(grid.model, {0.5, 0, -0.3, 0.2, 0, 0.1}, 0.85, t)), 1e-4);
}
TEST(ThetaDensity, OfGaussiansIsTheirClosedFormForEveryGammaOmega0AndShapeOfCells) {
  for (double omega0 : {0.7, 1.0, 2.0})
    for (double gamma : {0.3, 1.0, 3.0})
      for (const auto& [nx, nv] : {std::pair{20, 20}, {20, 40}, {40, 20}, {14, 18}}) {
        SCOPED_TRACE(fmt::format("omega0 {}, gamma {}, cells {} x {}", omega0, gamma, nx, nv));
        const PhaseGrid grid(PETSC_COMM_WORLD, model(2, omega0, gamma, 1.5), spec(nx, 6, 6, nv));
        const double sx = grid.model.sigma_x(), sv = grid.model.sigma_v();
        for (double t : {0.0, 1.0}) expect_within(errors(grid, state(grid.model, {0.7 * sx, -0.3 * sx, 0, 0.4 * sv}, 0.8, t)), 2e-4);
      }
}

/// What observe says of theta is what the moments of (x, v) under g = mass F + M h give.
TEST(ThetaMoments, AreThoseOfGOnAnyNumberOfRanks) {
  for (int d : {1, 2, 3}) {
    const Model m = model(d, 1.3, 0.7, 2.1);
    Solve solve(m, spec(d == 3 ? 8 : 14, d == 3 ? 4 : 5, 4), d == 3 ? nullptr : coupled(d), 1e-9);
    solve.F();
    Eigen::VectorXd mean(2 * d);
    for (int i = 0; i < 2 * d; ++i) mean(i) = 0.3 * std::sin(1.0 + i);
    const Eigen::MatrixXd covariance = 0.9 * covariance_of_M(m);
    solve.start_gaussian(mean, covariance);
    const Observation o = solve.generator.observe(solve.F(), solve.mass_of_g, solve.h.get());
    Vector g = solve.F().state();
    petsc(VecScale(g.get(), solve.mass_of_g));
    petsc(VecAXPY(g.get(), 1, solve.h.get()));
    Observation expected;
    fill_theta(m, solve.generator.moments(g.get()), expected);
    for (const Column& c : columns)
      if (c.between == Between::settling) {
        EXPECT_EQ(std::isnan(o.*c.value), std::isnan(expected.*c.value)) << c.name << " d " << d;
        if (!std::isnan(o.*c.value)) {
          EXPECT_NEAR(o.*c.value, expected.*c.value, 1e-12) << c.name << " d " << d;
        }
      }
    EXPECT_FALSE(std::isnan(d == 1 ? o.theta11 : d == 2 ? o.theta22 : o.theta33));
    EXPECT_NEAR(o.theta1, -(mean(d) + m.gamma * mean(0)) / (m.omega0 * m.omega0), 5e-3) << "d " << d;
  }
}

}  // namespace
}  // namespace hypofp
