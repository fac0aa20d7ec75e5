// The slowest eigenvalues: closed forms, reference values, clusters, and what the grid makes up.
#include "solver/modes/spectrum.hpp"

#include <gtest/gtest.h>

#include "operators/hermite/generator.hpp"
#include "operators/odd_even.hpp"
#include "tests/support.hpp"

namespace hypofp {
namespace {

using namespace testing_support;
using Complex = std::complex<double>;

const char* const bump = "0.1*sin(2*theta1)*exp(-theta1^2/8)";

Spectrum on_grid(const Model& m, const GridSpec& g, std::shared_ptr<Epsilon> e = nullptr, int count = 8) {
  Solve solve(m, g, std::move(e));
  return find_spectrum(solve.generator, solve.range(), count, [&](Vec phi) { return odd_even_content(solve.generator, phi); });
}
Spectrum by_hermite(const Model& m, int degree, std::shared_ptr<Epsilon> e = nullptr, int count = 8) {
  const HermiteGenerator A(m, degree, field(e));
  return find_spectrum(A, A.numerical_range(), count);
}
/// Each expected eigenvalue has one of its own that is near.
void expect_near(const Spectrum& s, std::vector<Complex> expected, double allowed) {
  std::vector<Complex> found = s.eigenvalues();
  for (const Complex& z : expected) {
    const auto at =
        std::min_element(found.begin(), found.end(), [&](const Complex& a, const Complex& b) { return std::abs(a - z) < std::abs(b - z); });
    ASSERT_NE(at, found.end());
    EXPECT_LT(std::abs(*at - z), allowed) << z << ", found " << *at;
    found.erase(at);
  }
}
std::vector<Complex> first(int count, std::vector<Complex> values) { return {values.begin(), values.begin() + count}; }

TEST(Spectrum, LinearModesAreExactWithoutEpsInEveryRegime) {
  for (double gamma : {0.3, 1.0, 3.0, 6.0}) {
    const Model m = model(1, 1, gamma, 1);
    expect_near(on_grid(m, spec(48, 8, 8)), first(gamma < 2 ? 3 : 2, unperturbed_eigenvalues(m, 8)), 1e-10);
  }
}
TEST(Spectrum, InTwoDimensionsWithoutEpsByTheFlowIsThePairsByADirectSolveWithItsMultiplicity) {
  const GridSpec cells = spec(14, 6, 8);
  const Complex z = on_grid(model(1, 1.1, 1.3, 0.8), cells).modes[1].value;
  expect_near(on_grid(model(2, 1.1, 1.3, 0.8), cells, nullptr, 5), {0, z, z, std::conj(z), std::conj(z)}, 1e-10);
}
TEST(Spectrum, LinearModesAreExactWithoutEpsWithTheirMultiplicityInThreeDimensions) {
  const Model m = model(3);
  expect_near(by_hermite(m, 5, nullptr, 7), first(7, unperturbed_eigenvalues(m, 7)), 1e-10);
}
TEST(Spectrum, TheWitnessHasAllWithoutEps) {
  for (double gamma : {0.1, 1.0, 3.0}) {
    const Model m = model(1, 1, gamma, 1);
    expect_near(by_hermite(m, 30), unperturbed_eigenvalues(m, 8), 1e-10);
  }
}
TEST(Spectrum, WithEpsIsTheReferences) {  // Hermite-Galerkin of degree 110, by another program
  const std::vector<Complex> expected{0,
                                      {-0.5001275983453651, 0.8703752805645647},
                                      {-0.5001275983453651, -0.8703752805645647},
                                      {-1.0000666867741352, 1.7308514936193418},
                                      {-1.0000666867741352, -1.7308514936193418},
                                      -1.0001863057534857};
  const Model m = model(1);
  expect_near(on_grid(m, spec(48, 8, 8), epsilon({bump})), expected, 3e-6);
  expect_near(on_grid(m, spec(64, 8, 8), epsilon({bump})), expected, 1e-6);
  expect_near(by_hermite(m, 84, epsilon({bump})), expected, 1e-9);
}
TEST(Spectrum, OfALinearEpsIsTheDriftsEigenvalues) {  // x' = v - eps, v' = -x - v + eps, eps = -a (v + x)
  const double root = std::sqrt(4 * 1.1 - 1) / 2;
  const std::vector<Complex> expected{0, {-0.5, root}, {-0.5, -root}, {-1, 2 * root}, {-1, -2 * root}, -1};
  expect_near(on_grid(model(1), spec(48, 8, 8), epsilon({"0.1*theta1"})), expected, 1e-6);
  expect_near(by_hermite(model(1), 60, epsilon({"0.1*theta1"})), expected, 1e-6);
}
TEST(Spectrum, InTwoDimensionsPairsComeTwice) {  // perturbed-2d of the references, Hermite degree 18
  const auto eps = epsilon({"0.1*theta1*exp(-(theta1^2+theta2^2)/4)", "0.1*theta2*exp(-(theta1^2+theta2^2)/4)"});
  const Complex z(-0.5000858030142553, 0.8804675233734414);
  expect_near(on_grid(model(2), spec(16, 6, 8), eps, 5), {0, z, z, std::conj(z), std::conj(z)}, 1e-4);
}
TEST(Spectrum, NearACriticalGammaMembersScatterAndTheirMeanIsRight) {
  for (double gamma : {2.0, 2 + 1e-6, 2 - 1e-6}) {
    const Model m = model(1, 1, gamma, 1);
    for (const Spectrum& s : {on_grid(m, spec(48, 8, 8), nullptr, 6), by_hermite(m, 30, nullptr, 6)}) {
      ASSERT_EQ(s.clusters.size(), 2u) << "gamma " << gamma;
      for (int n : {1, 2}) {
        EXPECT_EQ(s.clusters[n - 1].size, n + 1);
        EXPECT_LT(std::abs(s.clusters[n - 1].mean + 0.5 * n * gamma), 1e-9);
      }
      EXPECT_NEAR(s.gap(), 0.5 * gamma, 1e-9);
    }
  }
}
TEST(Spectrum, TheGapOfAClusterIsToldWithHowFarTheSlowestMemberMayBe) {  // gap = mean; the true one is 1e-3 below
  const Model m = model(1, 1, 2 + 1e-6, 1);
  const double slowest = -unperturbed_eigenvalues(m, 2)[1].real();
  for (const Spectrum& s : {on_grid(m, spec(48, 8, 8), nullptr, 6), by_hermite(m, 30, nullptr, 6)}) {
    EXPECT_NEAR(s.gap() - s.gap_scatter(), slowest, 1e-8);
    EXPECT_NEAR(-s.modes[1].value.real(), slowest, 1e-8);
  }
  EXPECT_EQ(by_hermite(model(1), 30, nullptr, 6).gap_scatter(), 0);
}
TEST(Spectrum, EqualEigenvaluesWithVectorsOfTheirOwnAreNoCluster) {
  EXPECT_TRUE(by_hermite(model(2), 8, nullptr, 9).clusters.empty());
  EXPECT_TRUE(on_grid(model(1), spec(48, 8, 8), epsilon({bump})).clusters.empty());
}
TEST(Spectrum, ResidualsAreAtRounding) {
  for (const Mode& mode : on_grid(model(1), spec(64, 8, 8), epsilon({bump})).modes) EXPECT_LT(mode.residual, 1e-11);
}

TEST(OddEven, IsAWholeForAlternatingSignsAlongAnyAxisAndNothingForWhatIsSmooth) {
  const PhaseGrid grid(PETSC_COMM_WORLD, model(2), spec(12, 5, 4, 14));
  const Generator A(grid);
  EXPECT_LT(odd_even_content(A, grid.maxwellian().get()), 0.15);
  for (int axis = 0; axis < 4; ++axis) {
    const Vector phi = grid.vector();
    {
      WriteArray out(phi.get());
      for (PetscInt a = 0; a < grid.v_cells; ++a)
        for (PetscInt b = 0; b < grid.positions; ++b) {
          const int at = axis < 2 ? grid.x_cell(b)[axis] : grid.v_cell(a)[axis - 2];
          out[a * grid.block + b] = at % 2 ? -1 : 1;
        }
    }
    EXPECT_NEAR(odd_even_content(A, phi.get()), 1, 0.05) << "axis " << axis;
  }
}
TEST(OddEven, ModesAreLeftOutHoweverManyAreAskedFor) {
  const Spectrum s = on_grid(model(1), spec(24, 6, 4), nullptr, 40);
  EXPECT_FALSE(s.spurious.empty());
  for (const Mode& mode : s.modes) EXPECT_LE(mode.odd_even, 0.5);
}

}  // namespace
}  // namespace hypofp
