#include "io/results/snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "grids/errors.hpp"

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

bool ends_in_digit(const std::string& text) { return !text.empty() && std::isdigit(static_cast<unsigned char>(text.back())); }

/// Units and long names of an axis, by its letter: x carries [x], t time.
struct Axis {
  const char *letters, *units, *long_name;
};
constexpr Axis known_axes[] = {
    {"x", "x", "position x"}, {"v", "x/t", "velocity v"}, {"theta", "x t", "parameter theta"}, {"y", "x", "y = x"}};
constexpr Axis other_axis{"", "1", "axis"};

Axis axis_of(const std::string& name) {
  const std::string letters = name.substr(0, name.find_last_not_of("0123456789") + 1);
  const auto known = std::find_if(std::begin(known_axes), std::end(known_axes), [&](const Axis& a) { return letters == a.letters; });
  return known == std::end(known_axes) ? other_axis : *known;
}

/// h and F/M are numbers, all else that is shown a density.
std::string units_of(const FieldGrid& grid, const std::string& field) {
  if (field.starts_with("h") || field == "F_over_M") return "1";
  std::vector<std::string> units;
  for (const std::string& axis : grid.axis_names) units.push_back(axis_of(axis).units);
  return fmt::format("1/({})", fmt::join(units, " "));
}

std::string long_name_of(const FieldGrid& grid, const std::string& field) {
  const bool marginal = ends_in_digit(grid.axis_names[0]);
  const std::string what = field == "h"          ? "h = (g - F)/M, nan where M is at rounding level"
                           : field == "F_over_M" ? "F/M, nan where M is at rounding level"
                           : field == "F"        ? "steady state F of unit mass"
                           : field == "psi"      ? "density psi = omega0^{2d} g"
                                                 : field;
  return fmt::format("{}{} on ({})", marginal ? "marginal of " : "", what, fmt::join(grid.axis_names, ", "));
}

/// The variables of one snapshot, for readers of netCDF too: axes are dimension scales, time and the curvilinear meshes coordinates.
class Variables {
 public:
  Variables(H5Writer& file, const Snapshot& s) : file_(file), main_(s.grids.front()) {
    file_.attribute("/", "time", s.time);
    put("time", {}, &s.time, "t", "time");
    if (!std::isnan(s.excess_loss)) {
      put("excess_loss", {}, &s.excess_loss, "(x/t)^2", "E f - min f under g");
      put("excess_loss_F", {}, &s.floor, "(x/t)^2", "E f - min f under F");
      for (const char* name : {"excess_loss", "excess_loss_F"}) file_.attribute(name, "coordinates", std::string("time"));
    }
    file_.group("points");
    for (const FieldGrid& grid : s.grids) add(grid);
  }

 private:
  void put(const std::string& name, const std::vector<hsize_t>& shape, const double* values, const std::string& units,
           const std::string& long_name) {
    file_.dataset(name, shape, values);
    file_.attribute(name, "units", units);
    file_.attribute(name, "long_name", long_name);
  }
  void axis(const std::string& name, const std::vector<hsize_t>& shape, const double* values) {
    const Axis a = axis_of(name);
    const std::size_t digit = name.find_last_not_of("0123456789") + 1;
    put(name, shape, values, a.units, a.long_name + (digit < name.size() ? "_" + name.substr(digit) : ""));
  }
  void scale(const FieldGrid& grid, const std::string& name) {
    for (std::size_t i = 0; i < grid.axes.size(); ++i) file_.attach_scale(grid.axis_names[i], name, static_cast<unsigned>(i));
  }
  void add(const FieldGrid& grid) {
    const bool curvilinear = grid.axes.empty();
    const std::vector<hsize_t> shape(grid.shape.begin(), grid.shape.end());
    for (std::size_t i = 0; i < grid.axes.size(); ++i)
      if (scales_.insert(grid.axis_names[i]).second) {
        axis(grid.axis_names[i], {grid.shape[i]}, grid.axes[i].data());
        file_.make_scale(grid.axis_names[i]);
      }
    for (std::size_t i = 0; curvilinear && i < grid.axis_names.size(); ++i) {
      std::vector<double> values;
      for (std::size_t k = i; k < grid.points.size(); k += grid.axis_names.size()) values.push_back(grid.points[k]);
      axis(grid.axis_names[i], shape, values.data());
      scale(main_, grid.axis_names[i]);
    }
    std::vector<std::string> fields, variables;
    for (const auto& field : grid.fields) {
      const std::string name = variable_name(grid, field);
      put(name, shape, field.values.data(), units_of(grid, field.name), long_name_of(grid, field.name));
      file_.attribute(name, "coordinates", curvilinear ? fmt::format("time {}", fmt::join(grid.axis_names, " ")) : std::string("time"));
      scale(curvilinear ? main_ : grid, name);
      fields.push_back(field.name), variables.push_back(name);
    }
    points(grid, shape, fields, variables);
  }
  /// What ParaView's mesh is made of, and how a grid is put together again.
  void points(const FieldGrid& grid, std::vector<hsize_t> shape, const std::vector<std::string>& fields,
              const std::vector<std::string>& variables) {
    const std::string name = "points/" + grid.name;
    const std::vector<double> points = grid.points.empty() ? tensor_points(grid) : grid.points;
    shape.push_back(grid.shape.size());
    file_.dataset(name, shape, points.data());
    file_.attribute(name, "axes", grid.axis_names);
    file_.attribute(name, "fields", fields);
    file_.attribute(name, "variables", variables);
  }

