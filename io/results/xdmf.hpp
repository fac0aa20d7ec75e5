#pragma once
#include <string>
#include <vector>

#include "io/results/fields.hpp"

namespace hypofp {

/// The text of an XDMF 3 file: the grid's fields over time. Only constructs that ParaView's three readers agree on: temporal
/// collections, structured meshes with XY or XYZ points, one HDF5 file a step. `grid` gives names and shape, no data.
std::string xdmf_text(const FieldGrid& grid, const std::vector<XdmfStep>& steps);

}  // namespace hypofp
