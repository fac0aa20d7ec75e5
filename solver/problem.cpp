#include "solver/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/initial_file.hpp"
#include "operators/functionals.hpp"
#include "solver/judgement/initial_data.hpp"

namespace hypofp {
namespace {

std::string in_quotes(const std::string& text) { return "\"" + text + "\""; }

/// Where eps stands in the case, and its text.
std::string epsilon_key(const Case& c) { return c.perturbation.potential.empty() ? "perturbation.epsilon" : "perturbation.potential"; }
std::string epsilon_text(const Case& c) {
  return in_quotes(c.perturbation.potential.empty() ? fmt::format("{}", fmt::join(c.perturbation.epsilon, "\", \""))
                                                    : c.perturbation.potential);
}

void broadcast(MPI_Comm comm, int from, std::string& text) {
  int length = static_cast<int>(text.size());
  MPI_Bcast(&length, 1, MPI_INT, from, comm);
  text.resize(length);
  MPI_Bcast(text.data(), length, MPI_CHAR, from, comm);
}
/// Throws the trouble of the lowest rank that has any, on every rank.
void agree(MPI_Comm comm, std::string trouble) {
  int rank = 0, ranks = 1;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &ranks);
  int first = trouble.empty() ? ranks : rank;
  MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_INT, MPI_MIN, comm);
  if (first == ranks) return;
  broadcast(comm, first, trouble);
  throw UserError(trouble, true);
}

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

/// P > 0, with the theorem's constant where only one of the pair is given; delta counts at gamma = 2 omega0 alone.
void check_lyapunov(const Problem& p) {
  const LyapunovChoice& given = p.input.lyapunov;
  const double C = p.theory.C, C_hat = p.theory.C_hat, half = 0.5 * p.input.model.gamma;
  if (p.theory.regime == "critical" && given.delta >= half)
    throw UserError(
        located(p.input, "lyapunov.delta", fmt::format("{}", given.delta), fmt::format("allowed: below gamma/2 = {:.6g}", half)));
  if ((given.C || given.C_hat) && !(C > C_hat * C_hat))
    throw UserError(located(p.input, given.C ? "lyapunov.C" : "lyapunov.C_hat", fmt::format("{}", given.C ? C : C_hat),
                            fmt::format("C = {:.6g}, C_hat = {:.6g}: H is no norm; allowed: C > C_hat^2", C, C_hat)));
}

/// eps finite over the whole box (and a little beyond, where F is judged); theory_of has its suprema.
void check_epsilon(Problem& p) {
  if (!p.epsilon) return;
  const Case& c = p.input;
  for (const auto& row : p.theory.assumption)
    if (!std::isfinite(row.value))
      throw UserError(located(
          c, epsilon_key(c), epsilon_text(c),
          fmt::format(
              "{} is not finite on the box; allowed: expressions that are finite, with finite derivatives, wherever the grid reaches",
              row.quantity)));
  double eps = p.theory.assumption[0].value, slope = p.theory.assumption[3].value / c.model.dimension;
  if (eps == 0) return;
  const double w2 = c.model.omega0 * c.model.omega0, l = c.grid.half_width;
  const double cell = std::max(c.model.gamma * c.model.sigma_x() * 2 * l / c.grid.x_cells, c.model.sigma_v() * 2 * l / c.grid.v_cells) / w2;
  if (slope > 0 && cell > 1.5 * eps / slope)
    p.warnings.push_back(located(
        c, "grid.cells",
        c.grid.x_cells == c.grid.v_cells ? fmt::format("{}", c.grid.x_cells) : fmt::format("[{}, {}]", c.grid.x_cells, c.grid.v_cells),
        fmt::format("one cell spans {:.3g} in theta, eps changes over {:.3g}: eps is not resolved; about [{}, {}] cells would do", cell,
                    eps / slope,
                    std::max<double>(c.grid.x_cells, std::ceil(c.model.gamma * c.model.sigma_x() * 2 * l / w2 / (eps / slope))),
                    std::max<double>(c.grid.v_cells, std::ceil(c.model.sigma_v() * 2 * l / w2 / (eps / slope))))));
}

