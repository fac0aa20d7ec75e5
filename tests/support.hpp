#pragma once
// What several tests build: a grid with its generator, a whole solve, random states, norms.
#include <memory>
#include <optional>

#include "operators/epsilon/epsilon.hpp"
#include "operators/functionals.hpp"
#include "operators/numerical_range.hpp"
#include "operators/theory.hpp"
#include "solver/grid_system.hpp"
#include "tests/closed_forms.hpp"

namespace hypofp::testing_support {

inline GridSpec spec(int cells, double half_width, int order, int v_cells = 0) {
  return {cells, v_cells ? v_cells : cells, half_width, order};
}
inline Model model(int d, double omega0 = 1, double gamma = 1, double beta = 1) { return {d, omega0, gamma, beta}; }

EpsilonField field(std::shared_ptr<Epsilon> e);
inline std::shared_ptr<Epsilon> epsilon(const std::vector<std::string>& components) {
  return std::make_shared<Epsilon>(Epsilon::from_components(components));
}
/// A bounded eps that couples the components.
std::shared_ptr<Epsilon> coupled(int d);

inline double norm(Vec v) { return norm_of(v); }
double dot(Vec a, Vec b);
double difference(Vec a, Vec b);

/// A rough state that depends on the place alone, not on the ranks.
Vector rough_state(const PhaseGrid& grid, double phase = 0.3);

inline NumericalRange range(const Generator& A, int steps = 300) { return numerical_range(A, numerical_abscissa(A, steps)); }
/// ‖A‖ from below, close: the numerical radius.
inline double radius(const Generator& A) { return range(A, 100).radius(); }
/// Of h against F = M.
inline Observation observe(const Generator& A, Vec h) { return A.observe(SteadyState(A), 1, h); }

/// Brings `state` to times.back().
void advance(
    Propagator& propagator, Vector& state, const std::vector<double>& times, const Propagator::At& at = [](std::size_t, Vec) {});

/// A whole solve: a GridSystem, h from Gaussian or other data, evolution.
struct Solve : GridSystem {
  Solve(const Model& m, const GridSpec& g, std::shared_ptr<Epsilon> e = nullptr, double tolerance = 2e-11, MPI_Comm comm = PETSC_COMM_WORLD,
        PropagatorKind kind = PropagatorKind::chebyshev);
  void start(Vector phi_g);
  void start_gaussian(const Eigen::VectorXd& mean, const Eigen::MatrixXd& covariance);
  /// Observations at the times, from where h stands.
  std::vector<Observation> at(const std::vector<double>& times);

  std::shared_ptr<Epsilon> eps;
  Theory theory;
  Vector h;
  double mass_of_g = 1;
};

}  // namespace hypofp::testing_support
