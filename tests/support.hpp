#pragma once
// What several tests build: a grid with its generator, a whole solve, random states, norms.
#include <cmath>
#include <memory>
#include <optional>

#include "operators/epsilon/epsilon.hpp"
#include "operators/functionals.hpp"
#include "operators/numerical_range.hpp"
#include "operators/theory.hpp"
#include "solver/flow/initial_state.hpp"
#include "solver/grid_system.hpp"
#include "tests/closed_forms.hpp"

namespace hypofp::testing_support {

inline GridSpec spec(int cells, double half_width, int order, int v_cells = 0) {
  return {cells, v_cells ? v_cells : cells, half_width, order};
}
inline Model model(int d, double omega0 = 1, double gamma = 1, double beta = 1) { return {d, omega0, gamma, beta}; }

inline EpsilonField field(std::shared_ptr<Epsilon> e) {
  if (!e) return {};
  return [e](int i, const double* theta, std::size_t n, double* out) { e->values(i, theta, n, out); };
}
inline std::shared_ptr<Epsilon> epsilon(const std::vector<std::string>& components) {
  return std::make_shared<Epsilon>(Epsilon::from_components(components));
}
/// A bounded eps that couples the components.
inline std::shared_ptr<Epsilon> coupled(int d) {
  const char* radius[] = {"theta1^2", "(theta1^2+theta2^2)", "(theta1^2+theta2^2+theta3^2)"};
  std::vector<std::string> all;
  for (int i = 1; i <= d; ++i)
    all.push_back("0.1*theta" + std::to_string(i) + "*exp(-" + radius[d - 1] + "/4) + 0.02*cos(theta" + std::to_string(i % d + 1) + ")");
  return epsilon(all);
}

inline double norm(Vec v) { return norm_of(v); }
inline double dot(Vec a, Vec b) {
  PetscScalar s = 0;
  petsc(VecDot(a, b, &s));
  return s;
}
inline double difference(Vec a, Vec b) {
  Vec c = nullptr;
  petsc(VecDuplicate(a, &c));
  const Vector owner(c);
  petsc(VecCopy(a, c));
  petsc(VecAXPY(c, -1, b));
  return norm(c);
}

/// A rough state that depends on the place alone, not on the ranks.
inline Vector rough_state(const PhaseGrid& grid, double phase = 0.3) {
  Vector result = grid.vector();
  WriteArray out(result.get());
  for (PetscInt a = 0; a < grid.v_cells; ++a)
    for (PetscInt b = 0; b < grid.positions; ++b) {
      double place = phase;
      for (int i = 0; i < grid.d(); ++i) place = place * 3.7 + grid.v_cell(a)[i];
      for (int i = 0; i < grid.d(); ++i) place = place * 2.9 + grid.x_cell(b)[i];
      out[a * grid.block + b] = std::sin(place * place + phase);
    }
  return result;
}

inline NumericalRange range(const Generator& A, int steps = 300) { return numerical_range(A, numerical_abscissa(A, steps)); }
/// ‖A‖ from below, close: the numerical radius.
inline double radius(const Generator& A) { return range(A, 100).radius(); }
/// Of h against F = M.
inline Observation observe(const Generator& A, Vec h) { return A.observe(SteadyState(A), 1, h); }

/// Brings `state` to times.back().
inline void advance(
    Propagator& propagator, Vector& state, const std::vector<double>& times, const Propagator::At& at = [](std::size_t, Vec) {}) {
  const Vector start = std::move(state);
  Vec later = nullptr;
  petsc(VecDuplicate(start.get(), &later));
  state.reset(later);
  propagator.advance(start.get(), later, times, at);
}

/// A whole solve: a GridSystem, h from Gaussian or other data, evolution.
struct Solve : GridSystem {
  Solve(const Model& m, const GridSpec& g, std::shared_ptr<Epsilon> e = nullptr, double tolerance = 2e-11, MPI_Comm comm = PETSC_COMM_WORLD,
        PropagatorKind kind = PropagatorKind::chebyshev)
      : GridSystem(comm, {m, g, field(e), kind, tolerance, 0.1}), eps(e), theory(theory_of(m, g, e.get(), {})) {}
  void start(Vector phi_g) {
    h = std::move(phi_g);
    mass_of_g = generator.mass(h.get());
    F().take_out(mass_of_g, h.get());
  }
  void start_gaussian(const Eigen::VectorXd& mean, const Eigen::MatrixXd& covariance) {
    start(gaussian_state(grid, {{1, mean, covariance}}));
  }
  /// Observations at the times, from where h stands.
  std::vector<Observation> at(const std::vector<double>& times) {
    std::vector<Observation> result;
    std::vector<double> later;
    const auto look = [&](Vec state) { result.push_back(generator.observe(F(), mass_of_g, state)); };
    if (times.front() == 0) look(h.get());
    for (double t : times)
      if (t > 0) later.push_back(t);
    if (!later.empty()) advance(propagator(), h, later, [&](std::size_t, Vec state) { look(state); });
    return result;
  }

  std::shared_ptr<Epsilon> eps;
  Theory theory;
  Vector h;
  double mass_of_g = 1;
};

}  // namespace hypofp::testing_support
