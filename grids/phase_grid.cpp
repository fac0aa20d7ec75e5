#include "grids/phase_grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "grids/storage.hpp"

namespace hypofp {
PetscInt block_entries(int dimension, int x_cells) {
  PetscInt positions = 1;
  for (int i = 0; i < dimension; ++i) positions *= x_cells;
  return dimension == 1 ? positions : 8 * ((positions + 7) / 8 | 1);
}

Index3 split_ranks(int ranks, int dimension, int cells) {
  Index3 best{};
  double smallest = 1e300;
  for (int a = 1; a <= ranks; ++a) {
    if (ranks % a) continue;
    for (int b = 1; b <= ranks / a; ++b) {
      if (ranks / a % b) continue;
      const Index3 split{a, b, ranks / a / b};
      double surface = 0;
      bool fits = true;
      for (int i = 0; i < 3; ++i) {
        fits = fits && split[i] <= (i < dimension ? cells : 1);
        surface += split[i];
      }
      if (fits && surface <= smallest) smallest = surface, best = split;
    }
  }
  return best;
}

PhaseGrid::PhaseGrid(MPI_Comm c, const Model& m, const GridSpec& g)
    : comm(c), model(m), spec(g), x(g.x_cells, g.half_width, g.order), v(g.v_cells, g.half_width, g.order) {
  int size = 1, rank = 0;
  MPI_Comm_size(comm, &size);
  MPI_Comm_rank(comm, &rank);
  const int n = spec.v_cells;
  double unknowns = 1;
  for (int i = 0; i < d(); ++i) {
    unknowns *= static_cast<double>(n) * spec.x_cells;
    positions *= spec.x_cells;
    v_cells_total *= n;
    cell_volume *= x.spacing * model.sigma_x() * v.spacing * model.sigma_v();
  }
  block = block_entries(d(), spec.x_cells);
  guard = 8 * (filter_width(x.r) * (positions / spec.x_cells + 1) / 8 + 2);
  if (unknowns / static_cast<double>(positions) * static_cast<double>(block) > PETSC_MAX_INT)
    throw UserError(fmt::format("grid.cells: {:.4g} unknowns; this PETSc's index type holds at most {}", unknowns, PETSC_MAX_INT));
  ranks_ = split_ranks(size, d(), n);
  if (ranks_[0] == 0)
    throw UserError(
        fmt::format("{} ranks can't share {}^{} v-cells: choose a number that factors into at most {} along each of "
                    "the {} v-axes",
                    size, n, d(), n, d()));

  // DMDA's first direction is its fastest, our component d
  DM dm = nullptr;
  const PetscInt dof = block;
  if (d() == 1) petsc(DMDACreate1d(comm, DM_BOUNDARY_NONE, n, dof, 0, nullptr, &dm));
  if (d() == 2)
    petsc(DMDACreate2d(comm, DM_BOUNDARY_NONE, DM_BOUNDARY_NONE, DMDA_STENCIL_STAR, n, n, ranks_[1], ranks_[0], dof, 0, nullptr, nullptr,
                       &dm));
  if (d() == 3)
    petsc(DMDACreate3d(comm, DM_BOUNDARY_NONE, DM_BOUNDARY_NONE, DM_BOUNDARY_NONE, DMDA_STENCIL_STAR, n, n, n, ranks_[2], ranks_[1],
                       ranks_[0], dof, 0, nullptr, nullptr, nullptr, &dm));
  dm_.reset(dm);
  petsc(DMSetUp(dm));
  const PetscInt* owned[3];
  petsc(DMDAGetOwnershipRanges(dm, &owned[0], &owned[1], &owned[2]));
  int place = rank;  // rank = fastest direction first
  for (int i = d() - 1; i >= 0; --i) {
    starts_[i].assign(1, 0);
    for (int k = 0; k < ranks_[i]; ++k) starts_[i].push_back(starts_[i].back() + owned[d() - 1 - i][k]);
    const int mine = place % ranks_[i];
    place /= ranks_[i];
    first[i] = static_cast<int>(starts_[i][mine]);
    count[i] = static_cast<int>(starts_[i][mine + 1]) - first[i];
  }
  v_cells = count[0] * count[1] * count[2];

  x_cells_.assign(block, {});
  for (PetscInt b = 0; b < positions; ++b)
    for (PetscInt i = d() - 1, rest = b; i >= 0; --i, rest /= spec.x_cells) x_cells_[b][i] = static_cast<int>(rest % spec.x_cells);
  position_s.assign(block, 0.0);
  for (PetscInt b = 0; b < positions; ++b) {
    position_s[b] = 1;
    for (int i = 0; i < d(); ++i) position_s[b] *= x.s[x_cell(b)[i]];
  }
  velocity_s.assign(v_cells, 1.0);
  for (PetscInt a = 0; a < v_cells; ++a)
    for (int i = 0; i < d(); ++i) velocity_s[a] *= v.s[v_cell(a)[i]];
}

Distribution PhaseGrid::distribution() const {
  Distribution part{d(), {}, first, count, static_cast<std::size_t>(block)};
  for (int i = 0; i < d(); ++i) part.cells[i] = spec.v_cells;
  return part;
}

Vector PhaseGrid::vector() const { return aligned_vector(comm, block, v_cells * block, guard); }

Vector PhaseGrid::maxwellian() const {
  Vector result = vector();
  WriteArray s(result.get());
  for (PetscInt a = 0; a < v_cells; ++a)
    for (PetscInt b = 0; b < block; ++b) s[a * block + b] = velocity_s[a] * position_s[b];
  return result;
}

Index3 PhaseGrid::v_cell(PetscInt local) const {
  Index3 c{};
  for (int i = d() - 1; i >= 0; --i) {
    c[i] = first[i] + static_cast<int>(local % count[i]);
    local /= count[i];
  }
  return c;
}

PetscInt PhaseGrid::global_v_cell(const Index3& cell) const {
  PetscInt before = 0, inside = 0, slab = 1;  // cells of lower ranks; position in the owner's box
  for (int i = 0; i < d(); ++i) slab *= spec.v_cells;
  Index3 lo{}, len{1, 1, 1};
  for (int i = 0; i < d(); ++i) {
    const auto end = std::upper_bound(starts_[i].begin(), starts_[i].end(), cell[i]);
    lo[i] = static_cast<int>(*(end - 1));
    len[i] = static_cast<int>(*end) - lo[i];
  }
  // boxes are ordered component 1 slowest: slabs before, then rows before within the slab, ...
  PetscInt cross = 1;
  for (int i = 0; i < d(); ++i) {
    slab /= spec.v_cells;
    before += cross * lo[i] * slab;
    cross *= len[i];
  }
  for (int i = 0; i < d(); ++i) inside = inside * len[i] + (cell[i] - lo[i]);
  return before + inside;
}

}  // namespace hypofp