void check_initial(Problem& p) {
  const Case& c = p.input;
  double outside = 0;
  if (c.initial.kind == InitialKind::gaussian || c.initial.kind == InitialKind::mixture) {
    outside = gaussian_share_outside(c.model, c.grid.half_width, c.initial.components);
  } else if (c.initial.kind == InitialKind::box) {
    for (int i = 0; i < 2 * c.model.dimension; ++i) {
      const double reach = c.grid.half_width * (i < c.model.dimension ? c.model.sigma_x() : c.model.sigma_v());
      if (c.initial.lower(i) < -reach || c.initial.upper(i) > reach)
        throw UserError(
            located(c, "initial.lower", fmt::format("{}", c.initial.lower(i)),
                    fmt::format("axis {} of the initial box, [{:.4g}, {:.4g}], leaves the grid's; allowed: within [{:.4g}, {:.4g}]", i + 1,
                                c.initial.lower(i), c.initial.upper(i), -reach, reach)));
    }
    p.warnings.push_back("initial data of kind box are discontinuous: H(0) is infinite, its value grows with the grid (‖h‖_* does not)");
  }
  const std::string half_width = fmt::format("{}", c.grid.half_width),
                    what = fmt::format("{:.2g} of ‖g/M‖_*^2 lies outside the box", outside);
  if (outside > 1e-3)
    throw UserError(
        located(c, "grid.half_width", half_width, what + "; allowed: at most 1e-3 (widen the box, or bring initial.mean nearer)"));
  if (outside > 1e-6) p.warnings.push_back(located(c, "grid.half_width", half_width, what));
}

}  // namespace

EpsilonField Problem::field() const {
  if (!epsilon) return {};
  return [e = epsilon.get()](int i, const double* theta, std::size_t n, double* out) { e->values(i, theta, n, out); };
}

Setting Problem::setting() const {
  return {input.model, input.grid, field(), input.time.propagator, input.time.tolerance, input.time.interval};
}

Problem prepare(const std::string& text, const std::string& path, const std::vector<std::string>& overrides, int ranks) {
  Problem p;
  p.input = read_case_text(text, path, overrides);
  compile(p);
  p.theory = theory_of(p.input.model, p.input.grid, p.epsilon.get(), p.input.lyapunov);
  check_lyapunov(p);
  check_epsilon(p);
  check_initial(p);
  p.estimate = estimate(p.input, ranks);
  p.admissibility = judge(p.input.model, p.input.grid, p.field());
  const auto [verdict, why] = p.admissibility.judgement();
  if (verdict == "inadmissible") throw UserError(located(p.input, epsilon_key(p.input), epsilon_text(p.input), "inadmissible: " + why));
  if (verdict == "doubtful") p.warnings.push_back("eps is doubtful: " + why);
  return p;
}

Problem prepare_together(MPI_Comm comm, const std::string& path, const std::vector<std::string>& overrides) {
  int ranks = 1;
  MPI_Comm_size(comm, &ranks);
  std::optional<Problem> problem;
  std::string text, trouble;
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  if (rank == 0) try {
      if (!path.empty()) text = read_case_file(path);
    } catch (const UserError& e) {
      trouble = e.what();
    }
  agree(comm, trouble);
  broadcast(comm, 0, text);
  try {
    problem.emplace(prepare(text, path, overrides, ranks));
  } catch (const UserError& e) {
    trouble = e.what();
  }
  agree(comm, trouble);
  return std::move(*problem);
}

Vector initial_state(const PhaseGrid& grid, const Problem& problem) {
  const Initial& initial = problem.input.initial;
  switch (initial.kind) {
    case InitialKind::deviation:
      return deviation_state(grid, *problem.h0);
    case InitialKind::box:
      return box_state(grid, initial.lower, initial.upper);
    case InitialKind::file:
      return tabulated_state(grid, read_density(initial.path, grid.distribution(), grid.spec.x_cells));
    default:
      return gaussian_state(grid, initial.components);
  }
}

namespace {

std::string cells_text(const GridSpec& g) {
  return g.x_cells == g.v_cells ? fmt::format("{}", g.x_cells) : fmt::format("[{}, {}]", g.x_cells, g.v_cells);
}

/// One finding about the data: thrown beyond a thousandth, told beyond a millionth.
void judge_error(const Problem& p, const std::string& key, const std::string& value, double error, const std::string& what,
                 std::vector<std::string>& told) {
  const std::string text = located(p.input, key, value, what);
  if (!(error <= 1e-3)) throw UserError(text, true);
  if (error > 1e-6) told.push_back(text);
}

std::string difference(const char* name, double grid, double truth, double error) {
  return error > 1e-6 ? fmt::format("{} is {:.6g} on this grid, {:.6g} in truth; ", name, grid, truth) : "";
}

}  // namespace

