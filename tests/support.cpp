#include "tests/support.hpp"

#include <cmath>

#include "solver/flow/initial_state.hpp"

namespace hypofp::testing_support {

EpsilonField field(std::shared_ptr<Epsilon> e) {
  if (!e) return {};
  return [e](int i, const double* theta, std::size_t n, double* out) { e->values(i, theta, n, out); };
}

std::shared_ptr<Epsilon> coupled(int d) {
  const char* radius[] = {"theta1^2", "(theta1^2+theta2^2)", "(theta1^2+theta2^2+theta3^2)"};
  std::vector<std::string> all;
  for (int i = 1; i <= d; ++i)
    all.push_back("0.1*theta" + std::to_string(i) + "*exp(-" + radius[d - 1] + "/4) + 0.02*cos(theta" + std::to_string(i % d + 1) + ")");
  return epsilon(all);
}

double dot(Vec a, Vec b) {
  PetscScalar s = 0;
  petsc(VecDot(a, b, &s));
  return s;
}

double difference(Vec a, Vec b) {
  Vec c = nullptr;
  petsc(VecDuplicate(a, &c));
  const Vector owner(c);
  petsc(VecCopy(a, c));
  petsc(VecAXPY(c, -1, b));
  return norm(c);
}

Vector rough_state(const PhaseGrid& grid, double phase) {
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

void advance(Propagator& propagator, Vector& state, const std::vector<double>& times, const Propagator::At& at) {
  const Vector start = std::move(state);
  Vec later = nullptr;
  petsc(VecDuplicate(start.get(), &later));
  state.reset(later);
  propagator.advance(start.get(), later, times, at);
}

Solve::Solve(const Model& m, const GridSpec& g, std::shared_ptr<Epsilon> e, double tolerance, MPI_Comm comm, PropagatorKind kind)
    : GridSystem(comm, {m, g, field(e), kind, tolerance, 0.1}), eps(e), theory(theory_of(m, g, e.get(), {})) {}

void Solve::start(Vector phi_g) {
  h = std::move(phi_g);
  mass_of_g = generator.mass(h.get());
  F().take_out(mass_of_g, h.get());
}

void Solve::start_gaussian(const Eigen::VectorXd& mean, const Eigen::MatrixXd& covariance) {
  start(gaussian_state(grid, {{1, mean, covariance}}));
}

std::vector<Observation> Solve::at(const std::vector<double>& times) {
  std::vector<Observation> result;
  std::vector<double> later;
  const auto look = [&](Vec state) { result.push_back(generator.observe(F(), mass_of_g, state)); };
  if (times.front() == 0) look(h.get());
  for (double t : times)
    if (t > 0) later.push_back(t);
  if (!later.empty()) advance(propagator(), h, later, [&](std::size_t, Vec state) { look(state); });
  return result;
}

}  // namespace hypofp::testing_support
