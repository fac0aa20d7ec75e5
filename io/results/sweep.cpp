#include "io/results/sweep.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "io/files.hpp"

namespace hypofp {
namespace {

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

std::string csv(const SweepTable& t) {
  std::string out = "point";
  for (const auto& axis : t.axes) out += "," + quoted(axis.key);
  out += ",status";
  for (const auto& column : t.columns) out += "," + column.name;
  for (std::size_t i = 0; i < t.points.size(); ++i) {
    out += "\n" + quoted(t.points[i]);
    for (const auto& axis : t.axes) out += "," + quoted(axis.texts[i]);
    out += "," + quoted(t.status[i]);
    for (const auto& column : t.columns) out += "," + (std::isnan(column.values[i]) ? "" : fmt::format("{}", column.values[i]));
  }
  return out + "\n";
}

}  // namespace

void write_sweep(const std::string& folder, const SweepTable& t, const Origin& origin) {
  replace_file(folder + "/sweep.csv", csv(t));
  H5Writer file(folder + "/sweep.h5", origin);
  const std::vector<hsize_t> shape{t.points.size()};
  file.group("axes");
  file.group("columns");
  for (const auto& axis : t.axes) file.dataset("axes/" + axis.key, shape, axis.values.data());
  for (const auto& column : t.columns) {
    file.dataset("columns/" + column.name, shape, column.values.data());
    file.attribute("columns/" + column.name, "long_name", column.long_name);
  }
  file.commit();
}

nlohmann::ordered_json sweep_json(const SweepTable& t) {
  using Json = nlohmann::ordered_json;
  Json axes = Json::array(), columns = Json::object();
  for (const auto& axis : t.axes) axes.push_back({{"key", axis.key}, {"texts", axis.texts}, {"values", axis.values}});
  for (const auto& column : t.columns) columns[column.name] = column.values;
  return {{"title", t.title}, {"what", t.what}, {"points", t.points}, {"status", t.status}, {"axes", axes}, {"columns", columns}};
}

}  // namespace hypofp