InitialCheck check_initial_state(const System& system, const Problem& p) {
  const Initial& initial = p.input.initial;
  const GridSpec& spec = p.input.grid;
  const Model& model = p.input.model;
  std::string trouble;
  Vector g;
  try {
    g = initial_state(system.grid, p);
  } catch (const UserError& e) {
    trouble = initial.kind == InitialKind::file ? located(p.input, "initial.path", in_quotes(initial.path), e.what())
                                                : located(p.input, "initial.h0", in_quotes(initial.h0), e.what());
  }
  agree(system.grid.comm, trouble);
  const InitialMeasure grid = measure_on_grid(system.generator, g.get());
  if (!(grid.mass > 0) || !std::isfinite(grid.norm2))
    throw UserError(
        located(p.input, "initial.kind", "", fmt::format("g has mass {:.3g} on this grid; allowed: positive and finite", grid.mass)), true);
  InitialCheck check;
  auto& told = check.told;
  const double C = p.theory.C, C_hat = p.theory.C_hat;
  const bool box = initial.kind == InitialKind::box, deviation = initial.kind == InitialKind::deviation,
             file = initial.kind == InitialKind::file;
  const Vector h = system.grid.vector();
  petsc(VecCopy(g.get(), h.get()));
  system.generator.add_maxwellian(-grid.mass, h.get());
  const double beyond = share_beyond(system.grid, file ? g.get() : h.get());
  if (file || deviation)
    judge_error(p, "grid.half_width", fmt::format("{}", spec.half_width), beyond,
                fmt::format("{:.2g} of {} lies beyond the box, by how it falls towards its edge; allowed: at most 1e-3 (data in the "
                            "weighted space, a box that holds them)",
                            beyond, file ? "‖g/M‖_*^2" : "‖h0‖_*^2"),
                told);
  // Whether the cells hold the data is no matter of the scheme's order: where its derivatives are too far off, those of order 8 decide.
  const auto decisive = [&](double error, const auto& error_of) {
    GridSpec best = spec;
    best.order = 8;
    if (error <= 1e-3 || spec.order == 8 || std::min(spec.x_cells, spec.v_cells) < 10) return error;
    const PhaseGrid cells(system.grid.comm, model, best);
    const Generator A(cells);
    const Vector state = initial_state(cells, p);
    return error_of(A, state.get()) <= 1e-3 ? 1e-3 : error;
  };
  if (file) {
    const auto doubt_of = [&](const Generator& A, Vec state) {
      A.add_maxwellian(-A.mass(state), state);
      return grid_doubt(A, state, A.observe(SteadyState(A), 1, state), C, C_hat).H;
    };
    const double doubt = doubt_of(system.generator, h.get()), held = decisive(doubt, doubt_of);
    judge_error(p, "initial.path", in_quotes(initial.path), held,
                fmt::format("H(0) is known to {:.2g} on this grid, whose cells do not resolve g; allowed: 1e-3 (finer data)", doubt), told);
    return check;
  }
  const InitialMeasure truth = box         ? measure_of(model, initial.lower, initial.upper)
                               : deviation ? measure_of(system.grid, *p.h0)
                                           : measure_of(model, initial.components);
  check.discontinuous = !truth.gradients;
  if (deviation && check.discontinuous)
    told.push_back(located(p.input, "initial.h0", in_quotes(initial.h0),
                           "h0 jumps: H(0) is infinite, its value grows with the grid (‖h‖_* does not)"));
  const InitialErrors e = errors(grid, truth, C, C_hat);
  if (e.largest() <= (deviation && check.discontinuous ? 1e-3 : 1e-6)) return check;  // sums of what jumps know it no better
  const double held =
      decisive(e.largest(), [&](const Generator& A, Vec state) { return errors(measure_on_grid(A, state), truth, C, C_hat).largest(); });
  const double wanted = e.largest() > 1e-3 ? 1e-3 : 1e-6;
  const GridSpec enough = box ? cells_that_would_do(model, spec, initial.lower, initial.upper, wanted)
                              : cells_that_would_do(model, spec, truth, e.largest(), wanted);
  const std::string what = difference("the mass of g", grid.mass, truth.mass, e.mass) +
                           difference("‖h‖_*", std::sqrt(std::max(0.0, grid.norm2)), std::sqrt(truth.norm2), e.h_norm) +
                           (truth.gradients ? difference("H", grid.H(C, C_hat), truth.H(C, C_hat), e.H) : "");
  const bool cut = 100 * beyond > e.largest();  // what the box cuts counts more in the gradients
  judge_error(p, cut ? "grid.half_width" : "grid.cells", cut ? fmt::format("{}", spec.half_width) : cells_text(spec), held,
              fmt::format("{}the grid holds the initial data to {:.2g}; {}{}", what, e.largest(), held > 1e-3 ? "allowed: 1e-3; " : "",
                          cut ? "a wider box would hold more of them"
                              : fmt::format("about {} cells would hold them to {:.0e}", cells_text(enough), wanted)),
              told);
  return check;
}

}  // namespace hypofp
