// Transient growth and sharp prefactors: closed forms at eps = 0, reference values with eps.
#include "solver/modes/growth.hpp"

#include <gtest/gtest.h>

#include <Eigen/SVD>
#include <unsupported/Eigen/MatrixFunctions>

#include "operators/hermite/generator.hpp"
#include "tests/support.hpp"

namespace hypofp {
namespace {

using namespace testing_support;

const char* const bump = "0.1*sin(2*theta1)*exp(-theta1^2/8)";

/// ‖exp(t drift)‖ of linear h = a z_x + b z_v in standard deviations.
double drift_norm(const Model& m, double t) {
  Eigen::Matrix2d drift;
  drift << 0, m.omega0, -m.omega0, -m.gamma;
  return Eigen::JacobiSVD<Eigen::Matrix2d>((t * drift).exp()).singularValues()(0);
}

TEST(Growth, WithoutEpsIsTheDriftsByTheGridAndByTheWitness) {
  for (double gamma : {1.0, 2.0, 3.0}) {
    const Model m = model(1, 1.2, gamma, 0.8);
    const HermiteGenerator A(m, 12);
    Growth witness(A, A.numerical_range(), 2);
    Solve solve(m, spec(48, 8, 8));
    Growth grid(solve.generator, solve.range(), 2);
    for (double t : {0.3, 1.0, 2.0}) {
      EXPECT_NEAR(witness.largest(Quotient::norm, t), drift_norm(m, t), 1e-8);
      EXPECT_NEAR(grid.largest(Quotient::norm, t), drift_norm(m, t), 1e-8);
    }
  }
}
TEST(Growth, WithEpsIsTheReferences) {  // Hermite degree 50, by another program
  const HermiteGenerator A(model(1), 50, field(epsilon({bump})));
  const Pencil pencil(A);
  Growth growth(A, A.numerical_range(), 4, &pencil, 1, 0.5);
  const double times[] = {0.5, 1, 2, 4}, norm[] = {0.994146, 0.935036, 0.636319, 0.164211}, H[] = {0.637434, 0.383632, 0.141467, 0.0189532},
               third[] = {1.216431, 0.741354, 0.273753, 0.0367189};
  for (int i = 0; i < 4; ++i) {
    EXPECT_NEAR(growth.largest(Quotient::norm, times[i]), norm[i], 1e-6);
    EXPECT_NEAR(growth.largest(Quotient::H, times[i]), H[i], 1e-6);
    EXPECT_NEAR(growth.largest(Quotient::norm2_over_H, times[i]), third[i], 1e-6);
  }
}
TEST(Growth, TheOptimalH0GrowsAsMuchAsIsSaid) {
  Solve solve(model(1), spec(40, 7, 6), epsilon({bump}));
  Growth growth(solve.generator, solve.range(), 1);
  const double said = growth.largest(Quotient::norm, 1);
  const Vector later = solve.grid.vector();
  EXPECT_NEAR(solve.generator.mass(growth.optimal()), 0, 1e-12);
  solve.propagator().advance(growth.optimal(), later.get(), {1.0}, [](std::size_t, Vec) {});
  EXPECT_NEAR(norm(later.get()) / norm(growth.optimal()), said, 1e-9);
}
TEST(Prefactors, WithoutEpsAreTheClosedForms) {
  const auto of = [](double gamma) {
    const Model m = model(1, 1, gamma, 1);
    const Theory t = theory_of(m, spec(24, 8, 6), nullptr, {});
    const HermiteGenerator A(m, 6);
    return prefactors(A, Pencil(A), t.C, t.C_hat, gap(m));
  };
  const Prefactors under = of(1), over = of(3), critical = of(2);
  EXPECT_NEAR(under.norm.value.value(), std::sqrt(3.0), 1e-6);
  EXPECT_NEAR(under.H.value.value(), 1, 1e-8);
  EXPECT_NEAR(under.norm2_over_H.value.value(), 2, 1e-6);
  EXPECT_NEAR(over.norm.value.value(), 3 / std::sqrt(5.0), 1e-5);
  EXPECT_NEAR(over.H.value.value(), 1, 1e-8);
  EXPECT_EQ(over.H.t, 0.0);
  EXPECT_FALSE(critical.norm.value) << "it grows like t";
}
TEST(Prefactors, WithEpsAreTheReferences) {
  const HermiteGenerator A(model(1), 24, field(epsilon({bump})));
  const Prefactors p = prefactors(A, Pencil(A), 1, 0.5, 0.5001275983);
  EXPECT_NEAR(p.norm.value.value(), 1.74253, 1e-4);
  EXPECT_NEAR(p.norm.t.value(), 1.806, 1e-2);
  EXPECT_NEAR(p.H.value.value(), 1.05046, 1e-4);
  EXPECT_NEAR(p.H.t.value(), 0.492, 1e-2);
  EXPECT_NEAR(p.norm2_over_H.value.value(), 2.02442, 1e-4);
  EXPECT_NEAR(p.norm2_over_H.t.value(), 5.42, 2e-2);
}

}  // namespace
}  // namespace hypofp
