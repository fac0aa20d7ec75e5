#include "io/results/fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <regex>

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

FieldGrid read_grid(const std::string& path, const std::string& name) {
  FieldGrid grid;
  grid.name = name;
  grid.axis_names = read_texts(path, name, "axes");
  std::vector<hsize_t> shape;
  grid.points = read_dataset(path, name + "/points", shape);
  if (shape.size() != grid.axis_names.size() + 1 || shape.size() < 3 || shape.back() != grid.axis_names.size())
    throw UserError(fmt::format("{}: the points of {} are not of the shape that its axes say", path, name));
  grid.shape.assign(shape.begin(), shape.end() - 1);
  for (const std::string& field : read_names(path, name))
    if (field != "points") {
      grid.fields.push_back({field, read_dataset(path, name + "/" + field, shape)});
      if (!std::equal(shape.begin(), shape.end(), grid.shape.begin(), grid.shape.end()))
        throw UserError(fmt::format("{}: {}/{} has another shape than its points", path, name, field));
    }
  return grid;
}

}  // namespace

FieldsWriter::FieldsWriter(std::string directory, const std::vector<double>& kept) : directory_(std::move(directory)), next_(kept.size()) {
  const std::string folder = directory_ + "/fields";
  std::error_code e;
  std::filesystem::create_directories(folder, e);
  if (e) throw OutputError(fmt::format("{}: can't be created: {}", folder, e.message()));
  const std::string trial = temporary_name(folder + "/trial");
  if (!std::ofstream(trial)) throw OutputError(fmt::format("{}: no file can be created in it: {}", folder, std::strerror(errno)));
  std::filesystem::remove(trial, e);
  for (std::size_t i = 0; i < kept.size(); ++i)
    if (std::filesystem::exists(directory_ + "/" + step_file(i), e)) steps_.push_back({kept[i], step_file(i)});
}

FieldsWriter::~FieldsWriter() {
  try {
    finish();
  } catch (const OutputError&) {
  }
}

void FieldsWriter::write(double time, const std::vector<FieldGrid>& grids) {
  H5Writer file(directory_ + "/" + step_file(next_));
  file.attribute("/", "time", time);
  for (const FieldGrid& grid : grids) {
    file.group(grid.name);
    file.attribute(grid.name, "axes", grid.axis_names);
    std::vector<hsize_t> shape(grid.shape.begin(), grid.shape.end());
    for (const auto& field : grid.fields) file.dataset(grid.name + "/" + field.name, shape, field.values.data());
    const std::vector<double> points = grid.points.empty() ? tensor_points(grid) : grid.points;
    shape.push_back(grid.shape.size());
    file.dataset(grid.name + "/points", shape, points.data());
  }
  file.commit_unsynced();
  steps_.push_back({time, step_file(next_++)});
  listed_ = false;
  if (layout_.empty())
    for (const FieldGrid& grid : grids) {
      layout_.push_back({grid.name, grid.axis_names, grid.shape, {}, {}, {}});
      for (const auto& field : grid.fields) layout_.back().fields.push_back({field.name, {}});
    }
  if (Clock::now() >= index_due_) finish();
}

void FieldsWriter::finish() {
  if (listed_) return;
  sync_folder(directory_ + "/fields");
  for (const FieldGrid& grid : layout_) {
    const bool main = &grid == &layout_.front();
    replace_file(directory_ + (main ? "/fields.xdmf" : "/fields-" + grid.name + ".xdmf"), xdmf_text(grid, steps_));
  }
  listed_ = true;
  index_due_ = Clock::now() + std::chrono::seconds(2);
}

Snapshot read_snapshot(const std::string& path) {
  Snapshot snapshot{read_number(path, "/", "time"), {}};
  for (const std::string& name : read_names(path, "/")) snapshot.grids.push_back(read_grid(path, name));
  return snapshot;
}

std::optional<Snapshot> last_snapshot(const std::string& directory, double until) {
  std::ifstream index(directory + "/fields.xdmf");  // what it does not list is not ours
  const std::string text((std::istreambuf_iterator<char>(index)), {});
  std::vector<std::string> files;
  const std::regex name("fields/[0-9]+\\.h5");
  for (std::sregex_iterator found(text.begin(), text.end(), name), end; found != end; ++found)
    if (files.empty() || files.back() != found->str()) files.push_back(found->str());
  for (auto file = files.rbegin(); file != files.rend(); ++file)
    if (const std::string path = directory + "/" + *file; read_number(path, "/", "time") <= until) return read_snapshot(path);
  return std::nullopt;
}

}  // namespace hypofp
