#include "solver/commands/on_root.hpp"

#include <string>

#include "grids/errors.hpp"

namespace hypofp {

void on_root(MPI_Comm comm, const std::function<void()>& action) {
  int rank = 0, kind = 0;  // 1: an output, 2: the user
  MPI_Comm_rank(comm, &rank);
  std::string trouble;
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
