#include "solver/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hypofp {
namespace {

std::string in_quotes(const std::string& text) { return "\"" + text + "\""; }

void compile(Problem& p) {
  const Case& c = p.input;
  try {
    if (!c.perturbation.potential.empty())
      p.epsilon = std::make_unique<Epsilon>(Epsilon::from_potential(c.perturbation.potential, c.model.dimension));
    else if (!c.perturbation.epsilon.empty())
      p.epsilon = std::make_unique<Epsilon>(Epsilon::from_components(c.perturbation.epsilon));
  } catch (const ExpressionError& e) {
    const bool potential = !c.perturbation.potential.empty();
    const std::string key = potential ? "perturbation.potential" : fmt::format("perturbation.epsilon[{}]", std::max(0, e.component));
    throw UserError(located(c, key, in_quotes(potential ? c.perturbation.potential : c.perturbation.epsilon[std::max(0, e.component)]),
                            fmt::format("{} (character {})", e.what(), e.position + 1)));
  }
  if (c.initial.kind != InitialKind::deviation) return;
  std::vector<std::string> names;
  for (const char* axis : {"x", "v"})
    for (int i = 1; i <= c.model.dimension; ++i) names.push_back(axis + std::to_string(i));
  try {
    p.h0.emplace(c.initial.h0, names);
  } catch (const ExpressionError& e) {
    throw UserError(located(c, "initial.h0", in_quotes(c.initial.h0), fmt::format("{} (character {})", e.what(), e.position + 1)));
  }
}

/// eps finite over the whole box (and a little beyond, where F is judged); theory_of has its suprema.
void check_epsilon(Problem& p) {
  if (!p.epsilon) return;
  const Case& c = p.input;
  const bool potential = !c.perturbation.potential.empty();
  const std::string key = potential ? "perturbation.potential" : "perturbation.epsilon";
  const std::string text = in_quotes(potential ? c.perturbation.potential : fmt::format("{}", fmt::join(c.perturbation.epsilon, "\", \"")));
  for (const auto& row : p.theory.assumption)
    if (!std::isfinite(row.value))
      throw UserError(located(c, key, text, fmt::format("{} is not finite on the box; allowed: expressions that are finite, with finite derivatives, wherever the grid reaches", row.quantity)));
  double eps = p.theory.assumption[0].value, slope = p.theory.assumption[3].value / c.model.dimension;
  if (eps == 0) return;
  const double w2 = c.model.omega0 * c.model.omega0, l = c.grid.half_width;
  const double cell = std::max(c.model.gamma * c.model.sigma_x() * 2 * l / c.grid.x_cells, c.model.sigma_v() * 2 * l / c.grid.v_cells) / w2;
  if (slope > 0 && cell > 1.5 * eps / slope)
    p.warnings.push_back(located(c, "grid.cells", c.grid.x_cells == c.grid.v_cells ? fmt::format("{}", c.grid.x_cells) : fmt::format("[{}, {}]", c.grid.x_cells, c.grid.v_cells),
        fmt::format("one cell spans {:.3g} in theta, eps changes over {:.3g}: eps is not resolved; about [{}, {}] cells would do", cell, eps / slope,
                    std::max<double>(c.grid.x_cells, std::ceil(c.model.gamma * c.model.sigma_x() * 2 * l / w2 / (eps / slope))),
                    std::max<double>(c.grid.v_cells, std::ceil(c.model.sigma_v() * 2 * l / w2 / (eps / slope))))));
}

void check_initial(Problem& p) {
  const Case& c = p.input;
  double outside = 0;
  std::string what;
  if (c.initial.kind == InitialKind::gaussian || c.initial.kind == InitialKind::mixture) {
    outside = gaussian_share_outside(c.model, c.grid.half_width, c.initial.components);
    what = "of ‖g/M‖_*^2 lies outside the box";
  } else if (c.initial.kind == InitialKind::deviation) {
    const DeviationCheck d = check_deviation(c.model, c.grid.half_width, *p.h0);
    if (!d.finite) throw UserError(located(c, "initial.h0", in_quotes(c.initial.h0), "not finite on the box"));
    outside = d.edge_share;
    what = "of ‖h0‖_*^2 stands at the edge of the box: outside the weighted space, or cut by the box";
  } else if (c.initial.kind == InitialKind::box) {
    for (int i = 0; i < 2 * c.model.dimension; ++i) {
      const double reach = c.grid.half_width * (i < c.model.dimension ? c.model.sigma_x() : c.model.sigma_v());
      if (c.initial.lower(i) < -reach || c.initial.upper(i) > reach)
        throw UserError(located(c, "initial.lower", fmt::format("{}", c.initial.lower(i)),
                                fmt::format("axis {} of the initial box, [{:.4g}, {:.4g}], leaves the grid's; allowed: within [{:.4g}, {:.4g}]",
                                            i + 1, c.initial.lower(i), c.initial.upper(i), -reach, reach)));
    }
    p.warnings.push_back("initial data of kind box are discontinuous: H(0) is infinite, its value grows with the grid (‖h‖_* does not)");
  }
  const std::string key = c.initial.kind == InitialKind::deviation ? "initial.h0" : "initial.mean";
  if (outside > 1e-3)
    throw UserError(located(c, "grid.half_width", fmt::format("{}", c.grid.half_width),
                            fmt::format("{:.2g} {}; allowed: at most 1e-3 (widen the box, or bring {} nearer)", outside, what, key)));
  if (outside > 1e-6) p.warnings.push_back(located(c, "grid.half_width", fmt::format("{}", c.grid.half_width), fmt::format("{:.2g} {}", outside, what)));
}

}  // namespace

