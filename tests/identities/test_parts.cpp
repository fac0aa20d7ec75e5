// The generator's terms and Gamma, each on its own: exact identities to rounding. Run on 1, 2 and 4 ranks.
#include <gtest/gtest.h>

#include "solver/flow/initial_state.hpp"
#include "tests/support.hpp"

namespace hypofp {
namespace {

using namespace testing_support;

struct PartsShape {
  int d, x_cells, v_cells, order;
};
void PrintTo(const PartsShape& s, std::ostream* out) {
  *out << "d=" << s.d << " " << s.x_cells << "x" << s.v_cells << " order " << s.order;
}

class Parts : public testing::TestWithParam<PartsShape> {
 protected:
  Parts()
      : eps(coupled(GetParam().d)),
        grid(PETSC_COMM_WORLD, model(GetParam().d, 1.3, 0.9, 0.8), spec(GetParam().x_cells, 5.5, GetParam().order, GetParam().v_cells)),
        A(grid, field(eps)),
        f(rough_state(grid)),
        g(rough_state(grid, 1.1)),
        y(grid.vector()),
        z(grid.vector()),
        size(A.norm_bound() * norm(f.get())) {}
  double form(Part part, Vec a, Vec b) {  // <P a, b>
    A.apply_part(part, Sense::forward, a, y.get());
    return dot(y.get(), b);
  }
  /// phi of u(x, v).
  template <class U>
  Vector state(const U& u) {
    Vector phi = grid.vector();
    WriteArray out(phi.get());
    const Model& m = grid.model;
    for (PetscInt a = 0; a < grid.v_cells; ++a)
      for (PetscInt b = 0; b < grid.positions; ++b) {
        std::array<double, 6> at{};
        for (int i = 0; i < m.dimension; ++i)
          at[i] = m.sigma_x() * grid.x.z[grid.x_cell(b)[i]], at[m.dimension + i] = m.sigma_v() * grid.v.z[grid.v_cell(a)[i]];
        out[a * grid.block + b] = u(at) * grid.velocity_s[a] * grid.position_s[b];
      }
    return phi;
  }
  std::shared_ptr<Epsilon> eps;
  PhaseGrid grid;
  Generator A;
  Vector f, g, y, z;
  double size;
};

TEST_P(Parts, AddUpToTheGenerator) {
  for (Sense sense : {Sense::forward, Sense::adjoint}) {
    A.apply(sense, f.get(), y.get(), 0.7, -0.3, 0, {});
    petsc(VecCopy(f.get(), z.get()));
    petsc(VecScale(z.get(), -0.3));
    A.apply_part(Part::T, sense, f.get(), z.get(), -0.7, 0, 1);
    for (Part part : {Part::L, Part::R, Part::filter}) A.apply_part(part, sense, f.get(), z.get(), 0.7, 0, 1);
    EXPECT_LT(difference(y.get(), z.get()), 1e-14 * size);
  }
}
TEST_P(Parts, EachHasItsAdjoint) {
  for (Part part : {Part::T, Part::L, Part::R, Part::filter}) {
    A.apply_part(part, Sense::forward, f.get(), y.get());
    A.apply_part(part, Sense::adjoint, g.get(), z.get());
    EXPECT_NEAR(dot(y.get(), g.get()), dot(z.get(), f.get()), 1e-13 * size * norm(g.get())) << static_cast<int>(part);
  }
}
TEST_P(Parts, TransportIsSkew) {
  EXPECT_NEAR(form(Part::T, f.get(), g.get()), -form(Part::T, g.get(), f.get()), 1e-13 * size * norm(g.get()));
}
TEST_P(Parts, DissipationIsSymmetricAndNegativeWithTheFunctionsOfXInItsKernel) {
  EXPECT_NEAR(form(Part::L, f.get(), g.get()), form(Part::L, g.get(), f.get()), 1e-13 * size * norm(g.get()));
  EXPECT_LT(form(Part::L, f.get(), f.get()), 0);
  const Vector of_x = state([](const auto& at) { return std::sin(3 * at[0]) + std::abs(at[0]); });
  A.apply_part(Part::L, Sense::forward, of_x.get(), y.get());
  EXPECT_LT(norm(y.get()), 1e-12 * A.norm_bound());
}
TEST_P(Parts, OfRTheFormIsItsDiagonal) {
  const Vector D = A.perturbation_diagonal();
  petsc(VecPointwiseMult(z.get(), D.get(), f.get()));
  EXPECT_NEAR(form(Part::R, f.get(), f.get()), dot(z.get(), f.get()), 1e-13 * size * norm(f.get()));
  EXPECT_GT(norm(z.get()), 1e-3);
}
TEST_P(Parts, TakeMToZeroAndLinearFunctionsToTheirDissipationExactly) {
  const int d = grid.d();
  const Vector M = grid.maxwellian();
  for (Part part : {Part::T, Part::L, Part::filter}) {
    A.apply_part(part, Sense::forward, M.get(), y.get());
    EXPECT_LT(norm(y.get()), 1e-13 * A.norm_bound());
  }
  const Vector u = state([&](const auto&at) { return at[0] + 2 * at[d]; }),
               Lu = state([&](const auto&at) { return -2 * grid.model.gamma * at[d]; });
  A.apply_part(Part::L, Sense::forward, u.get(), y.get());
  EXPECT_LT(difference(y.get(), Lu.get()), 1e-13 * A.norm_bound());
}
TEST_P(Parts, WithoutEpsRIsZero) {
  const Generator unperturbed(grid);
  unperturbed.apply_part(Part::R, Sense::forward, f.get(), y.get());
  EXPECT_EQ(norm(y.get()), 0);
}

TEST_P(Parts, GammaHasItsAdjointAlongEveryAxis) {
  for (int axis = 0; axis < 2 * grid.d(); ++axis) {
    A.gradient(axis, Sense::forward, f.get(), y.get());
    A.gradient(axis, Sense::adjoint, g.get(), z.get());
    EXPECT_NEAR(dot(y.get(), g.get()), dot(z.get(), f.get()), 1e-13 * size * norm(g.get())) << "axis " << axis;
    EXPECT_GT(norm(z.get()), 0.1);
  }
}
TEST_P(Parts, GammaOfAConstantIsZeroAndItsAdjointOnMIsTheCoordinateExactly) {
  const Vector M = grid.maxwellian();
  for (int axis = 0; axis < 2 * grid.d(); ++axis) {
    A.gradient(axis, Sense::forward, M.get(), y.get());
    EXPECT_LT(norm(y.get()), 1e-12) << "axis " << axis;
    const double variance = std::pow(grid.model.sigma(axis), 2);
    const Vector first = state([axis, variance](const auto& at) { return at[axis] / variance; });
    A.gradient(axis, Sense::adjoint, M.get(), y.get());  // <Gamma f, 1>_* = <f, x/sigma^2>_*
    EXPECT_LT(difference(y.get(), first.get()), 1e-12) << "axis " << axis;
  }
}
TEST_P(Parts, ObservationsAreTheProductsOfGamma) {
  const int d = grid.d();
  const Observation o = observe(A, f.get());
  double xx = 0, vv = 0, xv = 0;
  for (int i = 0; i < d; ++i) {
    A.gradient(i, Sense::forward, f.get(), y.get());
    A.gradient(d + i, Sense::forward, f.get(), z.get());
    xx += dot(y.get(), y.get()), vv += dot(z.get(), z.get()), xv += dot(y.get(), z.get());
  }
  EXPECT_NEAR(o.grad_x, xx, 1e-12 * xx);
  EXPECT_NEAR(o.grad_v, vv, 1e-12 * vv);
  EXPECT_NEAR(o.cross, xv, 1e-12 * xx);
}
TEST_P(Parts, EdgeShareCountsTheOutermostCellsOnEitherSideOfEveryAxis) {
  const int d = grid.d();
  for (int axis = 0; axis < 2 * d; ++axis)
    for (const bool upper : {false, true}) {
      {
        WriteArray out(z.get());
        for (PetscInt a = 0; a < grid.v_cells; ++a)
          for (PetscInt b = 0; b < grid.positions; ++b) {
            bool inside = true;  // in every other axis
            for (int i = 0; i < 2 * d; ++i) {
              const int cell = i < d ? grid.x_cell(b)[i] : grid.v_cell(a)[i - d], last = (i < d ? grid.x : grid.v).n - 1;
              inside = inside && (i == axis ? cell == (upper ? last : 0) : cell == last / 2);
            }
            out[a * grid.block + b] = inside;
          }
      }
      EXPECT_EQ(A.edge_share(z.get()), 1) << axis << upper;
      EXPECT_EQ(observe(A, z.get()).edge, 1) << axis << upper;
    }
}
TEST_P(Parts, SquaresByKAreThoseOfDissipation) {
  const std::vector<double> squares = gradient_squares_by_K(A, f.get());
  double v = 0;
  for (int i = 0; i < grid.d(); ++i) v += squares[grid.d() + i];
  const double L = -form(Part::L, f.get(), f.get()) * grid.model.beta / grid.model.gamma;
  EXPECT_NEAR(v, L, 1e-12 * L);
}

INSTANTIATE_TEST_SUITE_P(Shapes, Parts,
                         testing::Values(PartsShape{1, 24, 19, 6}, PartsShape{1, 13, 30, 2}, PartsShape{2, 10, 9, 4},
                                         PartsShape{2, 12, 11, 8}, PartsShape{3, 6, 7, 2}, PartsShape{3, 8, 6, 6}));

/// ‖P u - what it should be‖_* for u = sin(x + v/2), d = 1.
double error_of(const std::function<void(const Generator&, Vec, Vec)>& act, const std::function<double(double, double)>& exact, int cells,
                int order) {
  const Model m = model(1, 1.2, 0.9, 1.1);
  const PhaseGrid grid(PETSC_COMM_SELF, m, spec(cells, 8, order));
  const Generator A(grid);
  const Vector u = grid.vector(), y = grid.vector();
  const auto each = [&](const auto& visit) {
    for (int i = 0; i < grid.x.n; ++i)
      for (int j = 0; j < grid.v.n; ++j)
        visit(j * grid.x.n + i, m.sigma_x() * grid.x.z[i], m.sigma_v() * grid.v.z[j], grid.x.s[i] * grid.v.s[j]);
  };
  {
    WriteArray out(u.get());
    each([&](int at, double x, double v, double s) { out[at] = std::sin(x + v / 2) * s; });
  }
  act(A, u.get(), y.get());
  const ReadArray is(y.get());
  double square = 0;
  each([&](int at, double x, double v, double s) { square += std::pow(is[at] - exact(x, v) * s, 2); });
  return std::sqrt(square);
}
TEST(PartsOfOrder, TransportAndGammaApproachTheirFunctionsAtTheOrderOfTheScheme) {
  const auto c = [](double x, double v) { return std::cos(x + v / 2); };
  const auto gamma = [](int axis) { return [axis](const Generator& A, Vec u, Vec y) { A.gradient(axis, Sense::forward, u, y); }; };
  for (int order : {2, 4, 6}) {
    const auto observed = [order](const auto& act, const auto& exact) {
      return std::log(error_of(act, exact, 32, order) / error_of(act, exact, 48, order)) / std::log(1.5);
    };
    EXPECT_GT(observed(gamma(0), c), order - 0.6) << order;
    EXPECT_GT(observed(gamma(1), [&](double x, double v) { return 0.5 * c(x, v); }), order - 0.6) << order;
    EXPECT_GT(observed([](const Generator& A, Vec u, Vec y) { A.apply_part(Part::T, Sense::forward, u, y); },
                       [&](double x, double v) { return (v - 1.44 * x / 2) * c(x, v); }),
              order - 0.6)
        << order;
  }
}

TEST(Doubt, OfTheGridFallsAtTheOrderOfTheSchemeAndVanishesOnLinearFunctions) {
  const auto doubt = [](int cells, int order) {
    Solve solve(model(1), spec(cells, 8, order), nullptr, 1e-9, PETSC_COMM_SELF);
    solve.start_gaussian(Eigen::Vector2d(1, 0), 0.6 * Eigen::Matrix2d::Identity());
    return solve.generator.doubt(solve.h.get(), solve.at({0})[0], 1, 0.5).H;
  };
  for (int order : {2, 4, 6}) EXPECT_GT(std::log(doubt(32, order) / doubt(48, order)) / std::log(1.5), order - 0.7) << order;
  Solve solve(model(1), spec(32, 8, 8), nullptr, 1e-9, PETSC_COMM_SELF);
  solve.start(deviation_state(solve.grid, Expression("x1", {"x1", "v1"})));
  EXPECT_LT(solve.generator.doubt(solve.h.get(), solve.at({0})[0], 1, 0.5).H, 1e-7);
}

}  // namespace
}  // namespace hypofp
