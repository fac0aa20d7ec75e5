#include "grids/halo.hpp"

#include <map>

namespace hypofp {

Halo::Halo(const PhaseGrid& grid, int width) : dimension_(grid.d()), width_(width) {
  std::map<PetscInt, int> number;  // global v-cell -> ghost: in the owner's order, so that rows of cells stay rows
  neighbours_.resize(static_cast<std::size_t>(grid.v_cells) * dimension_ * (2 * width + 1));
  const auto each = [&](auto&& ghost) {
    std::size_t entry = 0;
    for (PetscInt a = 0; a < grid.v_cells; ++a)
      for (int i = 0; i < dimension_; ++i)
        for (int k = -width; k <= width; ++k) {
          Index3 cell = grid.v_cell(a);
          cell[i] += k;
          int& where = neighbours_[entry++];
          if (cell[i] < 0 || cell[i] >= grid.spec.v_cells) {
            where = static_cast<int>(a);
          } else if (cell[i] >= grid.first[i] && cell[i] < grid.first[i] + grid.count[i]) {
            int local = 0;
            for (int j = 0; j < dimension_; ++j) local = local * grid.count[j] + cell[j] - grid.first[j];
            where = local;
          } else {
            ghost(where, grid.global_v_cell(cell));
          }
        }
  };
  each([&](int&, PetscInt cell) { number.emplace(cell, 0); });
  std::vector<PetscInt> wanted;
  for (auto& [cell, ghost] : number) {
    ghost = static_cast<int>(wanted.size());
    wanted.push_back(cell);
  }
  each([&](int& where, PetscInt cell) { where = ~number[cell]; });

  blocks_ = static_cast<PetscInt>(wanted.size());
  storage_.assign(wanted.size() * grid.block + 2 * grid.guard, 0.0);
  Vec ghosts = nullptr;
  petsc(VecCreateSeqWithArray(PETSC_COMM_SELF, grid.block, static_cast<PetscInt>(wanted.size()) * grid.block, storage_.data() + grid.guard,
                              &ghosts));
  ghosts_.reset(ghosts);
  const Vector pattern = grid.vector();
  IS blocks = nullptr;
  petsc(ISCreateBlock(grid.comm, grid.block, static_cast<PetscInt>(wanted.size()), wanted.data(), PETSC_COPY_VALUES, &blocks));
  VecScatter scatter = nullptr;
  petsc(VecScatterCreate(pattern.get(), blocks, ghosts, nullptr, &scatter));
  petsc(ISDestroy(&blocks));
  scatter_.reset(scatter);
}

void Halo::update(Vec v) const {
  static const PetscLogEvent event = Logged::event("Ghosts");
  const Logged logged(event);
  petsc(VecScatterBegin(scatter_.get(), v, ghosts_.get(), INSERT_VALUES, SCATTER_FORWARD));
  petsc(VecScatterEnd(scatter_.get(), v, ghosts_.get(), INSERT_VALUES, SCATTER_FORWARD));
}

}  // namespace hypofp
