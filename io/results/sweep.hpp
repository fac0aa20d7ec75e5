#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "io/hdf5.hpp"

namespace hypofp {

/// What a sweep found: a row a point.
struct SweepTable {
  struct Axis {
    std::string key;
    std::vector<std::string> texts;  ///< values, as TOML
    std::vector<double> values;      ///< the same where they are numbers, else NaN
  };
  struct Column {
    std::string name, long_name;
    std::vector<double> values;  ///< NaN where there is none
  };
  std::string title;
  std::vector<std::string> what, points, status;  ///< of a sweep; names, and "done" or what is missing, of the points
  std::vector<Axis> axes;
  std::vector<Column> columns;
};

/// sweep.csv (RFC 4180, full precision) and sweep.h5 (a dataset [points] for each axis, in group `axes`, and for each column, in
/// `columns`).
void write_sweep(const std::string& folder, const SweepTable& table, const Origin& origin = {});
/// As summary.json holds it, for the picture.
nlohmann::ordered_json sweep_json(const SweepTable& table);
/// sweep.png of a summary: rates over the axis with most values, a panel for each value of the others. Returns why it is not drawn, or
/// nothing.
std::string draw_sweep(const std::string& png, const nlohmann::json& summary);

}  // namespace hypofp
