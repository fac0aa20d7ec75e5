#include "solver/estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "grids/phase_grid.hpp"
#include "operators/numerical_range.hpp"
#include "solver/flow/ellipse.hpp"
#include "solver/modes/steady_state.hpp"

namespace hypofp {

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

std::size_t outputs_per_expansion(double cells) { return static_cast<std::size_t>(std::clamp(4e6 / cells, 2.0, 32.0)); }

Estimate estimate(const Case& c, int ranks) {
  Estimate e;
  e.ranks = ranks;
  const bool perturbed = c.perturbation.present();
  const int d = c.model.dimension;
  if (split_ranks(ranks, d, c.grid.v_cells)[0] == 0)
    throw UserError(located(c, "grid.cells", fmt::format("[{}, {}]", c.grid.x_cells, c.grid.v_cells),
                            fmt::format("{} ranks can't share {}^{} v-cells; allowed: numbers of ranks that factor into at most {} along each v-axis",
                                        ranks, c.grid.v_cells, d, c.grid.v_cells)));
  e.cells = std::pow(static_cast<double>(c.grid.x_cells) * c.grid.v_cells, d);
  const double block = std::pow(c.grid.x_cells, d), v_cells = e.cells / block;
  if (e.cells > 2147483647.0)
    throw UserError(located(c, "grid.cells", fmt::format("[{}, {}]", c.grid.x_cells, c.grid.v_cells),
                            fmt::format("{:.4g} unknowns; allowed: at most 2147483647 (this PETSc's index type), {} cells an axis", e.cells,
                                        static_cast<int>(std::floor(std::pow(2147483647.0, 0.5 / d))))));
  const double stored = v_cells * static_cast<double>(block_entries(d, c.grid.x_cells));
  double ghosts = 0;  // slabs r wide on both sides of every cut, of phi and each eps_i
  for (int cuts : split_ranks(ranks, d, c.grid.v_cells))
    ghosts += 2.0 * (cuts - 1) * (c.grid.order / 2) * v_cells / c.grid.v_cells * block * (perturbed ? d + 1 : 1);
  e.available_bytes = available_bytes();
  const auto hold = [&](double vectors) {
    e.vectors = vectors;
    e.peak_bytes = 8 * (vectors * stored + ghosts) + ranks * ((perturbed ? 5.7e7 : 5.2e7) + block * 8 * (10 + 4 * d));
    if (e.peak_bytes > e.available_bytes)
      throw UserError(located(c, "grid.cells", fmt::format("[{}, {}]", c.grid.x_cells, c.grid.v_cells),
                              fmt::format("{:.4g} cells need about {:.3g} GB ({:.0f} vectors); {:.3g} GB are available", e.cells, e.peak_bytes / 1e9,
                                          e.vectors, e.available_bytes / 1e9)));
  };
  hold(5 + (perturbed ? d + 1 : 0));  // at least, before anything is tried
  // what evolves: the state at either end of an advance, one more of the recurrence, the outputs; with eps F and eps itself (without, M for a moment at the
  // end, when one of these is free). Before, F is found: the matrix and its factors, or Krylov's six vectors. A snapshot of d = 1 holds its fields, whole.
  const std::vector<double> support = unperturbed_support(c.model, c.grid);
  const EllipseChoice choice = choose_ellipse(support, 0.05 * c.time.tolerance, std::min(4.0, c.time.end));
  const double outputs = static_cast<double>(best_outputs(choice, 0.05 * c.time.tolerance, c.time.interval, outputs_per_expansion(e.cells)));
  const double evolving = c.time.propagator == PropagatorKind::chebyshev ? 3 + outputs + perturbed : c.time.propagator == PropagatorKind::ts ? 12 : 36;
  const double fields = d == 1 && c.output.fields_interval > 0 ? 15 : 0;
  const double finding_F = d == 1 && e.cells <= direct_limit ? 700 : 6;
  hold(perturbed ? d + std::max(evolving + fields, finding_F) : evolving + fields);
  const double tau = std::min(choice.tau, std::max(outputs * c.time.interval, std::min(c.time.interval, choice.tau)));
  e.applications = std::ceil(c.time.end / tau) * expected_terms(choice.ellipse, tau, 0.05 * c.time.tolerance) + c.time.end / c.time.interval;
  if (perturbed) e.applications += 1200;
  return e;
}

}  // namespace hypofp
