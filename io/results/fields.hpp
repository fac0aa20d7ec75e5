#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace hypofp {

/// A mesh of points with values on them (the unknowns are values at cell centres, so the points are the centres).
struct FieldGrid {
  struct Field {
    std::string name;            // "g", "h", "F", "psi", ...
    std::vector<double> values;  // row-major over shape
  };
  std::string name;                        // "x-v", "theta-y", "x1-v1", "x-space", ...
  std::vector<std::string> axis_names;     // one per dimension, first = slowest
  std::vector<std::size_t> shape;          // 2 or 3 entries, slowest first
  std::vector<std::vector<double>> axes;   // tensor grid: coordinates per dimension (slowest first); empty for a curvilinear mesh
  std::vector<double> points;              // curvilinear, 2-D: (a, b) of each point, row-major over shape; empty for a tensor grid
  std::vector<Field> fields;
};

/// DIR/fields/NNNNNN.h5 (one file a snapshot) and DIR/fields.xdmf, replaced atomically after each snapshot.
/// One process uses it. Throws OutputError.
class FieldsWriter {
 public:
  /// `kept`: times of snapshots already in the folder that stay listed (a resumed run).
  explicit FieldsWriter(std::string directory, std::vector<double> kept = {});
  void write(double time, const std::vector<FieldGrid>& grids);

 private:
  std::string directory_;
  std::vector<double> times_;
};

}  // namespace hypofp
