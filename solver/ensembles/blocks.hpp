#pragma once
#include <mpi.h>

#include <functional>
#include <vector>

#include "solver/ensembles/paths.hpp"

namespace hypofp {

/// Adds up what the blocks of so many paths give, `size` numbers each, a block on each rank at a time. Blocks and the order in which they
/// are added do not depend on the number of ranks, so nor does a bit of the result, which every rank has. `work` fills the numbers of a
/// block's first n paths; `progress` is told the share that is done. Collective.
std::vector<double> sum_blocks(MPI_Comm comm, int paths, std::size_t size,
                               const std::function<void(std::uint32_t block, int n, double* numbers)>& work,
                               const std::function<void(double)>& progress);

}  // namespace hypofp
