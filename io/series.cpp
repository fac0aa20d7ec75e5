#include "io/series.hpp"

#include <array>

#include "io/hdf5.hpp"

namespace hypofp {
namespace {

struct Column {
  const char *name, *long_name, *units;
  double SeriesRow::*value;
};
// x carries [x], v carries [v] = [x]/[t]; g is a density, h = (g - F)/M a pure number
constexpr std::array<Column, 9> columns{{
    {"time", "time", "t", &SeriesRow::time},
    {"mass", "mass of g", "1", &SeriesRow::mass},
    {"h_norm", "weighted norm ||h||_* of h = (g - F)/M", "1", &SeriesRow::h_norm},
    {"H", "Lyapunov functional H of (3.8)", "x^-2", &SeriesRow::H},
    {"grad_x", "||grad_x h||_*^2", "x^-2", &SeriesRow::grad_x},
    {"grad_v", "||grad_v h||_*^2", "v^-2", &SeriesRow::grad_v},
    {"cross", "<grad_x h, grad_v h>_*", "x^-1 v^-1", &SeriesRow::cross},
    {"g_min", "smallest g at a cell centre", "(x v)^-d", &SeriesRow::g_min},
    {"edge", "share of ||h||_*^2 in the outermost cells", "1", &SeriesRow::edge},
}};

}  // namespace

void write_series(const std::string& path, const std::vector<SeriesRow>& rows) {
  H5Writer file(path);
  std::vector<double> values(rows.size());
  for (const Column& c : columns) {
    for (std::size_t i = 0; i < rows.size(); ++i) values[i] = rows[i].*c.value;
    file.dataset(c.name, {rows.size()}, values.data());
    file.attribute(c.name, "long_name", c.long_name);
    file.attribute(c.name, "units", c.units);
  }
  file.make_scale("time");
  for (const Column& c : columns)
    if (c.value != &SeriesRow::time) file.attach_scale("time", c.name, 0);
  file.commit();
}

std::vector<SeriesRow> read_series(const std::string& path) {
  std::vector<SeriesRow> rows;
  for (const Column& c : columns) {
    std::vector<hsize_t> shape;
    const std::vector<double> values = read_dataset(path, c.name, shape);
    rows.resize(values.size());
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].*c.value = values[i];
  }
  return rows;
}

}  // namespace hypofp
