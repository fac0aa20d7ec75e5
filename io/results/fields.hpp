#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace hypofp {

/// A mesh of points with values on them (the unknowns are values at cell centres, so the points are the centres).
struct FieldGrid {
  struct Field {
    std::string name;            // "g", "h", "F", "psi", ...
    std::vector<double> values;  // row-major over shape
  };
  std::string name;                       // "x-v", "theta-y", "x1-v1", "x-space", ...
  std::vector<std::string> axis_names;    // one per dimension, first = slowest
  std::vector<std::size_t> shape;         // 2 or 3 entries, slowest first
  std::vector<std::vector<double>> axes;  // tensor grid: coordinates per dimension (slowest first); empty for a curvilinear mesh
  std::vector<double> points;             // curvilinear, 2-D: (a, b) of each point, row-major over shape; empty for a tensor grid
  std::vector<Field> fields;
};

/// One snapshot as XDMF sees it: its time and its HDF5 file, relative to the .xdmf.
struct XdmfStep {
  double time;
  std::string file;
};

/// DIR/fields/NNNNNN.h5 (one file a snapshot) and DIR/fields.xdmf, the index over time: always of files that are there. It is written
/// with the first snapshot, every two seconds, and at the end; snapshots are on disk before an index names them.
/// One process uses it. Throws OutputError.
class FieldsWriter {
 public:
  /// `kept`: times of snapshots already in the folder that stay listed (a resumed run). Finds out whether files can be written there.
  explicit FieldsWriter(std::string directory, const std::vector<double>& kept = {});
  FieldsWriter(const FieldsWriter&) = delete;
  ~FieldsWriter();  ///< finish(), without a word about what fails
  void write(double time, const std::vector<FieldGrid>& grids);
  void finish();

 private:
  using Clock = std::chrono::steady_clock;

  std::string directory_;
  std::size_t next_;
  std::vector<XdmfStep> steps_;
  std::vector<FieldGrid> layout_;  // names and shapes, no data
  bool listed_ = true;             // every step is in the index
  Clock::time_point index_due_{};
};

/// A snapshot read back: every grid with its points.
struct Snapshot {
  double time = 0;
  std::vector<FieldGrid> grids;
};
/// Throws UserError where the file is none.
Snapshot read_snapshot(const std::string& path);
/// The last one that a results folder's index lists and that is not later than `until`; none where there is none.
std::optional<Snapshot> last_snapshot(const std::string& directory, double until);

}  // namespace hypofp
