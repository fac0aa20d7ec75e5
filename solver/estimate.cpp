#include "solver/estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "grids/phase_grid.hpp"
#include "solver/flow/ellipse.hpp"
#include "solver/system.hpp"

namespace hypofp {

double available_bytes(const std::string& root) {
  const auto entries = [&](const char* file, std::initializer_list<std::string> wanted) {
    std::ifstream lines(root + file);
    double sum = 0;
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string name;
      double value = 0;
      if (words >> name >> value && std::find(wanted.begin(), wanted.end(), name) != wanted.end()) sum += value;
    }
    return sum;
  };
  const double system = 1024 * entries("/proc/meminfo", {"MemAvailable:"});
  double bytes = system > 0 ? system : 1e18, limit = 0, used = 0;
  const std::string group = root + "/sys/fs/cgroup/memory.";
  if (std::ifstream(group + "max") >> limit && std::ifstream(group + "current") >> used)  // cached files give way, as in MemAvailable
    bytes = std::min(bytes, limit - used + entries("/sys/fs/cgroup/memory.stat", {"active_file", "inactive_file"}));
  return bytes;
}

Estimate estimate(const Case& c, int ranks) {
  Estimate e;
  e.ranks = ranks;
  const bool perturbed = c.perturbed();
  const int d = c.model.dimension;
  if (split_ranks(ranks, d, c.grid.v_cells)[0] == 0)
    throw UserError(
        located(c, "grid.cells", fmt::format("[{}, {}]", c.grid.x_cells, c.grid.v_cells),
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
                              fmt::format("{:.4g} cells need about {:.3g} GB ({:.0f} vectors); {:.3g} GB are available", e.cells,
                                          e.peak_bytes / 1e9, e.vectors, e.available_bytes / 1e9)));
  };
  hold(5 + (perturbed ? d + 1 : 0));  // at least, before anything is tried
  // what evolves: a propagator's vectors, and with eps F and eps itself (without, M for a moment at the end, when one of these is free);
  // states of snapshots between samples. Before, F is found. A snapshot of d = 1 holds its fields, whole.
  const double tolerance = expansion_tolerance(c.time.tolerance);
  const EllipseChoice choice = choose_ellipse(unperturbed_range(c.model, c.grid), tolerance, std::min(4.0, c.time.end));
  const std::size_t outputs = best_outputs(choice, tolerance, c.time.interval, outputs_per_expansion(e.cells));
  const bool snapshots = c.output.fields_interval > 0;
  const double evolving = vectors_of(c.time.propagator, outputs) + perturbed + (snapshots && d == 1 ? 15 : 0);
  hold(perturbed ? d + std::max(evolving, vectors_of_steady_state(Generator::direct_solve_pays(d, e.cells))) : evolving);
  const double span = static_cast<double>(outputs) * c.time.interval;
  const double tau = std::min(choice.tau, std::max(span, std::min(c.time.interval, choice.tau)));
  e.applications = std::ceil(c.time.end / tau) * expected_terms(choice.ellipse, tau, tolerance) + c.time.end / c.time.interval;
  if (perturbed) e.applications += 1200;
  e.multiply_adds = e.applications * e.cells * (1 + d * (filter_width(c.grid.order / 2) + c.grid.order / 2) * 2) * (perturbed ? 2 : 1);
  return e;
}

}  // namespace hypofp
