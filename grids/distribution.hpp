#pragma once
#include <array>
#include <cstddef>

namespace hypofp {

/// Which part of a vector over the grid this rank holds: a box of v-cells (v_d fastest), for each the whole block of positions.
struct Distribution {
  int dimension;             ///< 1..3 v-axes
  std::array<int, 3> cells;  ///< v-cells of the whole grid, per axis (first `dimension` entries)
  std::array<int, 3> first;  ///< this rank's first v-cell
  std::array<int, 3> count;  ///< and how many
  std::size_t block;         ///< values per v-cell
};

}  // namespace hypofp
