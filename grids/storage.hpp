#pragma once
#include "grids/petsc.hpp"

namespace hypofp {

/// A new zero vector of `local` entries on this rank, in blocks, the first at the start of a cache line (so that vectorised sums add in
/// the same order in every run); `guard` zeros stand before and after. Collective.
Vector aligned_vector(MPI_Comm comm, PetscInt block, PetscInt local, PetscInt guard);

}  // namespace hypofp
