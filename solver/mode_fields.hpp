#pragma once
#include "io/results/fields.hpp"
#include "solver/modes/spectrum.hpp"
#include "solver/system.hpp"

namespace hypofp {

/// Names of the grids that show a mode, the main one first.
std::vector<std::string> mode_grid_names(int dimension);

/// What is shown of a mode h = re + i im: d = 1: h on (x, v), masked as a snapshot's; d > 1: marginals of M h on every (x_i, v_i). Filled
/// on rank 0. Collective.
std::vector<FieldGrid> mode_fields(const System& system, const Mode& mode);

}  // namespace hypofp
