#include "io/initial_file.hpp"

#include <fmt/format.h>

#include <cmath>

#include "grids/errors.hpp"
#include "io/hdf5.hpp"

namespace hypofp {

std::vector<double> read_density(const std::string& path, const Distribution& part, int x_cells) {
  std::vector<hsize_t> shape, wanted(part.dimension, x_cells);
  for (int i = 0; i < part.dimension; ++i) wanted.push_back(part.cells[i]);
  const std::vector<double> g = read_dataset(path, "g", shape);
  if (shape != wanted)
    throw UserError(fmt::format("{}: g has shape ({}); allowed: the grid's, ({})", path, fmt::join(shape, ", "), fmt::join(wanted, ", ")));
  for (double value : g)
    if (!std::isfinite(value)) throw UserError(path + ": g is not finite everywhere");
  std::size_t positions = 1, velocities = 1;
  for (int i = 0; i < part.dimension; ++i) positions *= x_cells, velocities *= part.cells[i];
  std::vector<double> mine;
  for (int a = 0; a < part.count[0]; ++a)
    for (int b = 0; b < part.count[1]; ++b)
      for (int c = 0; c < part.count[2]; ++c) {
        const int local[3] = {a, b, c};
        std::size_t cell = 0;
        for (int i = 0; i < part.dimension; ++i) cell = cell * part.cells[i] + part.first[i] + local[i];
        for (std::size_t x = 0; x < positions; ++x) mine.push_back(g[x * velocities + cell]);
      }
  return mine;
}

void write_density(const std::string& path, int dimension, int x_cells, int v_cells, const std::vector<double>& g, const Origin& origin) {
  std::vector<hsize_t> shape(dimension, x_cells);
  shape.insert(shape.end(), dimension, v_cells);
  H5Writer file(path, origin);
  file.dataset("g", shape, g.data());
  file.commit();
}

}  // namespace hypofp
