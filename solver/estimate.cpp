#include "solver/estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "grids/phase_grid.hpp"
#include "operators/numerical_range.hpp"
#include "solver/ellipse.hpp"

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

std::size_t outputs_per_expansion(double cells, bool perturbed) {
  return static_cast<std::size_t>(std::clamp(4e6 / cells, perturbed ? 2.0 : 3.0, 32.0));
}

Estimate estimate(const Case& c, int ranks) {
  Estimate e;
  e.ranks = ranks;
  const bool perturbed = c.perturbation.present();
  const int d = c.model.dimension;
  if (split_ranks(ranks, d, c.grid.x_cells)[0] == 0)
    throw UserError(located(c, "grid.cells", fmt::format("[{}, {}]", c.grid.x_cells, c.grid.v_cells),
                            fmt::format("{} ranks can't share {}^{} x-cells; allowed: numbers of ranks that factor into at most {} along each x-axis",
                                        ranks, c.grid.x_cells, d, c.grid.x_cells)));
  e.cells = std::pow(static_cast<double>(c.grid.x_cells) * c.grid.v_cells, d);
  const double block = std::pow(c.grid.v_cells, d), x_cells = e.cells / block;
  // h, the two of the recurrence and the outputs; with eps: F, eps itself, and the steady solve's work before h exists
  const double outputs = static_cast<double>(outputs_per_expansion(e.cells, perturbed));
  const double evolving = c.time.propagator == PropagatorKind::chebyshev ? 3 + outputs : c.time.propagator == PropagatorKind::ts ? 12 : 36;
  const double chebyshev_work = c.time.propagator == PropagatorKind::chebyshev ? 2 + outputs : evolving;
  e.vectors = perturbed ? d + 1 + std::max(evolving, chebyshev_work + (d == 1 ? 4 : 13)) : evolving;
  if (d == 1 && perturbed && e.cells <= 250000) e.vectors += 90;  // the assembled matrix and its factors
  const double side = std::pow(x_cells / ranks, (d - 1.0) / d);
  const double ghosts = ranks > 1 ? 2.0 * (c.grid.order / 2 + 1) * side * block * ranks * (perturbed ? d + 1 : 1) : 0;
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
  if (perturbed) e.applications += 1200;
  return e;
}

}  // namespace hypofp
