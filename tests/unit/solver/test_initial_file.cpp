#include <gtest/gtest.h>
#include <hdf5_hl.h>
#include <unistd.h>

#include <filesystem>

#include "io/initial_file.hpp"
#include "solver/flow/initial_state.hpp"
#include "tests/support.hpp"

namespace hypofp {
namespace {

using namespace testing_support;

TEST(InitialFile, GivesTheStateOfItsDensityOnAnyNumberOfRanksAndUnequalAxes) {
  const PhaseGrid grid(PETSC_COMM_WORLD, model(2, 1.2, 0.9, 1.1), spec(7, 5, 4, 10));
  const int nx = grid.x.n, nv = grid.v.n;
  const GaussianPart part{1, Eigen::Vector4d(0.4, -0.3, 0.2, 0.1), Eigen::Vector4d(0.5, 0.6, 0.7, 0.8).asDiagonal()};
  long id = getpid();
  MPI_Bcast(&id, 1, MPI_LONG, 0, PETSC_COMM_WORLD);
  const std::string path = (std::filesystem::temp_directory_path() / ("hypofp-density-" + std::to_string(id) + ".h5")).string();
  int rank = 0;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  if (rank == 0) {  // g = product of the axes' Gaussians, [x1][x2][v1][v2]
    const auto on_axis = [&](int axis, int cell) {
      const double sigma = axis < 2 ? grid.model.sigma_x() : grid.model.sigma_v();
      const double z = sigma * (axis < 2 ? grid.x : grid.v).z[cell] - part.mean(axis), variance = part.covariance(axis, axis);
      return std::exp(-0.5 * z * z / variance) / std::sqrt(2 * M_PI * variance);
    };
    std::vector<double> g;
    for (int a = 0; a < nx; ++a)
      for (int b = 0; b < nx; ++b)
        for (int c = 0; c < nv; ++c)
          for (int e = 0; e < nv; ++e) g.push_back(on_axis(0, a) * on_axis(1, b) * on_axis(2, c) * on_axis(3, e));
    const hsize_t shape[4] = {hsize_t(nx), hsize_t(nx), hsize_t(nv), hsize_t(nv)};
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    ASSERT_GE(H5LTmake_dataset_double(file, "g", 4, shape, g.data()), 0);
    H5Fclose(file);
  }
  MPI_Barrier(PETSC_COMM_WORLD);
  const Vector read = tabulated_state(grid, read_density(path, grid.distribution(), nx)), made = gaussian_state(grid, {part});
  EXPECT_LT(difference(read.get(), made.get()), 1e-13 * norm(made.get()));
  MPI_Barrier(PETSC_COMM_WORLD);
  if (rank == 0) std::filesystem::remove(path);
}

TEST(InitialFile, OfAStateGivesItBackOnAnyNumberOfRanks) {
  const PhaseGrid grid(PETSC_COMM_WORLD, model(2, 1.2, 0.9, 1.1), spec(7, 5, 4, 10));
  const Vector state = rough_state(grid);
  long id = getpid();
  MPI_Bcast(&id, 1, MPI_LONG, 0, PETSC_COMM_WORLD);
  const std::string path = (std::filesystem::temp_directory_path() / ("hypofp-state-" + std::to_string(id) + ".h5")).string();
  int rank = 0;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  {
    WriteArray phi(state.get());  // the filling is zero in a state
    for (PetscInt a = 0; a < grid.v_cells; ++a)
      for (PetscInt b = grid.positions; b < grid.block; ++b) phi[a * grid.block + b] = 0;
  }
  const std::vector<double> g = density_of(grid, state.get());
  if (rank == 0) write_density(path, 2, grid.x.n, grid.v.n, g);
  MPI_Barrier(PETSC_COMM_WORLD);
  const Vector read = tabulated_state(grid, read_density(path, grid.distribution(), grid.x.n));
  EXPECT_LT(difference(read.get(), state.get()), 1e-13 * norm(state.get()));
  MPI_Barrier(PETSC_COMM_WORLD);
  if (rank == 0) std::filesystem::remove(path);
}

}  // namespace
}  // namespace hypofp
