#pragma once
#include <functional>

#include "solver/ensembles/ensemble.hpp"
#include "solver/ensembles/exact.hpp"
#include "solver/grid_system.hpp"
#include "solver/problem.hpp"

namespace hypofp {

/// Bins of the 2d components of (theta, y) whose edges are edges of the cells of the grid's marginals, at most 64 a component.
std::vector<Bins> bins_of(const PhaseGrid& grid);

/// E(f - min f) of a state of the grid, as a sum over its cells. Collective.
double excess_loss(const PhaseGrid& grid, const Loss& loss, Vec state);

/// The moments that (2.4) gives to (theta, y) at t = 0, span, 2 span, ..., and its marginals below the edges of the bins (complete on
/// rank 0). `progress` is told the share that is done. Collective.
std::vector<MomentRow> density_rows(GridSystem& system, const Problem& problem, const Loss& loss, int rows, double span,
                                    const std::function<void(double)>& progress);

}  // namespace hypofp
