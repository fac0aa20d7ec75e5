#pragma once
#include <petscdmda.h>

#include <array>
#include <vector>

#include "grids/gaussian_axis.hpp"
#include "grids/grid_spec.hpp"
#include "grids/model.hpp"
#include "grids/petsc.hpp"

namespace hypofp {

using Index3 = std::array<int, 3>;  // x- or v-cell, component 1 first; entries beyond d are 0

/// Phase space of dimension 2d, the x-cells distributed over the ranks by a DMDA, each with its whole velocity block:
/// local entry (x-cell, v-cell) stands at x_local * block + v_local, component d fastest in both. For d > 1 a block is filled up
/// to an odd number of cache lines (the filling stays zero): at powers of two all its neighbours would meet in one set of the
/// cache (64^4 cells: 600 M cells/s in place of 810).
class PhaseGrid {
 public:
  /// Throws UserError where the x-grid can't carry the ranks or the unknowns don't fit the index type. Collective.
  PhaseGrid(MPI_Comm comm, const Model& model, const GridSpec& spec);

  int d() const { return model.dimension; }
  PetscInt64 cells() const { return x_cells_total * velocities; }
  Vector vector() const;  ///< a new zero vector over the grid; `guard` zeros stand before and after this rank's entries
  Vector maxwellian() const;  ///< sqrt(W): phi of M, of norm 1, the left null vector of the generator

  /// The x-cell behind a local x-index, and the v-cell behind an index within the block (some v-cell for the filling).
  Index3 x_cell(PetscInt local) const;
  const Index3& v_cell(PetscInt in_block) const { return v_cells_[in_block]; }
  /// Number of the x-cell in the global PETSc ordering (blocks).
  PetscInt global_x_cell(const Index3& cell) const;

  const MPI_Comm comm;
  const Model model;
  const GridSpec spec;
  const GaussianAxis x, v;
  PetscInt velocities = 1;            ///< v-cells, nv^d
  PetscInt block = 1;                 ///< entries of an x-cell: nv^d, filled up
  PetscInt guard = 0;                 ///< how far the kernel reads beyond an x-cell's entries
  PetscInt64 x_cells_total = 1;       ///< nx^d
  PetscInt x_cells = 0;               ///< on this rank
  Index3 first{}, count{1, 1, 1};     ///< this rank's box of x-cells, by component
  std::vector<double> velocity_s;     ///< square roots of weights over the velocity block; zero in the filling
  std::vector<double> position_s;     ///< and over the local x-cells: s(x, v) = position_s * velocity_s
  double cell_volume = 1;             ///< of a 2d-cell in natural units

 private:
  PetscOwner<DM, DMDestroy> dm_;
  std::vector<Index3> v_cells_;
  Index3 ranks_{1, 1, 1};                       // ranks per component
  std::array<std::vector<PetscInt>, 3> starts_; // first cell of each rank along a component, and the end
};

/// Entries of an x-cell: nv^d, filled up for d > 1.
PetscInt block_entries(int dimension, int v_cells);
/// How many ranks along each component: all cells reached, the ghost surface smallest. Empty (zeros) where none fits.
Index3 split_ranks(int ranks, int dimension, int cells);

}  // namespace hypofp
