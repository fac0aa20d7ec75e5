// Exact identities of the discrete generator, on any grid, to rounding. Run on 1, 2 and 4 ranks.
#include <gtest/gtest.h>

#include "tests/support.hpp"

namespace hypofp {
namespace {

using namespace testing_support;

struct GeneratorShape {
  int d, x_cells, v_cells, order;
  double gamma;
  bool perturbed;
};
void PrintTo(const GeneratorShape& s, std::ostream* out) {
  *out << "d=" << s.d << " " << s.x_cells << "x" << s.v_cells << " order " << s.order << " gamma " << s.gamma
       << (s.perturbed ? " eps" : "");
}

class GeneratorIdentities : public testing::TestWithParam<GeneratorShape> {
 protected:
  GeneratorIdentities()
      : eps(GetParam().perturbed ? coupled(GetParam().d) : nullptr),
        grid(PETSC_COMM_WORLD, model(GetParam().d, 1.3, GetParam().gamma, 0.8),
             spec(GetParam().x_cells, 5.5, GetParam().order, GetParam().v_cells)),
        A(grid, field(eps)),
        s(grid.maxwellian()),
        f(rough_state(grid)),
        g(rough_state(grid, 1.1)),
        y(grid.vector()),
        z(grid.vector()),
        size(radius(A)) {}
  std::shared_ptr<Epsilon> eps;
  PhaseGrid grid;
  Generator A;
  Vector s, f, g, y, z;
  double size;
};

TEST_P(GeneratorIdentities, SumsTakenOnTheWayAreThoseTakenAfter) {
  const Vector f = rough_state(grid), y = rough_state(grid, 0.7), plain = rough_state(grid, 0.7);
  const Vector one = rough_state(grid, 1.1), two = rough_state(grid, 1.3), expected = rough_state(grid, 1.1);
  A.apply(f.get(), plain.get(), 0.4, -0.2, 0.3);
  A.apply(Sense::forward, f.get(), y.get(), 0.4, -0.2, 0.3, {{one.get(), 0.6, -1.7}, {two.get(), 0, 1}});
  EXPECT_LT(difference(y.get(), plain.get()), 1e-14 * norm(plain.get()));
  petsc(VecAXPY(expected.get(), 0.6, plain.get()));
  petsc(VecAXPY(expected.get(), -1.7, f.get()));
  EXPECT_LT(difference(one.get(), expected.get()), 1e-14 * norm(expected.get()));
  const Vector again = rough_state(grid, 1.3);
  petsc(VecAXPY(again.get(), 1, f.get()));
  EXPECT_LT(difference(two.get(), again.get()), 1e-14 * norm(again.get()));
}
TEST_P(GeneratorIdentities, MassIsConserved) {
  A.apply_adjoint(s.get(), y.get());
  EXPECT_LT(norm(y.get()), 1e-12 * size);
}
TEST_P(GeneratorIdentities, MaxwellianIsSteadyWithoutEpsAndOnlyThen) {
  A.apply(s.get(), y.get());
  if (GetParam().perturbed)
    EXPECT_GT(norm(y.get()), 1e-3);
  else
    EXPECT_LT(norm(y.get()), 1e-12 * size);
}
TEST_P(GeneratorIdentities, AdjointIsTheTranspose) {
  A.apply(f.get(), y.get());
  A.apply_adjoint(g.get(), z.get());
  EXPECT_NEAR(dot(g.get(), y.get()), dot(z.get(), f.get()), 1e-12 * size * norm(f.get()) * norm(g.get()));
}
TEST_P(GeneratorIdentities, SkewPartIsTransportAndSymmetricPartIsDissipationPlusADiagonal) {
  // <A f, f> = <L f, f> + <filter f, f> + sum D f^2 with D the diagonal of R, Prop. 4.1(c); transport and B's skew part drop out
  const Generator unperturbed(grid);
  unperturbed.apply(f.get(), y.get());
  const double dissipation = dot(f.get(), y.get());
  EXPECT_LT(dissipation, 0);
  A.apply(f.get(), y.get());
  const double whole = dot(f.get(), y.get());
  const Vector D = A.perturbation_diagonal();
  petsc(VecPointwiseMult(z.get(), D.get(), f.get()));
  EXPECT_NEAR(whole, dissipation + dot(z.get(), f.get()), 1e-12 * size * dot(f.get(), f.get()));
}
TEST_P(GeneratorIdentities, SymmetricPartWithoutEpsIsNegativeWithFunctionsOfXInItsKernel) {
  const Generator unperturbed(grid);
  const Vector of_x = grid.vector();
  {
    WriteArray out(of_x.get());  // a low polynomial of x: the filter is blind to it
    for (PetscInt a = 0; a < grid.v_cells; ++a)
      for (PetscInt b = 0; b < grid.block; ++b)
        out[a * grid.block + b] = (0.3 + grid.x.z[grid.x_cell(b)[0]]) * grid.velocity_s[a] * grid.position_s[b];
  }
  unperturbed.apply(of_x.get(), y.get(), 0.5);
  unperturbed.apply_adjoint(of_x.get(), y.get(), 0.5, 0, 1);
  EXPECT_LT(norm(y.get()), 1e-12 * size);
  EXPECT_EQ(unperturbed_range(grid.model, grid.spec).abscissa(), 0.0);
}
TEST_P(GeneratorIdentities, MatrixFreeEqualsAssembled) {
  const Matrix assembled = A.assemble();
  petsc(MatMult(assembled.get(), f.get(), y.get()));
  A.apply(f.get(), z.get());
  EXPECT_LT(difference(y.get(), z.get()), 1e-12 * norm(y.get()));
  petsc(MatMultTranspose(assembled.get(), f.get(), y.get()));
  A.apply_adjoint(f.get(), z.get());
  EXPECT_LT(difference(y.get(), z.get()), 1e-12 * norm(y.get()));
}
TEST_P(GeneratorIdentities, ActsOnPetscsOwnVectorsWithoutGuards) {  // the sanitizer sees what is read beyond them
  Vec plain = nullptr;
  petsc(VecDuplicate(f.get(), &plain));
  const Vector owner(plain);
  petsc(VecCopy(f.get(), plain));
  A.apply(plain, y.get());
  A.apply(f.get(), z.get());
  EXPECT_EQ(difference(y.get(), z.get()), 0);
}
TEST_P(GeneratorIdentities, NormBoundHoldsTheLargestRowSum) {
  PetscReal largest = 0;
  const Generator B(grid);  // eps = 0: B's diagonal is no part of the bound
  petsc(MatNorm(B.assemble().get(), NORM_INFINITY, &largest));
  EXPECT_LE(largest, B.norm_bound() * (1 + 1e-14));
}
TEST_P(GeneratorIdentities, ApplicationFusesScaleShiftAndUpdate) {
  A.apply(f.get(), y.get());
  petsc(VecCopy(g.get(), z.get()));
  A.apply(f.get(), z.get(), 0.7, -1.3, 2.1);
  petsc(VecScale(y.get(), 0.7));
  petsc(VecAXPY(y.get(), -1.3, f.get()));
  petsc(VecAXPY(y.get(), 2.1, g.get()));
  EXPECT_LT(difference(y.get(), z.get()), 1e-13 * norm(y.get()));
}
TEST_P(GeneratorIdentities, EveryNumberOfRanksGivesTheSameApplicationAndFunctionals) {
  const PhaseGrid serial(PETSC_COMM_SELF, grid.model, grid.spec);
  const Generator B(serial, field(eps));
  const Vector whole = rough_state(serial), result = serial.vector();
  B.apply(whole.get(), result.get());
  A.apply(f.get(), y.get());
  const ReadArray mine(y.get()), all(result.get());
  double worst = 0;
  for (PetscInt a = 0; a < grid.v_cells; ++a) {
    const PetscInt there = serial.global_v_cell(grid.v_cell(a));
    for (PetscInt b = 0; b < grid.block; ++b) worst = std::max(worst, std::abs(mine[a * grid.block + b] - all[there * grid.block + b]));
  }
  EXPECT_LT(worst, 1e-12 * size);
  const Observation one = observe(B, whole.get()), many = observe(A, f.get());
  EXPECT_NEAR(many.h_norm, one.h_norm, 1e-12 * one.h_norm);
  EXPECT_NEAR(many.grad_x, one.grad_x, 1e-12 * one.grad_x);
  EXPECT_NEAR(many.grad_v, one.grad_v, 1e-12 * one.grad_v);
  EXPECT_NEAR(many.cross, one.cross, 1e-12 * one.grad_x);
  EXPECT_NEAR(many.mass, one.mass, 1e-12);
  EXPECT_NEAR(many.edge, one.edge, 1e-12);
  EXPECT_EQ(many.g_min, one.g_min);
  const Moments p = B.moments(serial.maxwellian().get()), q = A.moments(s.get());
  EXPECT_LT((p.covariance - q.covariance).norm(), 1e-12);
}

TEST(Generator, ALargeVectorWrittenPastTheCachesIsTheSame) {
  const PhaseGrid grid(PETSC_COMM_WORLD, model(2), spec(48, 6, 4));
  const Generator A(grid);
  const Vector f = rough_state(grid), streamed = grid.vector(), added = grid.vector();
  A.apply(f.get(), streamed.get());
  A.apply(f.get(), added.get(), 1, 0, 1);  // c != 0 reads and writes through the caches
  EXPECT_EQ(difference(streamed.get(), added.get()), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, GeneratorIdentities,
    testing::Values(GeneratorShape{1, 24, 24, 6, 1, false}, GeneratorShape{1, 17, 30, 4, 3, false}, GeneratorShape{1, 24, 19, 6, 1, true},
                    GeneratorShape{1, 41, 16, 8, 5, true}, GeneratorShape{1, 13, 70, 2, 0.2, true}, GeneratorShape{1, 64, 12, 6, 1, true},
                    GeneratorShape{1, 8, 9, 6, 1, false}, GeneratorShape{1, 4, 11, 2, 1, true}, GeneratorShape{2, 16, 8, 4, 1, false},
                    GeneratorShape{2, 24, 8, 2, 1, true}, GeneratorShape{2, 10, 13, 4, 1, false}, GeneratorShape{2, 9, 12, 6, 2.2, true},
                    GeneratorShape{2, 11, 8, 2, 1, true}, GeneratorShape{2, 12, 10, 8, 0.5, true}, GeneratorShape{3, 6, 7, 2, 1, false},
                    GeneratorShape{3, 7, 6, 4, 1.5, true}, GeneratorShape{3, 8, 6, 6, 1, true}));

TEST(Transport, IsSkewOnAnyPairOfFunctions) {
  // gamma -> 0 leaves transport alone (and a filter of the same strength): <T f, g> = -<T g, f>
  const PhaseGrid grid(PETSC_COMM_WORLD, model(2, 0.7, 1e-6, 1.4), spec(10, 5, 6, 11));
  const Generator A(grid);
  const Vector f = rough_state(grid), g = rough_state(grid, 2.0), y = grid.vector(), z = grid.vector();
  A.apply(f.get(), y.get());
  A.apply(g.get(), z.get());
  EXPECT_NEAR(dot(y.get(), g.get()), -dot(z.get(), f.get()), 1e-3 * std::abs(dot(y.get(), g.get())));
  A.apply_adjoint(f.get(), y.get(), 0.5);
  A.apply(f.get(), y.get(), -0.5, 0, 1);  // (A^T - A)/2 f: the skew part alone
  EXPECT_NEAR(dot(y.get(), f.get()), 0, 1e-12 * norm(y.get()) * norm(f.get()));
}

}  // namespace
}  // namespace hypofp
