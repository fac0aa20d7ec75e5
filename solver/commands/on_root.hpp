#pragma once
#include <string>

#include "grids/petsc.hpp"

namespace hypofp {

/// Runs on rank 0 only; what is wrong there is thrown on every rank. Collective.
template <class Action>
void on_root(MPI_Comm comm, Action action) {
  static const PetscLogEvent event = Logged::event("Output");
  const Logged logged(event);
  std::string trouble;
  int rank = 0, kind = 0;  // 1: an output, 2: the user
  MPI_Comm_rank(comm, &rank);
  if (rank == 0) try {
      action();
    } catch (const UserError& e) {
      trouble = e.what(), kind = 2;
    } catch (const std::exception& e) {
      trouble = e.what(), kind = 1;
    }
  MPI_Bcast(&kind, 1, MPI_INT, 0, comm);
  if (kind == 1) throw OutputError(trouble, true);
  if (kind == 2) throw UserError(trouble, true);
}

}  // namespace hypofp