  H5Writer& file_;
  const FieldGrid& main_;
  std::set<std::string> scales_;
};

FieldGrid read_grid(const std::string& path, const std::string& name) {
  const std::string mesh = "points/" + name;
  FieldGrid grid;
  grid.name = name;
  grid.axis_names = read_texts(path, mesh, "axes");
  std::vector<hsize_t> shape;
  grid.points = read_dataset(path, mesh, shape);
  if (shape.size() != grid.axis_names.size() + 1 || shape.size() < 3 || shape.back() != grid.axis_names.size())
    throw UserError(fmt::format("{}: the points of {} are not of the shape that its axes say", path, name));
  grid.shape.assign(shape.begin(), shape.end() - 1);
  const std::vector<std::string> fields = read_texts(path, mesh, "fields"), variables = read_texts(path, mesh, "variables");
  if (fields.size() != variables.size()) throw UserError(fmt::format("{}: {} has not a variable a field", path, name));
  for (std::size_t i = 0; i < fields.size(); ++i) {
    grid.fields.push_back({fields[i], read_dataset(path, variables[i], shape)});
    if (!std::equal(shape.begin(), shape.end(), grid.shape.begin(), grid.shape.end()))
      throw UserError(fmt::format("{}: {} has another shape than its points", path, variables[i]));
  }
  return grid;
}

}  // namespace

std::string variable_name(const FieldGrid& grid, const FieldGrid::Field& field) {
  if (!ends_in_digit(grid.axis_names[0])) return field.name;
  std::string name = field.name + "_" + grid.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

void write_snapshot(H5Writer& file, const Snapshot& snapshot) { Variables(file, snapshot); }

void overwrite_snapshot(H5Writer& file, const Snapshot& s) {
  file.attribute("/", "time", s.time);
  file.overwrite("time", &s.time);
  if (!std::isnan(s.excess_loss)) file.overwrite("excess_loss", &s.excess_loss), file.overwrite("excess_loss_F", &s.floor);
  for (const FieldGrid& grid : s.grids)
    for (const auto& field : grid.fields) file.overwrite(variable_name(grid, field), field.values.data());
}

Snapshot read_numbers(const std::string& path) {
  Snapshot snapshot{read_number(path, "/", "time"), {}};
  const std::vector<std::string> held = read_names(path, "/");
  std::vector<hsize_t> shape;
  for (const auto& [name, number] : {std::pair{"excess_loss", &snapshot.excess_loss}, {"excess_loss_F", &snapshot.floor}}) {
    if (std::find(held.begin(), held.end(), name) == held.end()) continue;
    const std::vector<double> values = read_dataset(path, name, shape);
    if (values.size() != 1) throw UserError(fmt::format("{}: {} is not one number", path, name));
    *number = values[0];
  }
  return snapshot;
}

Snapshot read_snapshot(const std::string& path) {
  Snapshot snapshot = read_numbers(path);
  for (const std::string& name : read_names(path, "points")) snapshot.grids.push_back(read_grid(path, name));
  return snapshot;
}

}  // namespace hypofp
