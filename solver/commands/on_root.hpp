#pragma once
#include <mpi.h>

#include <functional>

namespace hypofp {

/// Runs on rank 0 only; what is wrong there is thrown on every rank (agreed). Collective.
void on_root(MPI_Comm comm, const std::function<void()>& action);

}  // namespace hypofp
