#pragma once
#include <string>
#include <vector>

namespace hypofp {

/// One row of the series (interface: series.h5). h_norm is ||h||_*, not squared; grad_x, grad_v are squared norms.
struct SeriesRow {
  double time, mass, h_norm, H, grad_x, grad_v, cross, g_min, edge;
};

/// Writes DIR/series.h5: one 1-D dataset per quantity, `time` as HDF5 dimension scale, units and long names as attributes.
/// Atomic (temporary, fsync, rename). One process calls it. Throws OutputError.
void write_series(const std::string& path, const std::vector<SeriesRow>& rows);
std::vector<SeriesRow> read_series(const std::string& path);

}  // namespace hypofp
