#include "solver/system.hpp"

#include <fmt/format.h>

#include "io/initial_file.hpp"
#include "operators/functionals.hpp"

namespace hypofp {

Vector initial_state(const PhaseGrid& grid, const Problem& problem) {
  const Initial& initial = problem.input.initial;
  const auto state = [&]() -> Vector {
    switch (initial.kind) {
      case InitialKind::deviation: return deviation_state(grid, *problem.h0);
      case InitialKind::box: return box_state(grid, initial.lower, initial.upper);
      case InitialKind::file: return tabulated_state(grid, read_density(initial.path, grid.distribution(), grid.spec.x_cells));
      default: return gaussian_state(grid, initial.components);
    }
  };
  Vector g = state();
  const double m = mass(grid, g.get());
  if (!(m > 0)) throw UserError(located(problem.input, "initial.kind", "", fmt::format("g has mass {:.3g}; it must be positive", m)));
  return g;
}

double longest_span(const Problem& problem) { return std::min(2 / problem.theory.mu, std::max(4.0, problem.input.time.interval)); }

PropagatorSettings propagator_settings(const Problem& problem, const std::vector<double>& support) {
  const TimeSettings& time = problem.input.time;
  PropagatorSettings s;
  s.support = support;
  s.tolerance = 0.05 * time.tolerance;  // of one expansion; some tens of them add up
  s.longest = longest_span(problem);
  s.outputs = outputs_per_expansion(problem.estimate.cells);
  return s;
}

std::vector<double> support_of(const Generator& generator) {
  return support_function(generator, numerical_abscissa(generator, generator.grid().d() == 1 ? 400 : 60));
}

}  // namespace hypofp
