#include "solver/versions.hpp"

#include <fmt/format.h>
#include <petscversion.h>
#include <slepcversion.h>

#include <Eigen/Core>
#include <commit.hpp>  // written by the build
#include <nlohmann/json.hpp>

#include "solver/problem.hpp"

namespace hypofp {

nlohmann::ordered_json versions_json() {
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  char mpi[MPI_MAX_LIBRARY_VERSION_STRING] = {};
  int length = 0;
  MPI_Get_library_version(mpi, &length);
  return {{"hypofp", HYPOFP_VERSION},
          {"commit", HYPOFP_COMMIT},
          {"petsc", fmt::format("{}.{}.{}", PETSC_VERSION_MAJOR, PETSC_VERSION_MINOR, PETSC_VERSION_SUBMINOR)},
          {"slepc", fmt::format("{}.{}.{}", SLEPC_VERSION_MAJOR, SLEPC_VERSION_MINOR, SLEPC_VERSION_SUBMINOR)},
          {"hdf5", fmt::format("{}.{}.{}", major, minor, release)},
          {"eigen", fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION)},
          {"mpi", std::string(mpi).substr(0, std::string(mpi).find(','))},
          {"compiler", __VERSION__},
          {"flags", HYPOFP_FLAGS}};
}

Origin origin_of(const Problem& p) {
  Origin origin{{"title", p.input.title},
                {"case", to_toml(p.input)},
                {"by", p.by == By::grid ? "grid" : "witness"},
                {"ranks", fmt::format("{}", p.estimate.ranks)}};
  const auto versions = versions_json();
  for (const auto& [name, text] : versions.items()) origin.emplace_back(name, text.get<std::string>());
  return origin;
}

}  // namespace hypofp
