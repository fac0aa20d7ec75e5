#include "solver/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "operators/numerical_range.hpp"
#include "solver/ellipse.hpp"

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
                    std::max(c.grid.x_cells, static_cast<int>(std::ceil(c.model.gamma * c.model.sigma_x() * 2 * l / w2 / (eps / slope)))),
                    std::max(c.grid.v_cells, static_cast<int>(std::ceil(c.model.sigma_v() * 2 * l / w2 / (eps / slope)))))));
}

void check_initial(Problem& p) {
  const Case& c = p.input;
  double outside = 0;
  std::string what;
  if (c.initial.kind == InitialKind::gaussian || c.initial.kind == InitialKind::mixture) {
    outside = gaussian_share_outside(c.model, c.grid.half_width, p.parts());
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

/// Bytes this process may still take: what the system has free, within the control group's limit.
double available_bytes() {
  double bytes = 1e18;
  std::ifstream meminfo("/proc/meminfo");
  for (std::string line; std::getline(meminfo, line);) {
    std::istringstream words(line);
    std::string name;
    double kilobytes = 0;
    if (words >> name >> kilobytes && name == "MemAvailable:") bytes = 1024 * kilobytes;
  }
  double limit = 0, used = 0;
  if (std::ifstream("/sys/fs/cgroup/memory.max") >> limit && std::ifstream("/sys/fs/cgroup/memory.current") >> used)
    bytes = std::min(bytes, limit - used);
  return bytes;
}

void estimate(Problem& p, int ranks) {
  const Case& c = p.input;
  Estimate& e = p.estimate;
  const int d = c.model.dimension;
  if (split_ranks(ranks, d, c.grid.x_cells)[0] == 0)
    throw UserError(located(c, "grid.cells", fmt::format("[{}, {}]", c.grid.x_cells, c.grid.v_cells),
                            fmt::format("{} ranks can't share {}^{} x-cells; allowed: numbers of ranks that factor into at most {} along each x-axis",
                                        ranks, c.grid.x_cells, d, c.grid.x_cells)));
  e.cells = std::pow(static_cast<double>(c.grid.x_cells) * c.grid.v_cells, d);
  const double block = std::pow(c.grid.v_cells, d), x_cells = e.cells / block;
  // h, the two of the recurrence and the outputs; with eps: F, eps itself, and the steady solve's work before h exists
  const double outputs = static_cast<double>(outputs_per_expansion(e.cells, p.epsilon != nullptr));
  const double evolving = c.time.propagator == PropagatorKind::chebyshev ? 3 + outputs : c.time.propagator == PropagatorKind::ts ? 12 : 36;
  const double chebyshev_work = c.time.propagator == PropagatorKind::chebyshev ? 2 + outputs : evolving;
  e.vectors = p.epsilon ? d + 1 + std::max(evolving, chebyshev_work + (d == 1 ? 4 : 13)) : evolving;
  if (d == 1 && p.epsilon && e.cells <= 250000) e.vectors += 90;  // the assembled matrix and its factors
  const double side = std::pow(x_cells / ranks, (d - 1.0) / d);
  const double ghosts = ranks > 1 ? 2.0 * (c.grid.order / 2 + 1) * side * block * ranks * (p.epsilon ? d + 1 : 1) : 0;
  e.peak_bytes = 8 * (e.vectors * e.cells + ghosts) + ranks * (5.2e7 + block * 8 * (3 + 4 * d));
  e.available_bytes = available_bytes();
  if (e.cells > 2147483647.0)
    throw UserError(located(c, "grid.cells", fmt::format("[{}, {}]", c.grid.x_cells, c.grid.v_cells),
                            fmt::format("{:.4g} unknowns; allowed: at most 2147483647 (this PETSc's index type), {} cells an axis", e.cells,
                                        static_cast<int>(std::floor(std::pow(2147483647.0, 0.5 / d))))));
  if (e.peak_bytes > e.available_bytes)
    throw UserError(located(c, "grid.cells", fmt::format("[{}, {}]", c.grid.x_cells, c.grid.v_cells),
                            fmt::format("{:.4g} cells need about {:.3g} GB ({:.0f} vectors); {:.3g} GB are available", e.cells, e.peak_bytes / 1e9,
                                        e.vectors, e.available_bytes / 1e9)));
  const std::vector<double> support = unperturbed_support(c.model, c.grid);
  const EllipseChoice choice = choose_ellipse(support, c.time.tolerance, c.time.end);
  const double tau = std::min(choice.tau, std::max(c.time.interval, c.time.interval * std::floor(std::min(outputs, choice.tau / c.time.interval))));
  e.applications = std::ceil(c.time.end / tau) * expected_terms(choice.ellipse, tau, c.time.tolerance) + c.time.end / c.time.interval;
  if (p.epsilon) e.applications += 1200;
}

}  // namespace

std::size_t outputs_per_expansion(double cells, bool perturbed) {
  return static_cast<std::size_t>(std::clamp(4e6 / cells, perturbed ? 2.0 : 3.0, 32.0));
}

EpsilonField Problem::field() const {
  if (!epsilon) return {};
  return [e = epsilon.get()](int i, const double* theta, std::size_t n, double* out) { e->values(i, theta, n, out); };
}

std::vector<GaussianPart> Problem::parts() const {
  std::vector<GaussianPart> result;
  for (const auto& c : input.initial.components) result.push_back({c.weight, c.mean, c.covariance});
  return result;
}

Problem prepare(const std::string& path, const std::vector<std::string>& overrides, int ranks) {
  Problem p;
  p.input = read_case(path, overrides);
  compile(p);
  const LyapunovSettings& l = p.input.lyapunov;
  p.theory = theory_of(p.input.model, p.input.grid, p.epsilon.get(), {l.C, l.C_hat, l.delta});
  check_epsilon(p);
  check_initial(p);
  estimate(p, ranks);
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
