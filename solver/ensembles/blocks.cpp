#include "solver/ensembles/blocks.hpp"

#include <algorithm>

namespace hypofp {

std::vector<double> sum_blocks(MPI_Comm comm, int paths, std::size_t size, const std::function<void(std::uint32_t, int, double*)>& work,
                               const std::function<void(double)>& progress) {
  int rank = 0, ranks = 1;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &ranks);
  const int blocks = (paths + block_paths - 1) / block_paths, count = static_cast<int>(size);
  std::vector<double> own(size), total(size, 0.0), all(rank == 0 ? size * ranks : 0);
  for (int first = 0; first < blocks; first += ranks) {
    const int mine = first + rank;
    std::fill(own.begin(), own.end(), 0.0);
    if (mine < blocks) work(static_cast<std::uint32_t>(mine), std::min(block_paths, paths - mine * block_paths), own.data());
    MPI_Gather(own.data(), count, MPI_DOUBLE, all.data(), count, MPI_DOUBLE, 0, comm);
    for (int r = 0; rank == 0 && r < std::min(ranks, blocks - first); ++r)
      for (std::size_t i = 0; i < size; ++i) total[i] += all[r * size + i];
    progress(std::min(1.0, static_cast<double>(first + ranks) / blocks));
  }
  MPI_Bcast(total.data(), count, MPI_DOUBLE, 0, comm);
  return total;
}

}  // namespace hypofp
