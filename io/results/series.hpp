#pragma once
#include <string>
#include <vector>

#include "grids/observation.hpp"
#include "io/hdf5.hpp"

namespace hypofp {

/// Writes DIR/series.h5: one 1-D dataset per quantity, `time` as HDF5 dimension scale, units and long names as attributes.
/// Atomic (temporary, fsync, rename). One process calls it. Throws OutputError.
void write_series(const std::string& path, const std::vector<Observation>& rows, const Origin& origin = {});
std::vector<Observation> read_series(const std::string& path);

}  // namespace hypofp
