#pragma once
#include <petscdmda.h>

#include <array>
#include <vector>

#include "grids/distribution.hpp"
#include "grids/gaussian_axis.hpp"
#include "grids/grid_spec.hpp"
#include "grids/model.hpp"
#include "grids/petsc.hpp"

namespace hypofp {

using Index3 = std::array<int, 3>;  // x- or v-cell, component 1 first; entries beyond d are 0

/// Phase space of dimension 2d, the v-cells distributed over the ranks by a DMDA, each with its whole block of positions:
/// local entry (v-cell, x-cell) stands at v_local * block + x_local, component d fastest in both. Neighbours are r cells away in v and,
/// with the filter, more in x: so x is what stays together, and ghosts are r wide. For d > 1 a block is filled up to an odd number of
/// cache lines (the filling stays zero): at powers of two all its neighbours would meet in one set of the cache.
class PhaseGrid {
 public:
  /// Throws UserError where the v-grid can't carry the ranks or the unknowns don't fit the index type. Collective.
  PhaseGrid(MPI_Comm comm, const Model& model, const GridSpec& spec);

  int d() const { return model.dimension; }
  Distribution distribution() const;  ///< this rank's part, as files see it
  PetscInt64 cells() const { return v_cells_total * positions; }
  Vector vector() const;      ///< a new zero vector over the grid; `guard` zeros stand before and after this rank's entries
  Vector maxwellian() const;  ///< sqrt(W): phi of M, of norm 1, the left null vector of the generator

  /// The v-cell behind a local v-index, and the x-cell behind an index within the block (some x-cell for the filling).
  Index3 v_cell(PetscInt local) const;
  const Index3& x_cell(PetscInt in_block) const { return x_cells_[in_block]; }
  /// Number of the v-cell in the global PETSc ordering (blocks).
  PetscInt global_v_cell(const Index3& cell) const;

  const MPI_Comm comm;
  const Model model;
  const GridSpec spec;
  const GaussianAxis x, v;
  PetscInt positions = 1;          ///< x-cells, nx^d
  PetscInt block = 1;              ///< entries of a v-cell: nx^d, filled up
  PetscInt guard = 0;              ///< how far the kernel reads beyond a v-cell's entries
  PetscInt64 v_cells_total = 1;    ///< nv^d
  PetscInt v_cells = 0;            ///< on this rank
  Index3 first{}, count{1, 1, 1};  ///< this rank's box of v-cells, by component
  std::vector<double> position_s;  ///< square roots of weights over the block of positions; zero in the filling
  std::vector<double> velocity_s;  ///< and over the local v-cells: s(x, v) = position_s * velocity_s
  double cell_volume = 1;          ///< of a 2d-cell in natural units

 private:
  PetscOwner<DM, DMDestroy> dm_;
  std::vector<Index3> x_cells_;
  Index3 ranks_{1, 1, 1};                        // ranks per component
  std::array<std::vector<PetscInt>, 3> starts_;  // first cell of each rank along a component, and the end
};

/// Entries of a v-cell: nx^d, filled up for d > 1.
PetscInt block_entries(int dimension, int x_cells);
/// How many ranks along each component: all cells reached, the ghost surface smallest. Empty (zeros) where none fits.
Index3 split_ranks(int ranks, int dimension, int cells);

}  // namespace hypofp
