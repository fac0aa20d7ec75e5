#pragma once
#include <Eigen/Core>
#include <algorithm>

#include "grids/petsc.hpp"

namespace hypofp {

/// This rank's entries of a vector, and back.
inline Eigen::VectorXd entries_of(Vec v) {
  PetscInt n = 0;
  petsc(VecGetLocalSize(v, &n));
  return Eigen::Map<const Eigen::VectorXd>(ReadArray(v), n);
}
inline void put(const Eigen::VectorXd& values, Vec v) { std::copy(values.data(), values.data() + values.size(), WriteArray(v) + 0); }

}  // namespace hypofp
