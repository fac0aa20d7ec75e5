#include <gtest/gtest.h>

#include <unsupported/Eigen/MatrixFunctions>

#include "solver/flow/faber.hpp"
#include "tests/support.hpp"

namespace hypofp {
namespace {

using namespace testing_support;

PropagatorSettings settings(double tolerance, double longest = 4, std::size_t outputs = 4) { return {tolerance, longest, outputs}; }

/// exp(t A) f by a dense exponential.
Eigen::VectorXd dense_exponential(const Generator& A, Vec f, double t) {
  const Matrix a = A.assemble();
  const PetscInt n = static_cast<PetscInt>(A.grid().cells());
  Eigen::MatrixXd dense = Eigen::MatrixXd::Zero(n, n);
  for (PetscInt i = 0; i < n; ++i) {
    PetscInt count = 0;
    const PetscInt* columns = nullptr;
    const PetscScalar* values = nullptr;
    petsc(MatGetRow(a.get(), i, &count, &columns, &values));
    for (PetscInt k = 0; k < count; ++k) dense(i, columns[k]) += values[k];
    petsc(MatRestoreRow(a.get(), i, &count, &columns, &values));
  }
  const ReadArray in(f);
  return (dense * t).exp() * Eigen::Map<const Eigen::VectorXd>(in, n);
}

double distance_to(Vec v, const Eigen::VectorXd& exact) {
  const ReadArray in(v);
  return (Eigen::Map<const Eigen::VectorXd>(in, exact.size()) - exact).norm();
}

TEST(Faber, EqualsTheDenseExponentialForEveryGammaWithAndWithoutEps) {
  for (double gamma : {0.1, 1.0, 5.0, 20.0})
    for (bool perturbed : {false, true}) {
      const PhaseGrid grid(PETSC_COMM_SELF, model(1, 1, gamma, 1), spec(14, 6, 6, 16));
      const Generator A(grid, field(perturbed ? coupled(1) : nullptr));
      Vector f = rough_state(grid);
      const double size = norm(f.get());
      FaberPropagator faber(A, range(A), settings(1e-11));
      const std::vector<double> times{0.07, 0.3, 0.31, 2.9};
      std::vector<Eigen::VectorXd> exact;
      for (double t : times) exact.push_back(dense_exponential(A, f.get(), t));
      advance(faber, f, times, [&](std::size_t i, Vec state) {
        EXPECT_LT(distance_to(state, exact[i]), 1e-10 * size) << "gamma " << gamma << ", t = " << times[i] << (perturbed ? ", eps" : "");
      });
      EXPECT_LT(distance_to(f.get(), exact.back()), 1e-10 * size);
    }
}

TEST(Faber, ToleranceIsKeptAndCostsAccordingly) {
  const PhaseGrid grid(PETSC_COMM_SELF, model(1), spec(16, 6, 6));
  const Generator A(grid);
  std::int64_t cost[2];
  for (int k = 0; k < 2; ++k) {
    const double tolerance = k ? 1e-12 : 1e-5;
    Vector f = rough_state(grid);
    const Eigen::VectorXd exact = dense_exponential(A, f.get(), 1);
    const double size = norm(f.get());
    FaberPropagator faber(A, range(A), settings(tolerance));
    const std::int64_t before = A.applications();
    advance(faber, f, {1.0});
    cost[k] = A.applications() - before;
    EXPECT_LT(distance_to(f.get(), exact), tolerance * size);
  }
  EXPECT_LT(cost[0], cost[1]);
}

TEST(Faber, AnEllipseThatMissesTheNumericalRangeIsNoticedAndWidenedAndTheStartStays) {
  const PhaseGrid grid(PETSC_COMM_SELF, model(1), spec(16, 6, 6));
  const Generator A(grid);
  NumericalRange wrong = range(A);
  for (double& reach : wrong.reach) reach *= 0.6;
  const Vector start = rough_state(grid), f = grid.vector();
  const double size = norm(start.get());
  const std::vector<double> times{0.02, 0.5, 2};  // over the first the series ends before it can go wrong
  FaberPropagator faber(A, wrong, settings(1e-10, 4, 1));
  std::vector<std::size_t> shown;
  faber.advance(start.get(), f.get(), times, [&](std::size_t i, Vec state) {
    EXPECT_LT(distance_to(state, dense_exponential(A, start.get(), times[i])), 1e-10 * size) << "t = " << times[i];
    shown.push_back(i);
  });
  EXPECT_NE(faber.description().find("widened"), std::string::npos);
  EXPECT_EQ(shown, (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_EQ(difference(start.get(), rough_state(grid).get()), 0);
  EXPECT_LT(distance_to(f.get(), dense_exponential(A, start.get(), 2)), 1e-10 * size);
}

TEST(Faber, RoundingDoesNotGrowOverTheLongestSpan) {
  for (double gamma : {0.1, 1.0, 3.0, 20.0}) {
    const PhaseGrid grid(PETSC_COMM_SELF, model(1, 1, gamma, 1), spec(24, 6, 6));
    const Generator A(grid);
    FaberPropagator faber(A, range(A), settings(1e-9, 100));
    EXPECT_LE(faber.ellipse().overhang() * faber.longest(), 10 * (1 + 1e-12)) << "gamma " << gamma;
    Vector f = rough_state(grid);
    const double start = norm(f.get());
    advance(faber, f, {faber.longest()});
    EXPECT_LE(norm(f.get()), start * (1 + 1e-9));
  }
}

TEST(Propagators, AgreeWithEachOther) {
  for (bool perturbed : {false, true}) {
    const PhaseGrid grid(PETSC_COMM_WORLD, model(2), spec(8, 5, 4, 9));
    const Generator A(grid, field(perturbed ? coupled(2) : nullptr));
    Vector results[3];
    for (int kind = 0; kind < 3; ++kind) {
      results[kind] = rough_state(grid);
      const auto p = make_propagator(static_cast<PropagatorKind>(kind), A, range(A), settings(1e-9));
      int shown = 0;
      advance(*p, results[kind], {0.5, 1.0, 1.7}, [&](std::size_t, Vec) { ++shown; });
      EXPECT_EQ(shown, 3);
    }
    const double size = norm(rough_state(grid).get());
    EXPECT_LT(difference(results[0].get(), results[1].get()), 1e-8 * size);
    EXPECT_LT(difference(results[0].get(), results[2].get()), 1e-8 * size);
  }
}

TEST(Propagators, HaveTheirAdjoints) {
  const PhaseGrid grid(PETSC_COMM_WORLD, model(2), spec(8, 5, 4, 9));
  const Generator A(grid, field(coupled(2)));
  const Vector f = rough_state(grid), g = rough_state(grid, 1.1), y = grid.vector(), z = grid.vector();
  for (int kind = 0; kind < 3; ++kind) {
    const auto p = make_propagator(static_cast<PropagatorKind>(kind), A, range(A), settings(1e-9));
    p->advance(f.get(), y.get(), {0.4, 1.3}, [](std::size_t, Vec) {});
    int shown = 0;
    p->advance(Sense::adjoint, g.get(), z.get(), {0.4, 1.3}, [&](std::size_t, Vec) { ++shown; });
    EXPECT_EQ(shown, 2);
    EXPECT_NEAR(dot(y.get(), g.get()), dot(f.get(), z.get()), 1e-8 * norm(f.get()) * norm(g.get())) << kind;
  }
}

TEST(TransientGrowth, NormOfTheFlowOnMeanZeroStatesIsThatOfTheDriftWithoutEps) {
  // the norm of e^{tA} equals the norm of the 2 x 2 drift exponential in standard deviations; reached on linear functions
  const double gamma = 3, t = 0.8;
  const PhaseGrid grid(PETSC_COMM_SELF, model(1, 1, gamma, 1), spec(32, 8, 8));
  const Generator A(grid);
  Eigen::Matrix2d drift;
  drift << 0, 1, -1, -gamma;
  const Eigen::JacobiSVD<Eigen::Matrix2d> svd((drift * t).exp().eval(), Eigen::ComputeFullV);
  const Eigen::Vector2d worst = svd.matrixV().col(0);  // h = a x + b v: a' = b, b' = -a - gamma b
  Vector f = grid.vector();
  {
    WriteArray out(f.get());
    for (int i = 0; i < 32; ++i)
      for (int j = 0; j < 32; ++j) out[j * 32 + i] = (worst(0) * grid.x.z[i] + worst(1) * grid.v.z[j]) * grid.x.s[i] * grid.v.s[j];
  }
  const double start = norm(f.get());
  FaberPropagator faber(A, range(A), settings(1e-12));
  advance(faber, f, {t});
  EXPECT_NEAR(norm(f.get()) / start, svd.singularValues()(0), 1e-10);
}

}  // namespace
}  // namespace hypofp
