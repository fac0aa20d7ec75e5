#pragma once
#include <functional>
#include <memory>

#include "grids/petsc.hpp"

namespace hypofp {

/// A function y = f(x) as a square MATSHELL with vectors laid out as `like`, for SLEPc's solvers. It keeps the function.
class FunctionShell {
 public:
  using Function = std::function<void(Vec x, Vec y)>;

  FunctionShell(Vec like, Function function) : function_(std::make_unique<Function>(std::move(function))) {
    PetscInt local = 0;
    MPI_Comm comm = MPI_COMM_NULL;
    Mat m = nullptr;
    petsc(VecGetLocalSize(like, &local));
    petsc(PetscObjectGetComm(reinterpret_cast<PetscObject>(like), &comm));
    petsc(MatCreateShell(comm, local, local, PETSC_DETERMINE, PETSC_DETERMINE, function_.get(), &m));
    matrix_.reset(m);
    petsc(MatShellSetOperation(m, MATOP_MULT, reinterpret_cast<void (*)(void)>(multiply)));
  }
  Mat get() const { return matrix_.get(); }

 private:
  static PetscErrorCode multiply(Mat m, Vec x, Vec y) {
    const Function* function = nullptr;
    petsc(MatShellGetContext(m, &function));
    (*function)(x, y);
    return 0;
  }

  std::unique_ptr<Function> function_;  // where the matrix finds it, wherever this is moved
  Matrix matrix_;
};

}  // namespace hypofp
