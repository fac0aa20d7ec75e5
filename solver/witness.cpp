#include "solver/witness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "grids/entries.hpp"
#include "io/initial_file.hpp"
#include "operators/hermite/evaluation.hpp"
#include "solver/problem.hpp"

namespace hypofp {
namespace {

/// The whole of a grid's cells on one rank.
Distribution whole(int dimension, const GridSpec& spec) {
  std::size_t positions = 1;
  for (int i = 0; i < dimension; ++i) positions *= spec.x_cells;
  const int n = spec.v_cells;
  return {dimension, {n, n, n}, {0, 0, 0}, {n, n, n}, positions};
}

Projection projection_of(const HermiteSpace& space, const Problem& problem) {
  const Initial& initial = problem.input.initial;
  const GridSpec& grid = problem.input.grid;
  switch (initial.kind) {
    case InitialKind::deviation:
      return project(space, *problem.h0);
    case InitialKind::box:
      return project(space, initial.lower, initial.upper);
    case InitialKind::file:
      return project(space, grid, read_density(initial.path, whole(space.d(), grid), grid.x_cells));
    default:
      return project(space, initial.components);
  }
}

/// Where [initial] says what the data are.
std::pair<std::string, std::string> data_key(const Case& c) {
  switch (c.initial.kind) {
    case InitialKind::deviation:
      return {"initial.h0", in_quotes(c.initial.h0)};
    case InitialKind::file:
      return {"initial.path", in_quotes(c.initial.path)};
    default:
      return {"initial.kind", ""};
  }
}

std::string hint(const Problem& p) {
  switch (p.input.initial.kind) {
    case InitialKind::box:
      return "; a box is discontinuous: its coefficients hardly fall";
    case InitialKind::gaussian:
    case InitialKind::mixture:
      return "; Gaussians near twice M's covariance, far away, or much narrower than M converge slowly";
    default:
      return "";
  }
}

const std::vector<int>& ladder(int dimension) {
  static const std::vector<int> degrees[] = {
      {8, 12, 18, 24, 30, 36, 48, 64, 84, 110, 150}, {6, 8, 10, 12, 14, 17, 20, 24, 28}, {4, 6, 8, 10, 12, 14, 16, 18}};
  return degrees[dimension - 1];
}

double bytes_at(const Problem& p, int degree) { return HermiteGenerator::bytes(p.input.model.dimension, degree, p.input.perturbed()); }

/// Grows the degree until the tails are below `wanted` or the next one costs more multiply-adds or bytes than allowed.
WitnessChoice grown(const Problem& p, double wanted, double most, double most_bytes, bool alone) {
  WitnessChoice best;
  for (int degree : ladder(p.input.model.dimension)) {
    const double work = witness_work(p, degree);
    if (work > most) {
      best.why = fmt::format("degree {} would cost {:.2g} multiply-adds, allowed are {:.2g}", degree, work, most);
      break;
    }
    if (bytes_at(p, degree) > most_bytes) {
      best.why = fmt::format("degree {} would take {:.2g} GB, allowed are {:.2g}", degree, bytes_at(p, degree) / 1e9, most_bytes / 1e9);
      break;
    }
    auto next = std::make_unique<Witness>(p.setting(), degree, alone);
    const double tail = next->tails(p).largest();
    best = {std::move(next), fmt::format("its tails are below {:.2g}", wanted)};
    if (tail <= wanted) break;
    best.why = fmt::format("the highest degree there is; its tails are {:.2g}, wanted were {:.2g}", tail, wanted);
  }
  return best;
}

}  // namespace

Witness::Witness(const Setting& setting, int degree, bool alone)
    : System([](Setting s) {
        s.propagator = PropagatorKind::chebyshev;
        return s;
      }(setting)),
      generator(setting.model, degree, setting.epsilon, alone) {}

const Projection& Witness::projection(const Problem& problem) const {
  if (!projection_) projection_ = projection_of(generator.space(), problem);
  return *projection_;
}

Vector Witness::initial_state(const Problem& problem) const {
  Vector phi = generator.vector();
  put(projection(problem).coefficients, phi.get());
  return phi;
}

Witness::Tails Witness::tails(const Problem& problem) {
  const Projection& g = projection(problem);
  const SteadyState& steady = F();
  const auto cut = [&](Vec phi) {
    const ReadArray u(phi);
    return beyond(generator.space().products_by_degree(u, u));
  };
  const auto share = [](double part, double norm) { return norm > 0 ? part / (norm * norm) : 0.0; };
  const Vector h = initial_state(problem);
  steady.take_out(g.coefficients(0), h.get());
  const double norm = norm_of(h.get());
  Tails t{share(cut(h.get()) + g.missing * g.coefficients.squaredNorm(), norm), 0};
  if (steady.is_maxwellian()) return t;
  // what eps has beyond the degree would make more of F - M, by as much as what it has within has made
  const double m = std::min(generator.missing_epsilon(), 0.999), made = steady.norm * steady.norm - 1;
  t.F = share(std::max(cut(steady.phi.get()), made * m / (1 - m)), steady.norm) + generator.quadrature_error();
  return t;
}

InitialCheck Witness::check_initial_state(const Problem& problem) {
  const Tails tails = this->tails(problem);
  const auto [key, value] = data_key(problem.input);
  const std::string what = fmt::format("{:.2g} of ‖h‖_*^2 lies beyond degree {}{}", tails.h, generator.space().degree, hint(problem));
  if (!(tails.h <= 1e-3))
    throw UserError(located(problem.input, key, value, what + "; allowed: at most 1e-3 (a higher witness.degree, or the grid)"), true);
  InitialCheck check;
  if (tails.h > 1e-6) check.told.push_back(located(problem.input, key, value, what));
  if (tails.F > 1e-6) check.told.push_back(fmt::format("{:.2g} of ‖F/M‖_*^2 lies beyond degree {}", tails.F, generator.space().degree));
  return check;
}

Distribution Witness::distribution() const {
  return {1, {1, 1, 1}, {0, 0, 0}, {1, 1, 1}, static_cast<std::size_t>(generator.space().size())};
}

Marginals Witness::marginals(Vec phi) const {
  return hypofp::marginals(generator.space(), ReadArray(phi), MarginalAxes(setting().model, setting().grid));
}

std::string Witness::description() const {
  return fmt::format("Hermite-Galerkin of degree {}: {} unknowns", generator.space().degree, generator.space().size());
}

double witness_work(const Problem& p, int degree) {
  const Case& c = p.input;
  const Model& m = c.model;
  const bool perturbed = c.perturbed();
  // an expansion takes some 1.5 applications a unit of the numerical radius; F and the range take hundreds
  const double applications = 1.5 * degree * std::max(m.gamma, m.omega0) * c.time.end + (perturbed ? 360 : 40);
  const double rows = std::min(c.time.end / c.time.interval, 40 + 20 * c.time.end * gap(m));
  return (applications + 4 * rows) * (HermiteGenerator::work(m.dimension, degree, perturbed) + 3000);
}

double witness_bytes(const Problem& p, const Witness& w) { return p.estimate.ranks * bytes_at(p, w.generator.space().degree); }

WitnessChoice witness_alone(const Problem& p) {
  const WitnessSettings& w = p.input.witness;
  const double free = available_bytes();
  if (w.degree == WitnessSettings::off)
    throw UserError(located(p.input, "witness.degree", "\"off\"", "allowed with --by witness: \"auto\" or a degree"));
  if (w.degree == WitnessSettings::automatic) {
    WitnessChoice choice = grown(p, p.input.time.tolerance, 2e10, 0.5 * free, true);
    if (!choice.witness) throw UserError("the witness is too dear for this case: " + choice.why);
    return choice;
  }
  if (bytes_at(p, w.degree) > free)
    throw UserError(located(p.input, "witness.degree", fmt::format("{}", w.degree),
                            fmt::format("needs about {:.3g} GB; {:.3g} GB are available", bytes_at(p, w.degree) / 1e9, free / 1e9)));
  return {std::make_unique<Witness>(p.setting(), w.degree, true), "its degree is the case's"};
}

WitnessChoice witness_beside_grid(const Problem& p) {
  const WitnessSettings& w = p.input.witness;
  if (w.degree == WitnessSettings::off) return {nullptr, "witness.degree = \"off\""};
  const Estimate& grid = p.estimate;
  const double free = (grid.available_bytes - grid.peak_bytes) / grid.ranks;  // each rank has a witness of its own
  try {
    if (w.degree != WitnessSettings::automatic) {
      if (bytes_at(p, w.degree) > free) return {nullptr, "no memory is left for it beside the grid"};
      return {std::make_unique<Witness>(p.setting(), w.degree, false), "its degree is the case's"};
    }
    const double work = std::min(2e10, std::max(8e7, 0.1 * grid.multiply_adds)), bytes = std::max(5e6, 0.1 * 8 * grid.vectors * grid.cells);
    WitnessChoice choice = grown(p, p.input.time.tolerance, work, std::min(bytes, free), false);
    if (!choice.witness) return {nullptr, "it would take more than a tenth of the run's work or memory: " + choice.why};
    const double tail = choice.witness->tails(p).largest();
    if (!(tail <= w.tolerance))
      return {nullptr, fmt::format("at degree {} {:.2g} of its squares lie beyond, more than witness.tolerance = {:.2g}{} ({})",
                                   choice.witness->generator.space().degree, tail, w.tolerance, hint(p), choice.why)};
    return choice;
  } catch (const UserError& e) {
    return {nullptr, e.what()};
  }
}

}  // namespace hypofp
