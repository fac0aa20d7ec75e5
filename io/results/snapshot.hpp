#pragma once
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "io/hdf5.hpp"

namespace hypofp {

/// A mesh of points with values on them (the unknowns are values at cell centres, so the points are the centres): a tensor grid, or a
/// curvilinear mesh over the axes of the snapshot's first grid.
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

/// What a file says of g at one time.
struct Snapshot {
  double time = 0;
  std::vector<FieldGrid> grids;                   // read back, each has its points
  double excess_loss = unknown, floor = unknown;  // E f - min f under g and under F

  static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
};

/// The name of a field's variable in a snapshot's file: its own where d = 1, with its grid's beyond.
std::string variable_name(const FieldGrid& grid, const FieldGrid::Field& field);

/// All of it into a file: netCDF's conventions for xarray (axes as dimension scales, coordinates, units), points for ParaView.
void write_snapshot(H5Writer& file, const Snapshot& snapshot);
/// Over one of the same grids: the names, axes and units stay, at less than half the cost.
void overwrite_snapshot(H5Writer& file, const Snapshot& snapshot);
/// Throws UserError where the file is none.
Snapshot read_snapshot(const std::string& path);
/// Without its grids.
Snapshot read_numbers(const std::string& path);

}  // namespace hypofp
