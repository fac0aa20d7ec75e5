#pragma once
#include <string>
#include <vector>

#include "grids/distribution.hpp"
#include "io/hdf5.hpp"

namespace hypofp {

/// Dataset "g" of an HDF5 file, shape [nx]*d + [nv]*d, cell-centre values: this rank's part, [v-cells][nx^d]. Throws UserError (on every
/// rank) where it is missing, of another shape or not finite. Each rank reads the file.
std::vector<double> read_density(const std::string& path, const Distribution& part, int x_cells);

/// Such a file; `g` is whole. Throws OutputError.
void write_density(const std::string& path, int dimension, int x_cells, int v_cells, const std::vector<double>& g,
                   const Origin& origin = {});

}  // namespace hypofp
