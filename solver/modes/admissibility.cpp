#include "solver/modes/admissibility.hpp"

#include <fmt/format.h>
#include <slepceps.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "operators/pair.hpp"
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

/// Largest real part of an eigenvalue; empty where the iteration did not converge.
std::optional<double> rightmost_eigenvalue(const Generator& generator) {
  const Matrix a = shell(generator);
  EPS eps = nullptr;
  petsc(EPSCreate(PETSC_COMM_SELF, &eps));
  const PetscOwner<EPS, EPSDestroy> owner(eps);
  petsc(EPSSetOperators(eps, a.get(), nullptr));
  petsc(EPSSetProblemType(eps, EPS_NHEP));
  petsc(EPSSetWhichEigenpairs(eps, EPS_LARGEST_REAL));
  petsc(EPSSetDimensions(eps, 1, 32, PETSC_DEFAULT));
  petsc(EPSSetTolerances(eps, 1e-5, 40));
  const Vector start = generator.maxwellian();
  petsc(VecShift(start.get(), 1e-3));
  Vec space[1] = {start.get()};
  petsc(EPSSetInitialSpace(eps, 1, space));
  petsc(EPSSolve(eps));
  PetscInt found = 0;
  petsc(EPSGetConverged(eps, &found));
  PetscScalar re = 0, im = 0;
  if (found == 0) return {};
  petsc(EPSGetEigenvalue(eps, 0, &re, &im));
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

/// Judged on one line and one box.
class Line {
 public:
  Line(const Model& model, const GridSpec& spec, const EpsilonField& eps)
      : pair_(model, spec, eps), F_(steady_state_direct(pair_.generator, 1.0)) {
    // the matrix's size is of order 1 or more here, so a residual against 1 is a strict one
    if (!(F_.residual <= 1e-8 * pair_.generator.norm_bound()))
      unknown = fmt::format("F was not found on a line: residual {:.2g}", F_.residual);
  }
  double norm() const { return F_.norm; }
  double edge() const { return pair_.generator.edge_share(F_.phi.get()); }
  double abscissa() const { return numerical_abscissa(pair_.generator, 400); }
  double rightmost() {
    const std::optional<double> found = rightmost_eigenvalue(pair_.generator);
    if (!found) unknown = "the rightmost eigenvalue on a line was not found";
    return found.value_or(0);
  }
  std::string unknown;

 private:
  const Pair pair_;
  const SteadyState F_;
};

}  // namespace

Admissibility judge(const Model& model, const GridSpec& spec, const EpsilonField& epsilon) {
  Admissibility a;
  a.perturbed = static_cast<bool>(epsilon);
  a.mu = gap(model);
  if (!epsilon) return a;
  const GaussianAxis x(spec.x_cells, spec.half_width, spec.order), v(spec.v_cells, spec.half_width, spec.order);
  a.edge_share_of_M = 1 - std::pow((1 - 2 * x.s[0] * x.s[0]) * (1 - 2 * v.s[0] * v.s[0]), model.dimension);
  for (const auto& u : directions(model.dimension)) {
    const EpsilonField eps = along(epsilon, u);
    Line now(model, line_grid(spec, 0), eps), wider(model, line_grid(spec, 1.5), eps), narrower(model, line_grid(spec, -1.5), eps);
    const double step = std::abs(wider.norm() / now.norm() - 1), earlier = std::abs(now.norm() / narrower.norm() - 1), edge = now.edge();
    // what the grid alone does to the norm, seen by refining it, is no growth
    const double noise = step > 1e-6 ? std::abs(Line(model, line_grid(spec, 0, 1.25), eps).norm() / now.norm() - 1) : 0;
    const bool grows = step > 3 * noise;
    a.grid_noise = std::max(a.grid_noise, noise);
    a.diverging = a.diverging || (grows && step > 1e-6 && step >= earlier && edge > std::max(1e-4, 10 * a.edge_share_of_M));
    a.edge_share_of_F = std::max(a.edge_share_of_F, edge);
    a.growth_of_F = std::max(a.growth_of_F, grows ? step : 0.0);
    a.abscissa_lines = a.numerical_abscissa = std::max(a.numerical_abscissa, now.abscissa());
    a.abscissa_wider = std::max(a.abscissa_wider, wider.abscissa());
    a.growing_mode = std::max({a.growing_mode, now.rightmost(), wider.rightmost()});
    for (const Line* line : {&now, &wider, &narrower})
      if (!line->unknown.empty()) a.unknown = line->unknown;
  }
  return a;
}

Admissibility::Judgement Admissibility::judgement() const {
  if (!perturbed) return {"admissible", "eps = 0: F = M"};
  std::vector<std::string> against, doubts;
  if (growing_mode > 0.02 * mu)
    against.push_back(fmt::format(
        "the discrete generator has a growing mode, Re = {:.3g}: eps is too large at the edge of the box for this grid", growing_mode));
  if (diverging || !(growth_of_F < 0.05))
    against.push_back(
        fmt::format("‖F/M‖_* changes by {:.2g} (relative) when the box grows by 1.5 standard deviations, more than for the 1.5 before: F "
                    "is not in the weighted space",
                    growth_of_F));
  else if (growth_of_F > 1e-4)
    doubts.push_back(fmt::format("‖F/M‖_* still changes by {:.2g} (relative) when the box grows by 1.5 standard deviations", growth_of_F));
  if (grid_noise > 1e-3)
    doubts.push_back(
        fmt::format("‖F/M‖_* changes by {:.2g} (relative) when the cells are refined by 1.25: the grid does not resolve eps", grid_noise));
  const bool edge = edge_share_of_F > 10 * edge_share_of_M;
  if (edge && edge_share_of_F > 1e-2)
    against.push_back(fmt::format("{:.2g} of ‖F/M‖_*^2 stands in the outermost cells", edge_share_of_F));
  else if (edge && edge_share_of_F > 1e-6)
    doubts.push_back(fmt::format("{:.2g} of ‖F/M‖_*^2 stands in the outermost cells", edge_share_of_F));
  if (abscissa_wider > 1.15 * abscissa_lines && abscissa_wider > 0.5 * mu)
    doubts.push_back(
        fmt::format("the numerical abscissa grows with the box, {:.3g} to {:.3g}: transient growth of ‖h‖_* is not bounded by the "
                    "equation, only by the grid",
                    abscissa_lines, abscissa_wider));
  if (!unknown.empty()) doubts.push_back(unknown);
  const auto& reasons = against.empty() ? doubts : against;
  return {!against.empty()  ? "inadmissible"
          : !doubts.empty() ? "doubtful"
                            : "admissible",
          reasons.empty() ? "F lies in the weighted space: norm and edge do not change with the box"
                          : fmt::format("{}", fmt::join(reasons, "; "))};
}

}  // namespace hypofp
