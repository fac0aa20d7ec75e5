#pragma once
#include <string>
#include <vector>

#include "grids/grid_spec.hpp"
#include "grids/model.hpp"
#include "operators/epsilon/epsilon.hpp"

namespace hypofp {

/// A supremum of Assumption 3.1 over the box of the grid.
struct AssumptionRow {
  std::string quantity;
  double value;        ///< the largest seen; not a number where eps is not finite
  bool box_dependent;  ///< grows with the box on R^{2d} unless eps = 0: x, v are unbounded along v + gamma x = const
  bool resolved;       ///< two searches on points of their own agree to 1e-3; false for eps' where eps jumps
};

/// `epsilon` null means eps = 0.
std::vector<AssumptionRow> assumption_table(const Model& model, const GridSpec& grid, const Epsilon* epsilon);

}  // namespace hypofp
