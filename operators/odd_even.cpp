#include "operators/odd_even.hpp"

#include <algorithm>

namespace hypofp {

double odd_even_content(const Generator& A, Vec phi) {
  const PhaseGrid& grid = A.grid();
  const int d = grid.d();
  A.halo().update(phi);
  const ReadArray in(phi), ghosts(A.halo().ghosts());
  double sums[7] = {};  // of squares; of products with the next cell along each axis
  for (PetscInt a = 0; a < grid.v_cells; ++a) {
    const double* here = in + a * grid.block;
    PetscInt stride = grid.positions;
    for (PetscInt b = 0; b < grid.positions; ++b) sums[0] += here[b] * here[b];
    for (int i = 0; i < d; ++i) {
      stride /= grid.x.n;
      for (PetscInt b = 0; b < grid.positions; ++b)
        if (grid.x_cell(b)[i] + 1 < grid.x.n) sums[1 + i] += here[b] * here[b + stride];
      if (grid.v_cell(a)[i] + 1 >= grid.v.n) continue;
      const PetscInt at = A.halo().neighbour(a, i, 1);
      const double* there = at >= 0 ? in + at * grid.block : ghosts + ~at * grid.block;
      for (PetscInt b = 0; b < grid.positions; ++b) sums[1 + d + i] += here[b] * there[b];
    }
  }
  MPI_Allreduce(MPI_IN_PLACE, sums, 7, MPI_DOUBLE, MPI_SUM, grid.comm);
  return sums[0] > 0 ? 0.5 * (1 - *std::min_element(sums + 1, sums + 1 + 2 * d) / sums[0]) : 0.0;
}

}  // namespace hypofp
