// Prop. 4.1(b), (c): identities that hold to the order of the scheme. Odd-even modes stay out of the slow spectrum.
#include <gtest/gtest.h>
#include <slepceps.h>

#include "tests/support.hpp"

namespace hypofp {
namespace {

using namespace testing_support;

/// max over the cells with M above 1e-6 of its maximum of |D - (-beta eps (omega0^2 x - gamma v)/2)|.
double diagonal_error(int cells, int order) {
  const Model m = model(1, 1.2, 0.9, 1.1);
  const auto eps = epsilon({"0.1*sin(theta1)*exp(-theta1^2/16)"});
  const PhaseGrid grid(PETSC_COMM_SELF, m, spec(cells, 8, order));
  const Generator A(grid, field(eps));
  const Vector D = A.perturbation_diagonal();
  const ReadArray d(D.get());
  double worst = 0;
  for (int i = 0; i < grid.x.n; ++i)
    for (int j = 0; j < grid.v.n; ++j) {
      if (grid.x.z[i] * grid.x.z[i] + grid.v.z[j] * grid.v.z[j] > 16) continue;
      const double x = m.sigma_x() * grid.x.z[i], v = m.sigma_v() * grid.v.z[j], theta = theta_of(m, x, v);
      double e = 0;
      eps->values(0, &theta, 1, &e);
      worst = std::max(worst, std::abs(d[j * grid.x.n + i] + 0.5 * m.beta * e * (m.omega0 * m.omega0 * x - m.gamma * v)));
    }
  return worst;
}

TEST(Proposition41, DiagonalOfRApproachesItsFormAtTheOrderOfTheScheme) {
  for (int order : {2, 4, 6, 8}) {
    const double coarse = diagonal_error(64, order), fine = diagonal_error(96, order);
    EXPECT_GT(std::log(coarse / fine) / std::log(1.5), order - 0.6) << "order " << order << ", errors " << coarse << ", " << fine;
  }
}

/// |<L f, g>_* + (gamma/beta) <d_v f, d_v g>_*| for f = sin(x + v), g = sin(v - x/2).
double dissipation_error(int cells, int order) {
  const Model m = model(1, 1.2, 0.9, 1.1);
  const PhaseGrid grid(PETSC_COMM_SELF, m, spec(cells, 8, order));
  const Generator A(grid);
  const auto state = [&](auto u) {
    Vector phi = grid.vector();
    WriteArray out(phi.get());
    for (int i = 0; i < grid.x.n; ++i)
      for (int j = 0; j < grid.v.n; ++j)
        out[j * grid.x.n + i] = grid.x.s[i] * grid.v.s[j] * u(m.sigma_x() * grid.x.z[i], m.sigma_v() * grid.v.z[j]);
    return phi;
  };
  const Vector f = state([](double x, double v) { return std::sin(x + v); }),
               g = state([](double x, double v) { return std::sin(v - x / 2); });
  const Vector sum = grid.vector();
  petsc(VecCopy(f.get(), sum.get()));
  petsc(VecAXPY(sum.get(), 1, g.get()));
  // symmetric part of <A f, g>, and the filter's share taken out: what is left is <L f, g>
  const Vector y = grid.vector();
  A.apply(f.get(), y.get(), 0.5);
  A.apply_adjoint(f.get(), y.get(), 0.5, 0, 1);
  double L = dot(y.get(), g.get());
  for (int i = 0; i < grid.x.n; ++i)
    for (int k = -grid.x.filter.width(); k <= grid.x.filter.width(); ++k) {
      if (i + k < 0 || i + k >= grid.x.n) continue;
      const ReadArray a(f.get()), b(g.get());
      for (int j = 0; j < grid.v.n; ++j) L -= Generator::damping(m) * grid.x.filter(i, k) * a[j * grid.x.n + i + k] * b[j * grid.x.n + i];
    }
  // <d_v f, d_v g> by polarisation of observe's grad_v
  const double product = 0.5 * (observe(A, sum.get()).grad_v - observe(A, f.get()).grad_v - observe(A, g.get()).grad_v);
  return std::abs(L + m.gamma / m.beta * product);
}

TEST(Proposition41, DissipationEqualsTheProductOfGradientsAtTheOrderOfTheScheme) {
  for (int order : {2, 4, 6}) {
    const double coarse = dissipation_error(24, order), fine = dissipation_error(36, order);
    EXPECT_GT(std::log(coarse / fine) / std::log(1.5), order - 0.6) << "order " << order << ", errors " << coarse << ", " << fine;
  }
  EXPECT_LT(dissipation_error(64, 8), 1e-8);
}

/// Eigenvectors of the d = 1 generator with real part above -limit: shift-and-invert around points of that strip.
int slow_odd_even_modes(double gamma, int cells, int order, int& seen) {
  const Model m = model(1, 1, gamma, 1);
  const double gap = gamma <= 2 ? gamma / 2 : (gamma - std::sqrt(gamma * gamma - 4)) / 2;
  const PhaseGrid grid(PETSC_COMM_SELF, m, spec(cells, 7, order));
  const Generator A(grid);
  const Matrix assembled = A.assemble();
  const Vector re = grid.vector(), im = grid.vector();
  EPS eps = nullptr;
  petsc(EPSCreate(PETSC_COMM_SELF, &eps));
  const PetscOwner<EPS, EPSDestroy> owner(eps);
  ST st = nullptr;
  petsc(EPSSetOperators(eps, assembled.get(), nullptr));
  petsc(EPSSetProblemType(eps, EPS_NHEP));
  petsc(EPSSetWhichEigenpairs(eps, EPS_TARGET_MAGNITUDE));
  petsc(EPSSetTarget(eps, -0.9 * gap));
  petsc(EPSGetST(eps, &st));
  petsc(STSetType(st, STSINVERT));
  petsc(EPSSetDimensions(eps, 24, 72, PETSC_DEFAULT));
  petsc(EPSSetTolerances(eps, 1e-7, 300));
  petsc(EPSSolve(eps));
  PetscInt found = 0;
  petsc(EPSGetConverged(eps, &found));
  int bad = 0;
  for (PetscInt e = 0; e < found; ++e) {
    PetscScalar kr = 0, ki = 0;
    petsc(EPSGetEigenpair(eps, e, &kr, &ki, re.get(), im.get()));
    if (kr < -3 * gap) continue;
    ++seen;
    double high = 0, all = 0;  // norm in the upper half of the x-wavenumbers, by a discrete Fourier transform along x
    for (Vec v : {re.get(), im.get()}) {
      const ReadArray phi(v);
      for (int q = 0; q < cells; ++q) {
        const int wavenumber = std::min(q, cells - q);
        for (int j = 0; j < cells; ++j) {
          double c = 0, s = 0;
          for (int i = 0; i < cells; ++i) {
            c += phi[j * cells + i] * std::cos(2 * M_PI * q * i / cells);
            s += phi[j * cells + i] * std::sin(2 * M_PI * q * i / cells);
          }
          all += c * c + s * s;
          if (4 * wavenumber > cells) high += c * c + s * s;
        }
      }
    }
    if (high > 0.5 * all) ++bad;
  }
  return bad;
}

TEST(OddEvenModes, StayBelowThreeGapsForEveryGamma) {
  for (double gamma : {0.1, 0.3, 1.0, 1.9, 2.2, 3.0, 6.0, 20.0})
    for (auto [cells, order] : {std::pair{24, 4}, {24, 6}, {24, 8}, {40, 6}, {64, 4}, {64, 8}}) {
      int seen = 0;
      EXPECT_EQ(slow_odd_even_modes(gamma, cells, order, seen), 0) << "gamma " << gamma << ", " << cells << " cells, order " << order;
      EXPECT_GE(seen, 3);
    }
}

}  // namespace
}  // namespace hypofp
