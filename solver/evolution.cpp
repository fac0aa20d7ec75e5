#include "solver/evolution.hpp"

#include <algorithm>
#include <cmath>

#include "operators/functionals.hpp"

namespace hypofp {

Schedule::Schedule(double end, double interval, double snapshot_interval, double checkpoint_interval) {
  const auto whole = [](double t, double every) {
    return every > 0 && std::abs(t / every - std::round(t / every)) < 1e-9 * std::max(1.0, t / every);
  };
  const long n = static_cast<long>(std::floor(end / interval * (1 + 1e-12) + 1e-9));
  for (long i = 0; i <= n; ++i) rows.push_back({i * interval, false, false});
  if (end - rows.back().time > 1e-9 * end) rows.push_back({end, false, false});
  for (Row& row : rows) {
    const bool last = &row == &rows.back();
    row.snapshot = snapshot_interval > 0 && (last || whole(row.time, snapshot_interval));
    row.checkpoint = checkpoint_interval > 0 && row.time > 0 && (last || whole(row.time, checkpoint_interval));
  }
}

void evolve(const Generator& generator, Propagator& propagator, Vec phi_F, double mass_of_g, Vec phi_h, const Schedule& schedule,
            std::size_t first, const EvolutionEvents& events) {
  const PhaseGrid& grid = generator.grid();
  const auto& rows = schedule.rows;
  const auto clean = [&] {  // mass of h is rounding alone; along F, so that g keeps its own
    const double m = mass(grid, phi_h);
    if (phi_F)
      petsc(VecAXPY(phi_h, -m, phi_F));
    else
      remove_mass(grid, phi_h, m);
  };
  std::size_t now = first;
  while (now + 1 < rows.size()) {
    std::size_t stop = now + 1;
    while (stop + 1 < rows.size() && !rows[stop].checkpoint && stop % 64 != 0) ++stop;
    std::vector<double> offsets;
    for (std::size_t i = now + 1; i <= stop; ++i) offsets.push_back(rows[i].time - rows[now].time);
    propagator.advance(phi_h, offsets, [&](std::size_t i, Vec state) {
      const Schedule::Row& row = rows[now + 1 + i];
      events.row(row, observe(generator, phi_F, mass_of_g, state), state);
    });
    clean();
    now = stop;
    if (rows[now].checkpoint) events.checkpoint(rows[now], phi_h);
  }
}

}  // namespace hypofp
