#include "io/results/fields.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "grids/errors.hpp"
#include "io/files.hpp"
#include "io/hdf5.hpp"
#include "io/results/xdmf.hpp"

namespace hypofp {
namespace {

/// Points of a tensor grid, row-major over its shape; a point's coordinates in the order of the axes (x before v).
std::vector<double> tensor_points(const FieldGrid& grid) {
  std::size_t n = 1;
  for (std::size_t s : grid.shape) n *= s;
  std::vector<double> points;
  points.reserve(n * grid.shape.size());
  for (std::size_t p = 0; p < n; ++p) {
    std::size_t stride = n;
    for (std::size_t i = 0; i < grid.shape.size(); ++i) {
      stride /= grid.shape[i];
      points.push_back(grid.axes[i][p / stride % grid.shape[i]]);
    }
  }
  return points;
}

std::string step_file(std::size_t number) { return fmt::format("fields/{:06d}.h5", number); }

}  // namespace

FieldsWriter::FieldsWriter(std::string directory, std::vector<double> kept) : directory_(std::move(directory)), times_(std::move(kept)) {
  std::error_code e;
  std::filesystem::create_directories(directory_ + "/fields", e);
  if (e) throw OutputError(fmt::format("{}/fields: can't be created: {}", directory_, e.message()));
}

void FieldsWriter::write(double time, const std::vector<FieldGrid>& grids) {
  H5Writer file(directory_ + "/" + step_file(times_.size()));
  for (const FieldGrid& grid : grids) {
    file.group(grid.name);
    std::vector<hsize_t> shape(grid.shape.begin(), grid.shape.end());
    for (const auto& field : grid.fields) file.dataset(grid.name + "/" + field.name, shape, field.values.data());
    const std::vector<double> points = grid.points.empty() ? tensor_points(grid) : grid.points;
    shape.push_back(grid.shape.size());
    file.dataset(grid.name + "/points", shape, points.data());
  }
  file.commit();
  times_.push_back(time);
  std::vector<XdmfStep> steps;
  for (std::size_t i = 0; i < times_.size(); ++i) steps.push_back({times_[i], step_file(i)});
  for (const FieldGrid& grid : grids) {
    const bool main = &grid == &grids.front();
    replace_file(directory_ + (main ? "/fields.xdmf" : "/fields-" + grid.name + ".xdmf"), xdmf_text(grid, steps));
  }
}

}  // namespace hypofp
