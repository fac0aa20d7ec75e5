#include "solver/modes/admissibility.hpp"

#include <fmt/format.h>
#include <slepceps.h>

#include <algorithm>
#include <cmath>

#include "operators/functionals.hpp"
#include "operators/numerical_range.hpp"
#include "operators/theory.hpp"
#include "solver/modes/steady_state.hpp"

namespace hypofp {
namespace {

/// Unit vectors along the axes and the diagonals, one of each pair +-u.
std::vector<std::vector<double>> directions(int d) {
  std::vector<std::vector<double>> result;
  int combinations = 1;
  for (int i = 0; i < d; ++i) combinations *= 3;
  for (int c = combinations / 2 + 1; c < combinations; ++c) {  // the second half: first nonzero component positive
    std::vector<double> u(d);
    int rest = c;
    double square = 0;
    for (int i = d - 1; i >= 0; --i, rest /= 3) u[i] = rest % 3 - 1, square += u[i] * u[i];
    for (double& e : u) e /= std::sqrt(square);
    result.push_back(std::move(u));
  }
  return result;
}

/// eps along a line: theta = s u, the component along u.
EpsilonField along(const EpsilonField& epsilon, const std::vector<double>& u) {
  return [&epsilon, u](int, const double* s, std::size_t n, double* out) {
    const int d = static_cast<int>(u.size());
    std::vector<double> theta(n * d), value(n);
    for (std::size_t p = 0; p < n; ++p)
      for (int i = 0; i < d; ++i) theta[p * d + i] = s[p] * u[i];
    std::fill(out, out + n, 0.0);
    for (int i = 0; i < d; ++i) {
      if (u[i] == 0) continue;
      epsilon(i, theta.data(), n, value.data());
      for (std::size_t p = 0; p < n; ++p) out[p] += u[i] * value[p];
    }
  };
}

double rightmost_eigenvalue(const Generator& generator) {
  const Matrix a = generator.shell();
  EPS eps = nullptr;
  petsc(EPSCreate(PETSC_COMM_SELF, &eps));
  const PetscOwner<EPS, EPSDestroy> owner(eps);
  petsc(EPSSetOperators(eps, a.get(), nullptr));
  petsc(EPSSetProblemType(eps, EPS_NHEP));
  petsc(EPSSetWhichEigenpairs(eps, EPS_LARGEST_REAL));
  petsc(EPSSetDimensions(eps, 1, 32, PETSC_DEFAULT));
  petsc(EPSSetTolerances(eps, 1e-5, 40));
  const Vector start = generator.grid().maxwellian();
  petsc(VecShift(start.get(), 1e-3));
  Vec space[1] = {start.get()};
  petsc(EPSSetInitialSpace(eps, 1, space));
  petsc(EPSSolve(eps));
  PetscInt found = 0;
  petsc(EPSGetConverged(eps, &found));
  PetscScalar re = 0, im = 0;
  if (found > 0) petsc(EPSGetEigenvalue(eps, 0, &re, &im));
  return re;
}

/// The case's axes for a d = 1 line, with a box wider by `wider` standard deviations and cells smaller by `finer`; the spacing is the
/// case's, but not below a 40th of the box.
GridSpec line_grid(GridSpec spec, double wider, double finer = 1) {
  const double spacing = std::max(2 * spec.half_width / spec.x_cells, 2 * spec.half_width / 40) / finer;
  spec.half_width += wider;
  spec.x_cells = spec.v_cells = static_cast<int>(std::lround(2 * spec.half_width / spacing));
  spec.order = std::min(spec.order, 6);
  return spec;
}

/// ‖F/M‖_* alone.
double norm_of_F(const Model& one, const GridSpec& spec, const EpsilonField& eps) {
  const PhaseGrid grid(PETSC_COMM_SELF, one, spec);
  return steady_state_direct(Generator(grid, eps), 1.0).norm;
}

struct Line {
  double norm, edge, abscissa, rightmost;
};

Line judge_line(const Model& one, const GridSpec& spec, const EpsilonField& eps) {
  const PhaseGrid grid(PETSC_COMM_SELF, one, spec);
  const Generator generator(grid, eps);
  const SteadyState F = steady_state_direct(generator, 1.0);
  return {F.norm, edge_share(grid, F.phi.get()), numerical_abscissa(generator, 400), rightmost_eigenvalue(generator)};
}

}  // namespace

Admissibility judge(const Model& model, const GridSpec& spec, const EpsilonField& epsilon) {
  Admissibility a;
  if (!epsilon) return a;
  Model one = model;
  one.dimension = 1;
  const GaussianAxis x(spec.x_cells, spec.half_width, spec.order), v(spec.v_cells, spec.half_width, spec.order);
  a.edge_share_of_M = 1 - std::pow((1 - 2 * x.s[0] * x.s[0]) * (1 - 2 * v.s[0] * v.s[0]), model.dimension);
  for (const auto& u : directions(model.dimension)) {
    const EpsilonField eps = along(epsilon, u);
    const Line now = judge_line(one, line_grid(spec, 0), eps), then = judge_line(one, line_grid(spec, 1.5), eps);
    const double before = norm_of_F(one, line_grid(spec, -1.5), eps);
    const double step = std::abs(then.norm / now.norm - 1), earlier = std::abs(now.norm / before - 1);
    // what the grid alone does to the norm, seen by refining it, is no growth
    const double noise = step > 1e-6 ? std::abs(norm_of_F(one, line_grid(spec, 0, 1.25), eps) / now.norm - 1) : 0;
    const bool grows = step > 3 * noise;
    a.grid_noise = std::max(a.grid_noise, noise);
    a.diverging = a.diverging || (grows && step > 1e-6 && step >= earlier && now.edge > std::max(1e-4, 10 * a.edge_share_of_M));
    a.edge_share_of_F = std::max(a.edge_share_of_F, now.edge);
    a.growth_of_F = std::max(a.growth_of_F, grows ? step : 0.0);
    a.numerical_abscissa = std::max(a.numerical_abscissa, now.abscissa);
    a.abscissa_wider = std::max(a.abscissa_wider, then.abscissa);
    a.growing_mode = std::max({a.growing_mode, now.rightmost, then.rightmost});
  }
  return a;
}

void decide(Admissibility& a, double mu) {
  std::vector<std::string> against, doubts;
  if (a.growing_mode > 0.02 * mu)
    against.push_back(fmt::format("the discrete generator has a growing mode, Re = {:.3g}: eps is too large at the edge of the box for this grid", a.growing_mode));
  if (a.diverging || !(a.growth_of_F < 0.05))
    against.push_back(fmt::format("‖F/M‖_* changes by {:.2g} (relative) when the box grows by 1.5 standard deviations, more than for the 1.5 before: F is not in the weighted space", a.growth_of_F));
  else if (a.growth_of_F > 1e-4)
    doubts.push_back(fmt::format("‖F/M‖_* still changes by {:.2g} (relative) when the box grows by 1.5 standard deviations", a.growth_of_F));
  if (a.grid_noise > 1e-3)
    doubts.push_back(fmt::format("‖F/M‖_* changes by {:.2g} (relative) when the cells are refined by 1.25: the grid does not resolve eps", a.grid_noise));
  const bool edge = a.edge_share_of_F > 10 * a.edge_share_of_M;
  if (edge && a.edge_share_of_F > 1e-2)
    against.push_back(fmt::format("{:.2g} of ‖F/M‖_*^2 stands in the outermost cells", a.edge_share_of_F));
  else if (edge && a.edge_share_of_F > 1e-6)
    doubts.push_back(fmt::format("{:.2g} of ‖F/M‖_*^2 stands in the outermost cells", a.edge_share_of_F));
  if (a.abscissa_wider > 1.15 * a.numerical_abscissa && a.abscissa_wider > 0.5 * mu)
    doubts.push_back(fmt::format("the numerical abscissa grows with the box, {:.3g} to {:.3g}: transient growth of ‖h‖_* is not bounded by the equation, only by the grid",
                                 a.numerical_abscissa, a.abscissa_wider));
  const auto& reasons = against.empty() ? doubts : against;
  a.verdict = !against.empty() ? "inadmissible" : !doubts.empty() ? "doubtful" : "admissible";
  a.why = reasons.empty() ? "F lies in the weighted space: norm and edge do not change with the box" : fmt::format("{}", fmt::join(reasons, "; "));
}

}  // namespace hypofp
