#pragma once
#include <mpi.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "grids/distribution.hpp"
#include "io/results/series.hpp"

namespace hypofp {

struct Checkpoint {
  std::string fingerprint;       // of the resolved case; a resumed run must match
  double time = 0;
  std::int64_t applications = 0; // spent so far
  double seconds = 0;
  std::vector<double> propagator;  // its choices (solver/propagator.hpp)
  std::vector<Observation> rows;   // the series so far, bit for bit
  std::vector<std::string> names;            // of the vectors: {"h", "F"}
  std::vector<std::vector<double>> vectors;  // this rank's part of each
};

/// Two slots DIR/checkpoint-{0,1}.h5 written in turn, each through temporary, fsync, rename, fsync of the folder,
/// with a checksum per dataset and a mark written last. Collective; any number of ranks. Throws OutputError on every rank.
/// Vector data are passed by pointer so that nothing is copied: data[k] has the local size.
void write_checkpoint(MPI_Comm comm, const std::string& directory, const Checkpoint& header, const Distribution& part,
                      const std::vector<const double*>& data);

/// The newest whole checkpoint of the folder, read for this rank's part (any number of ranks); a damaged slot is passed over
/// with a line in `remarks`. Empty where there is none. Collective; all ranks return the same decision.
std::optional<Checkpoint> read_checkpoint(MPI_Comm comm, const std::string& directory, const Distribution& part,
                                          std::vector<std::string>& remarks);

}  // namespace hypofp
