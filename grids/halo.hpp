#pragma once
#include <vector>

#include "grids/phase_grid.hpp"

namespace hypofp {

/// Blocks of the v-cells within `width` along an axis that other ranks own. Only these are copied; the interior is
/// read where it stands (a DMDA local vector would copy it too).
class Halo {
 public:
  Halo(const PhaseGrid& grid, int width);

  /// Brings the ghost blocks of v. Collective.
  void update(Vec v) const;
  /// Ghost blocks of the last update.
  Vec ghosts() const { return ghosts_.get(); }
  PetscInt blocks() const { return blocks_; }  ///< their number

  /// Where the neighbour of a local v-cell stands: >= 0 local v-index, < 0 ghost number ~n; the cell itself beyond the box.
  int neighbour(PetscInt local, int axis, int offset) const {
    return neighbours_[(local * dimension_ + axis) * (2 * width_ + 1) + offset + width_];
  }

 private:
  int dimension_, width_;
  PetscInt blocks_ = 0;
  std::vector<int> neighbours_;
  std::vector<double> storage_;  // of the ghosts, and a guard on either side
  Vector ghosts_;
  PetscOwner<VecScatter, VecScatterDestroy> scatter_;
};

}  // namespace hypofp
