// The Hermite-Galerkin discretisation: its identities, its projections and what it shows, against closed forms and by hand.
#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>

#include "operators/hermite/evaluation.hpp"
#include "operators/hermite/generator.hpp"
#include "operators/hermite/projection.hpp"
#include "solver/flow/initial_state.hpp"
#include "tests/support.hpp"

namespace hypofp {
namespace {

using namespace testing_support;

const Model models[] = {{1, 1.3, 0.7, 2.0}, {2, 1.0, 1.0, 1.0}, {3, 0.8, 2.5, 0.6}};
int degree_of(int d) { return d == 1 ? 12 : d == 2 ? 7 : 4; }

HermiteGenerator perturbed(const Model& m, bool lattice = false) {
  return HermiteGenerator(m, degree_of(m.dimension), field(coupled(m.dimension)), lattice);
}
Vector applied(const Operator& A, Part part, Sense sense, Vec u) {
  Vector y = A.vector();
  A.apply_part(part, sense, u, y.get());
  return y;
}
Vector vector_of(const HermiteGenerator& A, const Eigen::VectorXd& u) {
  Vector v = A.vector();
  std::copy(u.data(), u.data() + u.size(), WriteArray(v.get()) + 0);
  return v;
}
double entry(Vec v, int i) { return ReadArray(v)[i]; }

TEST(Hermite, TermsAndTheirAdjointsAreAdjointAddUpAndHaveTheSignsOfThePaper) {
  for (const Model& m : models) {
    const HermiteGenerator A = perturbed(m);
    const Vector u = A.rough(0.2), w = A.rough(1.1);
    const double scale = norm(u.get()) * norm(w.get()) * A.numerical_range().radius();
    for (Part part : {Part::whole, Part::T, Part::L, Part::R})
      EXPECT_NEAR(dot(applied(A, part, Sense::forward, u.get()).get(), w.get()),
                  dot(u.get(), applied(A, part, Sense::adjoint, w.get()).get()), 1e-13 * scale);
    EXPECT_NEAR(dot(applied(A, Part::T, Sense::forward, u.get()).get(), u.get()), 0, 1e-13 * scale);
    EXPECT_LE(dot(applied(A, Part::L, Sense::forward, u.get()).get(), u.get()), 0);
    const Vector sum = applied(A, Part::L, Sense::forward, u.get());
    petsc(VecAXPY(sum.get(), -1, applied(A, Part::T, Sense::forward, u.get()).get()));
    petsc(VecAXPY(sum.get(), 1, applied(A, Part::R, Sense::forward, u.get()).get()));
    EXPECT_LT(difference(sum.get(), applied(A, Part::whole, Sense::forward, u.get()).get()), 1e-13 * scale);
  }
}

TEST(Hermite, MassIsConservedToTheBitAndMIsSteadyWithoutEps) {
  for (const Model& m : models) {
    EXPECT_EQ(entry(applied(perturbed(m), Part::whole, Sense::forward, perturbed(m).rough(0.4).get()).get(), 0), 0);
    const HermiteGenerator A(m, 5);
    EXPECT_EQ(norm(applied(A, Part::whole, Sense::forward, A.maxwellian().get()).get()), 0);
  }
}

TEST(Hermite, TheAssembledMatrixIsTheOperatorAndSumsAreAddedOnTheWay) {
  for (const Model& m : models) {
    const HermiteGenerator A = perturbed(m);
    const Matrix a = A.assemble();
    const Vector u = A.rough(0.2), y = A.rough(0.9), z = A.vector(), extra = A.rough(2.0), expected = A.vector();
    petsc(MatMult(a.get(), u.get(), z.get()));
    EXPECT_LT(difference(z.get(), applied(A, Part::whole, Sense::forward, u.get()).get()), 1e-13 * norm(z.get()));
    petsc(VecAXPBYPCZ(expected.get(), 2, 0.5, 0, z.get(), u.get()));
    petsc(VecAXPY(expected.get(), -1.5, y.get()));  // 2 A u + u/2 - 3/2 y
    A.apply(Sense::forward, u.get(), y.get(), 2, 0.5, -1.5, {{extra.get(), 0.3, -0.7}});
    EXPECT_LT(difference(y.get(), expected.get()), 1e-12 * norm(z.get()));
    const Vector sum = A.rough(2.0);
    petsc(VecAXPY(sum.get(), 0.3, y.get()));
    petsc(VecAXPY(sum.get(), -0.7, u.get()));
    EXPECT_LT(difference(extra.get(), sum.get()), 1e-13 * norm(sum.get()));
  }
}

TEST(Hermite, TheNumericalRangeHoldsEveryQuotient) {
  for (const Model& m : models) {
    const HermiteGenerator A = perturbed(m);
    const NumericalRange range = A.numerical_range();
    for (double phase : {0.1, 0.7, 1.9}) {
      const Vector p = A.rough(phase), q = A.rough(3 * phase);
      const Vector Ap = applied(A, Part::whole, Sense::forward, p.get()), Aq = applied(A, Part::whole, Sense::forward, q.get());
      const double n2 = dot(p.get(), p.get()) + dot(q.get(), q.get());
      const std::complex<double> z((dot(Ap.get(), p.get()) + dot(Aq.get(), q.get())) / n2,
                                   (dot(Aq.get(), p.get()) - dot(Ap.get(), q.get())) / n2);
      for (int k = 0; k < NumericalRange::directions; ++k)
        EXPECT_LE((std::polar(1.0, -NumericalRange::angle(k)) * z).real(), range.reach[k] * 1.02 + 1e-12);
    }
  }
}

/// All of them, slowest first, of a pair the one above the real axis first.
Eigen::VectorXcd eigenvalues(const HermiteGenerator& A) {
  const int n = A.space().size();
  Eigen::MatrixXd dense(n, n);
  const Vector unit = A.vector(), column = A.vector();
  for (int j = 0; j < n; ++j) {
    WriteArray(unit.get())[j] = 1;
    A.apply(unit.get(), column.get());
    WriteArray(unit.get())[j] = 0;
    dense.col(j) = Eigen::Map<const Eigen::VectorXd>(ReadArray(column.get()), n);
  }
  Eigen::VectorXcd values = Eigen::EigenSolver<Eigen::MatrixXd>(dense, false).eigenvalues();
  const auto decay = [](std::complex<double> z) { return std::round(-z.real() * 1e9); };
  std::sort(values.begin(), values.end(), [&](auto a, auto b) { return decay(a) != decay(b) ? decay(a) < decay(b) : a.imag() > b.imag(); });
  return values;
}

TEST(Hermite, EigenvaluesAreThoseOfTheDriftWithoutEps) {
  for (const auto& [d, omega0, gamma] : {std::tuple{1, 1.0, 1.0}, {1, 1.0, 3.0}, {2, 2.0, 1.5}}) {
    const std::complex<double> root = std::sqrt(std::complex<double>(gamma * gamma - 4 * omega0 * omega0));
    const Eigen::VectorXcd found = eigenvalues(HermiteGenerator(model(d, omega0, gamma, 0.7), 4));
    for (int p = 0; p <= 4; ++p)
      for (int q = 0; p + q <= 4; ++q)
        EXPECT_LT((found.array() + (double(p) * (gamma + root) + double(q) * (gamma - root)) / 2.0).abs().minCoeff(), 1e-9) << p << q;
    EXPECT_LT(std::abs(found[0]), 1e-12);
    EXPECT_NEAR(found[1].real(), -(gamma - root.real()) / 2, 1e-12);
  }
}

TEST(Hermite, EigenvaluesWithEpsAreReferenceValues) {  // of another program
  const Eigen::VectorXcd found = eigenvalues(HermiteGenerator(model(1), 36, field(epsilon({"0.1*sin(2*theta1)*exp(-theta1^2/8)"}))));
  const std::complex<double> reference[] = {{0, 0},
                                            {-0.5001275983453651, 0.8703752805645647},
                                            {-0.5001275983453651, -0.8703752805645647},
                                            {-1.0000666867741352, 1.7308514936193418},
                                            {-1.0000666867741352, -1.7308514936193418},
                                            {-1.0001863057534857, 0}};
  for (int k = 0; k < 6; ++k) EXPECT_LT(std::abs(found[k] - reference[k]), 1e-8) << k;
}

TEST(Hermite, DerivativesAreExactOnQuadraticsAndTheirAdjointsAreAdjoint) {
  for (const Model& m : models) {
    const HermiteGenerator A(m, 4);
    const int d = m.dimension;
    // u = x_1 v_d + v_1^2: du/dx_1 = v_d, du/dv_1 = 2 v_1 (+ x_1 where d = 1)
    const Projection u = project(A.space(), Expression(d == 1   ? "x1*v1 + v1^2"
                                                       : d == 2 ? "x1*v2 + v1^2"
                                                                : "x1*v3 + v1^2",
                                                       d == 1   ? std::vector<std::string>{"x1", "v1"}
                                                       : d == 2 ? std::vector<std::string>{"x1", "x2", "v1", "v2"}
                                                                : std::vector<std::string>{"x1", "x2", "x3", "v1", "v2", "v3"}));
    const Vector state = vector_of(A, u.coefficients), y = A.vector();
    A.gradient(0, Sense::forward, state.get(), y.get());
    EXPECT_NEAR(norm(y.get()), m.sigma_v(), 1e-12);  // ‖v_d‖_*
    A.gradient(d, Sense::forward, state.get(), y.get());
    EXPECT_NEAR(norm(y.get()), std::sqrt(4 * m.sigma_v() * m.sigma_v() + (d == 1 ? m.sigma_x() * m.sigma_x() : 0)), 1e-12);
    for (int axis = 0; axis < 2 * d; ++axis) {
      const Vector p = A.rough(0.3), q = A.rough(0.8), Gp = A.vector(), Gq = A.vector();
      A.gradient(axis, Sense::forward, p.get(), Gp.get());
      A.gradient(axis, Sense::adjoint, q.get(), Gq.get());
      EXPECT_NEAR(dot(Gp.get(), q.get()), dot(p.get(), Gq.get()), 1e-11 * norm(p.get()) * norm(q.get()));
    }
  }
}

/// A correlated Gaussian inside the weighted space.
GaussianPart part_of(const Model& m) {
  const int n = 2 * m.dimension;
  GaussianPart part{1, Eigen::VectorXd(n), 0.8 * covariance_of_M(m)};
  for (int i = 0; i < n; ++i) part.mean(i) = 0.4 * std::cos(1.0 + i) * m.sigma(i);
  part.covariance(0, n - 1) = part.covariance(n - 1, 0) = 0.15 * m.sigma(0) * m.sigma(n - 1);
  return part;
}

TEST(Hermite, AProjectedGaussianHasItsMomentsItsNormAndItsMarginals) {
  for (const Model& m : models) {
    const HermiteGenerator A(m, m.dimension == 1 ? 30 : m.dimension == 2 ? 16 : 10);
    const GaussianPart part = part_of(m);
    const Vector u = vector_of(A, project(A.space(), std::vector<GaussianPart>{part}).coefficients);
    const Moments moments = A.moments(u.get());
    EXPECT_LT((moments.mean - part.mean).norm(), 1e-13);
    EXPECT_LT((moments.covariance - part.covariance).norm(), 1e-13);
    const Gaussian g{part.mean, part.covariance}, M = equilibrium(m);
    const double tolerance = m.dimension == 1 ? 1e-12 : m.dimension == 2 ? 1e-8 : 1e-5;  // of what the degree cuts
    const double pointwise = m.dimension == 1 ? 1e-8 : m.dimension == 2 ? 1e-5 : 5e-4;
    EXPECT_NEAR(norm(u.get()) / std::sqrt(WeightedProduct(g, g, M).weight), 1, tolerance);

    const MarginalAxes axes(m, spec(9, 3, 2, 7));
    const Marginals shown = marginals(A.space(), ReadArray(u.get()), axes);
    const int d = m.dimension, nv = 7;
    for (int i = 0; i < d; ++i) {
      Eigen::Matrix2d S;
      S << part.covariance(i, i), part.covariance(i, d + i), part.covariance(i, d + i), part.covariance(d + i, d + i);
      for (int j : {2, 4})
        for (int k : {1, 3})
          EXPECT_NEAR(shown.planes[i][j * nv + k] /
                          density({Eigen::Vector2d(part.mean(i), part.mean(d + i)), S}, Eigen::Vector2d(axes.x[j], axes.v[k])),
                      1, pointwise);
    }
    const Gaussian in_x{part.mean.head(d), part.covariance.topLeftCorner(d, d)};
    Eigen::MatrixXd to_theta = Eigen::MatrixXd::Zero(d, 2 * d);
    for (int i = 0; i < d; ++i) to_theta(i, i) = -m.gamma / (m.omega0 * m.omega0), to_theta(i, d + i) = -1 / (m.omega0 * m.omega0);
    const Gaussian in_theta{to_theta * part.mean, to_theta * part.covariance * to_theta.transpose()};
    for (const auto& [values, axis, law] : {std::tuple{&shown.x_space, &axes.x, &in_x}, {&shown.theta_space, &axes.theta, &in_theta}}) {
      std::size_t cell = 0;
      Eigen::VectorXd point(d);
      for (int i = 0; i < d; ++i) point(i) = (*axis)[3 + i], cell = cell * 9 + 3 + i;
      EXPECT_NEAR((*values)[cell] / density(*law, point), 1, pointwise);
    }
  }
}

TEST(Hermite, OnAGridItIsTheDensityOfTheGaussian) {
  for (const Model& m : models) {
    const HermiteSpace space(m, m.dimension == 1 ? 34 : m.dimension == 2 ? 18 : 12);
    const GaussianPart part{1, Eigen::VectorXd::Constant(2 * m.dimension, 0.05), 0.9 * covariance_of_M(m)};
    const PhaseGrid grid(PETSC_COMM_WORLD, m, spec(12, 5, 6, 11));
    const Eigen::VectorXd u = project(space, std::vector<GaussianPart>{part}).coefficients;
    const Vector truth = gaussian_state(grid, {part});
    EXPECT_LT(difference(on_grid(space, u.data(), grid).get(), truth.get()), 4e-6 * norm(truth.get()));
  }
}

TEST(Hermite, DeviationsBoxesAndTablesHaveTheCoefficientsOfWhatTheyAre) {
  const Model m = model(2, 1.2, 0.9, 1.5);
  const HermiteSpace space(m, 8);
  const std::vector<std::string> names{"x1", "x2", "v1", "v2"};
  const Projection polynomial = project(space, Expression("0.3*x1 - 0.2*x2*v1 + 0.1*v2^3", names));
  EXPECT_EQ(polynomial.missing, 0);
  EXPECT_NEAR(polynomial.coefficients.squaredNorm(),
              1 + std::pow(0.3 * m.sigma_x(), 2) + std::pow(0.2 * m.sigma_x() * m.sigma_v(), 2) + 0.01 * 15 * std::pow(m.sigma_v(), 6),
              1e-12);
  EXPECT_GT(project(space, Expression("x1^9*v1", names)).missing, 0.01);  // of degree 10
  EXPECT_THROW(project(space, Expression("log(x1)", names)), UserError);

  Eigen::VectorXd lower(4), upper(4);
  lower << -0.5, 0.1, -1, -0.2;
  upper << 0.7, 0.9, 0.3, 1.1;
  const HermiteGenerator A(m, 8);
  const Moments box = A.moments(vector_of(A, project(space, lower, upper).coefficients).get());
  EXPECT_LT((box.mean - (lower + upper) / 2).norm(), 1e-13);
  EXPECT_LT((box.covariance - Eigen::MatrixXd((upper - lower).cwiseAbs2().asDiagonal()) / 12).norm(), 1e-13);

  const GridSpec cells = spec(28, 7, 6, 26);
  const GaussianPart part = part_of(m);
  const PhaseGrid grid(PETSC_COMM_SELF, m, cells);
  const Vector phi = gaussian_state(grid, {part});
  std::vector<double> g;
  const ReadArray values(phi.get());
  for (PetscInt a = 0; a < grid.v_cells; ++a)
    for (PetscInt b = 0; b < grid.positions; ++b)
      g.push_back(values[a * grid.block + b] * grid.velocity_s[a] * grid.position_s[b] / grid.cell_volume);
  EXPECT_LT((project(space, cells, g).coefficients - project(space, std::vector<GaussianPart>{part}).coefficients).norm(), 1e-9);
}

TEST(Hermite, TheSmallestDensityIsSeenOnItsLattice) {
  const Model m = model(1);
  const HermiteGenerator A(m, 6, {}, true);
  Eigen::VectorXd u = Eigen::VectorXd::Zero(A.space().size());
  u(A.space().at(0, 2)) = 3;  // h = 3 psi_2(zeta): g = M (1 + h) is lowest at zeta = 0, where psi_2 = -1/sqrt 2
  const Observation o = A.observe(SteadyState(A), 1, vector_of(A, u).get());
  EXPECT_NEAR(o.g_min, (1 - 3 / std::sqrt(2.0)) / (2 * M_PI), 1e-12);
  EXPECT_TRUE(std::isnan(HermiteGenerator(m, 6).observe(SteadyState(A), 1, vector_of(A, u).get()).g_min));
}

TEST(Hermite, AQuadratureThatDoesNotResolveEpsSaysSoAndAnEpsThatIsNotFiniteIsRefused) {
  const Model m = model(1);
  EXPECT_LT(HermiteGenerator(m, 20, field(epsilon({"0.1*sin(theta1)"}))).quadrature_error(), 1e-12);
  EXPECT_GT(HermiteGenerator(m, 20, field(epsilon({"0.1*abs(theta1-0.3)"}))).quadrature_error(), 1e-5);
  EXPECT_GT(HermiteGenerator(m, 20, field(epsilon({"0.1*sin(9*theta1)"}))).missing_epsilon(), 0.5);
  EXPECT_LT(HermiteGenerator(m, 20, field(epsilon({"0.1*theta1 + 0.2"}))).missing_epsilon(), 1e-12);
  EXPECT_THROW(HermiteGenerator(m, 20, field(epsilon({"exp(theta1^4)"}))), UserError);
}

}  // namespace
}  // namespace hypofp
