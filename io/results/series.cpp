#include "io/results/series.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "grids/errors.hpp"
#include "io/hdf5.hpp"

namespace hypofp {

void write_series(const std::string& path, const std::vector<Observation>& rows, const Origin& origin) {
  H5Writer file(path, origin);
  std::vector<double> values(rows.size());
  for (const Column& c : columns) {
    if (c.shown != Shown::series || !has(rows, c)) continue;
    for (std::size_t i = 0; i < rows.size(); ++i) values[i] = rows[i].*c.value;
    file.dataset(c.name, {rows.size()}, values.data());
    file.attribute(c.name, "long_name", c.long_name);
    file.attribute(c.name, "units", c.units);
  }
  file.make_scale("time");
  for (const Column& c : columns)
    if (c.shown == Shown::series && c.value != &Observation::time && has(rows, c)) file.attach_scale("time", c.name, 0);
  file.commit();
}

std::vector<Observation> read_series(const std::string& path) {
  std::vector<Observation> rows;
  const std::vector<std::string> names = read_names(path, "/");
  for (const Column& c : columns) {
    if (c.shown != Shown::series) continue;
    if (std::isnan(Observation{}.*c.value) && std::find(names.begin(), names.end(), c.name) == names.end()) continue;
    std::vector<hsize_t> shape;
    const std::vector<double> values = read_dataset(path, c.name, shape);
    if (&c == &columns.front()) rows.resize(values.size());
    if (shape.size() != 1 || values.size() != rows.size())
      throw UserError(fmt::format("{}: {} is not a column as long as time", path, c.name));
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].*c.value = values[i];
  }
  return rows;
}

}  // namespace hypofp
