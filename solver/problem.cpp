#include "solver/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hypofp {
namespace {

/// Where eps stands in the case, and its text.
std::string epsilon_key(const Case& c) {
  return c.table ? "table.taper" : c.perturbation.potential.empty() ? "perturbation.epsilon" : "perturbation.potential";
}
std::string epsilon_text(const Case& c) {
  if (c.table) return fmt::format("{}", c.table->taper);
  return in_quotes(c.perturbation.potential.empty() ? fmt::format("{}", fmt::join(c.perturbation.epsilon, "\", \""))
                                                    : c.perturbation.potential);
}

void broadcast(MPI_Comm comm, int from, std::string& text) {
  int length = static_cast<int>(text.size());
  MPI_Bcast(&length, 1, MPI_INT, from, comm);
  text.resize(length);
  MPI_Bcast(text.data(), length, MPI_CHAR, from, comm);
}

/// The table's loss as an expression; for the PDE it is tapered, for eps = grad f - omega0^2 theta of a loss whose gradient is bounded
/// leaves F outside the weighted space.
void compile_table(Problem& p) {
  const Case& c = p.input;
  const int d = c.model.dimension;
  try {
    const std::string V = c.table->fit->potential(c.model.omega0);
    p.untapered = std::make_unique<Epsilon>(Epsilon::from_potential(V, d, derived));
    p.epsilon = std::make_unique<Epsilon>(Epsilon::from_potential(tapered(V, d, c.table->taper * c.model.sigma_theta()), d, derived));
  } catch (const ExpressionError&) {
    throw UserError(located(c, "table.predictors", "",
                            fmt::format("the rows take {} different values, too many for an expression; allowed: fewer, by predictors of "
                                        "few values",
                                        c.table->fit->records.predictors.rows())));
  }
}

void compile(Problem& p) {
  const Case& c = p.input;
  const Perturbation& eps = c.perturbation;
  const auto compiled = [&](const std::string& potential, const std::vector<std::string>& components) {
    return std::make_unique<Epsilon>(potential.empty() ? Epsilon::from_components(components)
                                                       : Epsilon::from_potential(potential, c.model.dimension));
  };
  if (c.table) compile_table(p);
  try {
    if (eps.given()) p.epsilon = compiled(eps.potential, eps.epsilon);  // as written: a finding names the character
    if (eps.given() && eps.scale != 1) {
      std::vector<std::string> components;
      for (const std::string& e : eps.epsilon) components.push_back(eps.scaled(e));
      p.epsilon = eps.present() ? compiled(eps.potential.empty() ? "" : eps.scaled(eps.potential), components) : nullptr;
    }
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
  if (eps == 0 || p.by == By::witness) return;
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

EpsilonField Problem::field() const {
  if (!epsilon) return {};
  return [e = epsilon.get()](int i, const double* theta, std::size_t n, double* out) { e->values(i, theta, n, out); };
}

Setting Problem::setting() const {
  return {input.model, input.grid, field(), input.time.propagator, input.time.tolerance, input.time.interval};
}

Problem prepare(const std::string& text, const std::string& path, const std::vector<std::string>& overrides, int ranks, By by) {
  Problem p;
  p.by = by;
  p.input = read_case_text(text, path, overrides);
  compile(p);
  p.theory = theory_of(p.input.model, p.input.grid, p.epsilon.get(), p.input.lyapunov);
  check_lyapunov(p);
  check_epsilon(p);
  p.estimate.ranks = ranks;
  if (by == By::grid) {
    check_initial(p);
    p.estimate = estimate(p.input, ranks);
  }
  try {
    p.admissibility = judge(p.input.model, p.input.grid, p.field());
  } catch (const ComputationError& e) {  // too large, or too rough, for any F
    throw UserError(located(p.input, epsilon_key(p.input), epsilon_text(p.input), fmt::format("inadmissible: on a line, {}", e.what())));
  }
  const auto [verdict, why] = p.admissibility.judgement();
  if (verdict == "inadmissible") throw UserError(located(p.input, epsilon_key(p.input), epsilon_text(p.input), "inadmissible: " + why));
  if (verdict == "doubtful") p.warnings.push_back("eps is doubtful: " + why);
  return p;
}

std::string read_together(MPI_Comm comm, const std::string& path) {
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
  return text;
}

Problem prepare_together(MPI_Comm comm, const std::string& path, const std::vector<std::string>& overrides, By by,
                         const std::optional<std::string>& text) {
  int ranks = 1;
  MPI_Comm_size(comm, &ranks);
  std::optional<Problem> problem;
  std::string trouble;
  const std::string read = text ? *text : read_together(comm, path);
  try {
    problem.emplace(prepare(read, path, overrides, ranks, by));
  } catch (const UserError& e) {
    trouble = e.what();
  }
  agree(comm, trouble);
  return std::move(*problem);
}

}  // namespace hypofp
