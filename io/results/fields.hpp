#pragma once
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "io/results/snapshot.hpp"

namespace hypofp {

/// One snapshot as XDMF sees it: its time and its HDF5 file, relative to the .xdmf.
struct XdmfStep {
  double time;
  std::string file;
};

/// What a resumed run finds: the times of snapshots that stay, and the names of all that runs of ours wrote, relative to the folder.
struct EarlierSnapshots {
  std::vector<double> times;
  std::vector<std::string> files;
};

/// DIR/fields/NNNNNN.h5 (one file a snapshot) and DIR/fields.xdmf, the index over time: always of files that are there. It is written
/// with the first snapshot, every two seconds, and at the end; snapshots are on disk before an index names them.
/// One process uses it. Throws OutputError.
class FieldsWriter {
 public:
  /// Of the earlier ones, those that stay are numbered anew where need be, the rest are removed; no other file is touched.
  /// Finds out whether files can be written there.
  explicit FieldsWriter(std::string directory, const EarlierSnapshots& earlier = {}, Origin origin = {});
  FieldsWriter(const FieldsWriter&) = delete;
  ~FieldsWriter();  ///< finish(), without a word about what fails
  /// The grids are the same at every time, but for their values.
  void write(const Snapshot& snapshot);
  void finish();

 private:
  using Clock = std::chrono::steady_clock;

  void keep(const EarlierSnapshots& earlier);

  std::string directory_;
  Origin origin_;
  std::vector<XdmfStep> steps_;
  std::vector<FieldGrid> layout_;  // names and shapes, no data
  std::string pattern_;            // the first file written: the others begin as its copies
  bool listed_ = true;             // every step is in the index
  Clock::time_point index_due_{};
};

/// Those that a results folder's index lists and that are not later than `until`: times and paths of files.
std::vector<XdmfStep> listed_snapshots(const std::string& directory, double until);

}  // namespace hypofp