EpsilonField Problem::field() const {
  if (!epsilon) return {};
  return [e = epsilon.get()](int i, const double* theta, std::size_t n, double* out) { e->values(i, theta, n, out); };
}

Problem prepare(const std::string& path, const std::vector<std::string>& overrides, int ranks) {
  Problem p;
  p.input = read_case(path, overrides);
  compile(p);
  p.theory = theory_of(p.input.model, p.input.grid, p.epsilon.get(), p.input.lyapunov);
  check_epsilon(p);
  check_initial(p);
  p.estimate = estimate(p.input, ranks);
  p.admissibility = judge(p.input.model, p.input.grid, p.field());
  if (p.epsilon) decide(p.admissibility, p.theory.mu);
  if (p.admissibility.verdict == "inadmissible") {
    const std::string key = p.input.perturbation.potential.empty() ? "perturbation.epsilon" : "perturbation.potential";
    throw UserError(located(p.input, key, p.input.perturbation.potential.empty() ? in_quotes(fmt::format("{}", fmt::join(p.input.perturbation.epsilon, "\", \"")))
                                                                                   : in_quotes(p.input.perturbation.potential),
                            "inadmissible: " + p.admissibility.why));
  }
  if (p.admissibility.verdict == "doubtful") p.warnings.push_back("eps is doubtful: " + p.admissibility.why);
  return p;
}

Problem prepare_together(const std::string& path, const std::vector<std::string>& overrides) {
  int rank = 0, ranks = 1;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  MPI_Comm_size(PETSC_COMM_WORLD, &ranks);
  std::optional<Problem> problem;
  std::string trouble;
  try {
    problem.emplace(prepare(path, overrides, ranks));
  } catch (const UserError& e) {
    trouble = e.what();
  }
  int first = trouble.empty() ? ranks : rank;  // the lowest rank in trouble speaks for all
  MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_INT, MPI_MIN, PETSC_COMM_WORLD);
  if (first == ranks) return std::move(*problem);
  int length = static_cast<int>(trouble.size());
  MPI_Bcast(&length, 1, MPI_INT, first, PETSC_COMM_WORLD);
  trouble.resize(length);
  MPI_Bcast(trouble.data(), length, MPI_CHAR, first, PETSC_COMM_WORLD);
  throw AgreedError(trouble);
}

}  // namespace hypofp
