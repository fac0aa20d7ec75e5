#pragma once
#include <mpi.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "grids/distribution.hpp"
#include "io/results/series.hpp"

namespace hypofp {

struct Checkpoint {
  std::string fingerprint;  // of the resolved case; a resumed run must match
  double time = 0;
  std::int64_t applications = 0;  // spent so far
  double seconds = 0;
  double stretch = 0;                        // how far samples will be tried (solver/flow/evolution.hpp)
  std::vector<double> propagator;            // its choices (solver/flow/propagator.hpp)
  std::vector<Observation> rows;             // the series so far, bit for bit
  Origin origin;                             // not read back
  std::vector<std::string> names;            // of the vectors: {"h", "F"}
  std::vector<std::vector<double>> vectors;  // this rank's part of each
};

/// Two slots DIR/checkpoint-{0,1}.h5 written in turn, each through temporary, fsync, rename, fsync of the folder,
/// with a checksum per dataset and a mark written last. Collective; any number of ranks. Throws OutputError on every rank.
/// Vector data are passed by pointer so that nothing is copied: data[k] has the local size.
void write_checkpoint(MPI_Comm comm, const std::string& directory, const Checkpoint& header, const Distribution& part,
                      const std::vector<const double*>& data);

/// Why a checkpoint can't be gone on from; empty where it can.
using Usable = std::function<std::string(const Checkpoint&)>;
/// The newest whole and usable checkpoint of the folder, read for this rank's part (any number of ranks); a slot that is not is passed over
/// with a line in `remarks`. Empty where there is none. Collective; all ranks return the same decision.
std::optional<Checkpoint> read_checkpoint(MPI_Comm comm, const std::string& directory, const Distribution& part, const Usable& usable,
                                          std::vector<std::string>& remarks);

}  // namespace hypofp
