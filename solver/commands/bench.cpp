// `hypofp bench`: the speed of the generator beside the memory limit and an assembled product, and of the propagators.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "io/terminal.hpp"
#include "solver/commands/commands.hpp"
#include "solver/grid_system.hpp"
#include "solver/problem.hpp"

namespace hypofp {
namespace {

using Json = nlohmann::ordered_json;

/// Something to time: what one call does, and the seconds of its best batch.
struct Timed {
  std::function<void()> call;
  int calls = 0;
  double best = 1e300;
};

double seconds_of(MPI_Comm comm, const std::function<void()>& action) {
  MPI_Barrier(comm);
  const double start = MPI_Wtime();
  action();
  double seconds = MPI_Wtime() - start;
  MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_MAX, comm);
  return seconds;
}

/// Batches of about 0.15 s in turn, so that a noisy spell of the machine meets all of them; the best of seven each.
void time_in_turn(MPI_Comm comm, std::vector<Timed*> candidates) {
  for (Timed* t : candidates) {
    t->call();  // first touch
    t->calls = std::clamp(static_cast<int>(0.15 / std::max(1e-7, seconds_of(comm, t->call))), 1, 1000000);
  }
  for (int round = 0; round < 7; ++round)
    for (Timed* t : candidates)
      t->best = std::min(t->best, seconds_of(comm, [&] {
                                    for (int i = 0; i < t->calls; ++i) t->call();
                                  }) / t->calls);
}

/// Rough data without denormal numbers.
void fill(Vec v) {
  PetscInt n = 0, start = 0;
  petsc(VecGetLocalSize(v, &n));
  petsc(VecGetOwnershipRange(v, &start, nullptr));
  WriteArray out(v);
  for (PetscInt i = 0; i < n; ++i) out[i] = 1 + 0.5 * std::sin(0.7 * (start + i));
}

void scale(Vec v, double factor) {
  PetscInt n = 0;
  petsc(VecGetLocalSize(v, &n));
  WriteArray data(v);
  double* p = data;
  for (PetscInt i = 0; i < n; ++i) p[i] *= factor;
}

Json speed(const Generator& generator, const Problem& problem) {
  const PhaseGrid& grid = generator.grid();
  const double cells = static_cast<double>(grid.cells());
  const int ranks = problem.estimate.ranks;
  const Vector phi = grid.vector(), y = grid.vector();
  fill(phi.get());
  Timed apply{[&] { generator.apply(phi.get(), y.get()); }}, limit{[&] { scale(y.get(), 1.0000001); }}, product;
  std::vector<Timed*> candidates{&limit, &apply};
  Matrix aij;
  std::string skipped;
  const double entries = cells * (1 + 2.0 * grid.d() * (filter_width(grid.x.r) + grid.x.r)), wanted = 12 * entries + 24 * cells;
  if (entries / ranks > PETSC_MAX_INT)
    skipped = fmt::format("{:.3g} entries a rank; this PETSc's index type holds {}", entries / ranks, PETSC_MAX_INT);
  else if (wanted > 0.9 * available_bytes())
    skipped = fmt::format("needs {:.3g} GB, {:.3g} GB are available", wanted / 1e9, available_bytes() / 1e9);
  int any = !skipped.empty();
  MPI_Allreduce(MPI_IN_PLACE, &any, 1, MPI_INT, MPI_MAX, grid.comm);
  if (!any) {
    aij = generator.assemble();
    product.call = [&] { petsc(MatMult(aij.get(), phi.get(), y.get())); };
    candidates.push_back(&product);
  }
  time_in_turn(grid.comm, candidates);
  const double bytes = 16 + 8.0 * (generator.perturbed() ? grid.d() : 0);
  const double rate = cells / apply.best, memory = cells / limit.best;
  Json out = {{"cells", grid.cells()},
              {"ranks", ranks},
              {"apply_cells_per_s", rate},
              {"apply_cells_per_s_per_rank", rate / ranks},
              {"memory_limit_cells_per_s", memory},
              {"memory_limit_cells_per_s_per_rank", memory / ranks},
              {"fraction_of_limit", rate / memory},
              {"bytes_per_cell", bytes},
              {"fraction_of_own_limit", rate / memory * bytes / 16}};
  if (any) {
    out["aij_cells_per_s"] = nullptr;
    out["speedup_over_aij"] = nullptr;
    out["aij_skipped"] = skipped.empty() ? "another rank has no room for it" : skipped;
  } else {
    out["aij_cells_per_s"] = cells / product.best;
    out["speedup_over_aij"] = product.best / apply.best;
  }
  return out;
}

/// One solve of h from the case's initial data to `end` with each propagator; errors against a Chebyshev solve at 1e-13.
Json propagators(GridSystem& system, const Problem& problem, double end) {
  const PhaseGrid& grid = system.grid;
  const Generator& generator = system.generator;
  const Vector start = system.initial_state(problem);
  SteadyState(generator).take_out(generator.mass(start.get()), start.get());  // of M's mass
  const auto solve = [&](PropagatorKind kind, double tolerance, Vec state) {
    PropagatorSettings s = system.propagator_settings();
    s.outputs = 1;
    s.tolerance = expansion_tolerance(tolerance);
    make_propagator(kind, generator, system.range(), s)->advance(start.get(), state, {end}, [](std::size_t, Vec) {});
  };
  const Vector exact = grid.vector(), state = grid.vector();
  solve(PropagatorKind::chebyshev, 1e-12, exact.get());
  Json out = Json::object();
  for (const auto& [name, kind] :
       {std::pair{"chebyshev", PropagatorKind::chebyshev}, {"ts", PropagatorKind::ts}, {"mfn", PropagatorKind::mfn}}) {
    const double vectors = vectors_of(kind, 1);
    if (8 * vectors * static_cast<double>(grid.cells()) > 0.9 * available_bytes()) {
      out[name] = {{"skipped", fmt::format("{:.0f} vectors do not fit", vectors)}};
      continue;
    }
    const std::int64_t before = generator.applications();
    const double seconds = seconds_of(grid.comm, [&] { solve(kind, problem.input.time.tolerance, state.get()); });
    petsc(VecAXPY(state.get(), -1, exact.get()));
    out[name] = {
        {"applications", generator.applications() - before}, {"seconds", seconds}, {"error", norm_of(state.get()) / norm_of(exact.get())}};
  }
  return out;
}

}  // namespace

void bench(MPI_Comm comm, const std::string& case_file, const std::vector<std::string>& overrides) {
  std::vector<std::string> settings = overrides;
  if (case_file.empty())  // 5.3 million cells: far from every cache, and the assembled matrix fits
    settings.insert(settings.begin(), {"model.dimension=2", "model.omega0=1.0", "model.gamma=1.0", "model.beta=1.0", "grid.cells=48",
                                       "grid.order=4", "time.end=1.0"});
  const Problem problem = prepare_together(comm, case_file, settings);
  GridSystem system(comm, problem.setting());
  Json out = speed(system.generator, problem);
  const double end = problem.estimate.cells > 1e6 ? std::min(1.0, problem.input.time.end) : problem.input.time.end;
  out["solve"] = {{"time", end}, {"tolerance", problem.input.time.tolerance}};
  out["propagators"] = propagators(system, problem, end);
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  if (rank == 0) print(out.dump(2) + "\n");
}

}  // namespace hypofp
