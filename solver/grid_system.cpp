#include "solver/grid_system.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/initial_file.hpp"
#include "operators/functionals.hpp"
#include "solver/judgement/initial_data.hpp"
#include "solver/judgement/rates.hpp"
#include "solver/problem.hpp"

namespace hypofp {
namespace {

/// phi of g(0) on some grid of the case.
Vector state_on(const PhaseGrid& grid, const Problem& problem) {
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

GridSystem::GridSystem(MPI_Comm comm, const Setting& setting)
    : System(setting), grid(comm, setting.model, setting.grid), generator(grid, setting.epsilon) {}

Vector GridSystem::initial_state(const Problem& problem) const { return state_on(grid, problem); }

double GridSystem::rate_floor() const {
  const double ratio = grid.model.omega0 / grid.model.gamma;
  return 4 * std::max(linear_mode_error(grid.x, ratio), linear_mode_error(grid.v, ratio));
}

std::string GridSystem::description() const {
  return fmt::format("{} x {} cells an axis pair, half-width {}, order {}", grid.spec.x_cells, grid.spec.v_cells, grid.spec.half_width,
                     grid.spec.order);
}

InitialCheck GridSystem::check_initial_state(const Problem& p) {
  const Initial& initial = p.input.initial;
  const GridSpec& spec = p.input.grid;
  const Model& model = p.input.model;
  std::string trouble;
  Vector g;
  try {
    g = state_on(grid, p);
  } catch (const UserError& e) {
    trouble = initial.kind == InitialKind::file ? located(p.input, "initial.path", in_quotes(initial.path), e.what())
                                                : located(p.input, "initial.h0", in_quotes(initial.h0), e.what());
  }
  agree(grid.comm, trouble);
  const InitialMeasure measured = measure_on_grid(generator, g.get());
  if (!(measured.mass > 0) || !std::isfinite(measured.norm2))
    throw UserError(
        located(p.input, "initial.kind", "", fmt::format("g has mass {:.3g} on this grid; allowed: positive and finite", measured.mass)),
        true);
  InitialCheck check;
  auto& told = check.told;
  const double C = p.theory.C, C_hat = p.theory.C_hat;
  const bool box = initial.kind == InitialKind::box, deviation = initial.kind == InitialKind::deviation,
             file = initial.kind == InitialKind::file;
  const Vector h = grid.vector();
  petsc(VecCopy(g.get(), h.get()));
  generator.add_maxwellian(-measured.mass, h.get());
  const double beyond = share_beyond(grid, file ? g.get() : h.get());
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
    const PhaseGrid cells(grid.comm, model, best);
    const Generator A(cells);
    const Vector state = state_on(cells, p);
    return error_of(A, state.get()) <= 1e-3 ? 1e-3 : error;
  };
  if (file) {
    const auto doubt_of = [&](const Generator& A, Vec state) {
      A.add_maxwellian(-A.mass(state), state);
      return A.doubt(state, A.observe(SteadyState(A), 1, state), C, C_hat).H;
    };
    const double doubt = doubt_of(generator, h.get()), held = decisive(doubt, doubt_of);
    judge_error(p, "initial.path", in_quotes(initial.path), held,
                fmt::format("H(0) is known to {:.2g} on this grid, whose cells do not resolve g; allowed: 1e-3 (finer data)", doubt), told);
    return check;
  }
  const InitialMeasure truth = box         ? measure_of(model, initial.lower, initial.upper)
                               : deviation ? measure_of(grid, *p.h0)
                                           : measure_of(model, initial.components);
  check.discontinuous = !truth.gradients;
  if (deviation && check.discontinuous)
    told.push_back(located(p.input, "initial.h0", in_quotes(initial.h0),
                           "h0 jumps: H(0) is infinite, its value grows with the grid (‖h‖_* does not)"));
  const InitialErrors e = errors(measured, truth, C, C_hat);
  if (e.largest() <= (deviation && check.discontinuous ? 1e-3 : 1e-6)) return check;  // sums of what jumps know it no better
  const double held =
      decisive(e.largest(), [&](const Generator& A, Vec state) { return errors(measure_on_grid(A, state), truth, C, C_hat).largest(); });
  const double wanted = e.largest() > 1e-3 ? 1e-3 : 1e-6;
  const GridSpec enough = box ? cells_that_would_do(model, spec, initial.lower, initial.upper, wanted)
                              : cells_that_would_do(model, spec, truth, e.largest(), wanted);
  const std::string what = difference("the mass of g", measured.mass, truth.mass, e.mass) +
                           difference("‖h‖_*", std::sqrt(std::max(0.0, measured.norm2)), std::sqrt(truth.norm2), e.h_norm) +
                           (truth.gradients ? difference("H", measured.H(C, C_hat), truth.H(C, C_hat), e.H) : "");
  const bool cut = 100 * beyond > e.largest();  // what the box cuts counts more in the gradients
  judge_error(p, cut ? "grid.half_width" : "grid.cells", cut ? fmt::format("{}", spec.half_width) : cells_text(spec), held,
              fmt::format("{}the grid holds the initial data to {:.2g}; {}{}", what, e.largest(), held > 1e-3 ? "allowed: 1e-3; " : "",
                          cut ? "a wider box would hold more of them"
                              : fmt::format("about {} cells would hold them to {:.0e}", cells_text(enough), wanted)),
              told);
  return check;
}

}  // namespace hypofp
