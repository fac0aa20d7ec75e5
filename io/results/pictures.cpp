#include "io/results/pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <tuple>

#include "grids/errors.hpp"
#include "io/results/certificate_picture.hpp"
#include "io/results/eigenvalues_picture.hpp"
#include "io/results/ensemble_picture.hpp"
#include "io/results/fields.hpp"
#include "io/results/gnuplot.hpp"
#include "io/results/growth_picture.hpp"
#include "io/results/series.hpp"
#include "io/results/summary_file.hpp"

namespace hypofp {
namespace {

/// What a summary says to a picture.
struct Setting {
  std::string title;
  double end = 0;                    // time of the last row
  double mu = 0, mu_as_printed = 0;  // ‖h‖_* ~ e^{-mu t}, H ~ e^{-2 mu t}
  double rate_h = 0, rate_H = 0;     // measured; 0 = none
  double window_begin = 0, window_end = 0;
};

Setting read_setting(const std::string& path, const nlohmann::json& s) {
  try {
    const auto &theory = s.at("theory"), &measured = s.at("measured");
    const auto rate = [&](const char* name) { return measured.at(name).is_null() ? 0.0 : measured.at(name).get<double>(); };
    const std::string verdict = s.at("admissibility").at("verdict");
    return {s.at("case").at("title").get<std::string>() + (verdict == "admissible" ? "" : fmt::format(" (eps is {})", verdict)),
            s.at("final").at("time"),
            theory.at("mu"),
            theory.at("mu_as_printed"),
            rate("rate_h"),
            rate("rate_H"),
            measured.at("window").at(0),
            measured.at("window").at(1)};
  } catch (const nlohmann::json::exception& e) {
    throw UserError(fmt::format("{}: is not the summary of a run ({})", path, e.what()));
  }
}

constexpr int wide_letter = 19;  // pixels, of the titles' font

std::string draw_decay(const std::string& png, const std::vector<Observation>& rows, const Setting& s) {
  std::string data = "$rows << EOD\n";
  double lowest = std::numeric_limits<double>::infinity(), highest = 0;
  const std::size_t stride = std::max<std::size_t>(1, rows.size() / 4000);
  for (std::size_t i = 0; i < rows.size(); i += stride) {
    const double h = rows[i].h_norm, H = rows[i].H > 0 ? std::sqrt(rows[i].H) : 0;
    const auto shown = [](double v) { return v > 0 && std::isfinite(v) ? fmt::format("{:.8g}", v) : std::string("NaN"); };
    data += fmt::format("{:.8g} {} {}\n", rows[i].time, shown(h), shown(H));
    for (double v : {h, H})
      if (v > 0 && std::isfinite(v)) lowest = std::min(lowest, v), highest = std::max(highest, v);
  }
  data += "EOD\n";
  if (highest == 0) return "no norm is above zero";
  // the theory's lines leave from the first row
  const double start = rows.front().H > 0 ? std::sqrt(rows.front().H) : rows.front().h_norm, t0 = rows.front().time;
  constexpr int width = 1200;
  std::string script = fmt::format(
      "set encoding utf8\nset terminal pngcairo size {},800 font 'sans,14' linewidth 1.5\n{}set title {} noenhanced\nset logscale y\n"
      "set format y '10^{{%T}}'\nset xlabel 'time t'\nset ylabel 'norm'\nset grid lc rgb '#dddddd'\n"
      "set key top right box lc rgb '#cccccc' opaque\nset xrange [{}:{}]\nset yrange [{}:{}]\nset samples 400\n",
      width, data, gnuplot::constant(gnuplot::wrapped(s.title, width / wide_letter)), t0, rows.back().time, lowest * 0.4,
      std::max(highest, start) * 4);
  if (s.window_end > s.window_begin)
    script += fmt::format("set object 1 rectangle from first {}, graph 0 to first {}, graph 1 behind fc rgb '#f1f5fb' fs noborder\n",
                          s.window_begin, s.window_end);
  const auto measured = [](double rate) { return rate != 0 ? fmt::format(", measured rate {:.8g}", rate) : std::string(); };
  script += fmt::format(
      "plot $rows using 1:2 with lines lw 2.5 lc rgb '#1f77b4' title '‖h‖_*{}', "
      "$rows using 1:3 with lines lw 2.5 lc rgb '#d95f02' title '√H{}', "
      "{}*exp(-{}*(x-{})) with lines dt 2 lw 1.5 lc rgb '#222222' title 'e^{{-μt}}, μ = {:.6g} (derived)', "
      "{}*exp(-{}*(x-{})) with lines dt 3 lw 1.5 lc rgb '#999999' title 'e^{{-μt}}, μ = {:.6g} (as printed)'\n",
      measured(s.rate_h), measured(s.rate_H), start, s.mu, t0, s.mu, start, s.mu_as_printed, t0, s.mu_as_printed);
  return gnuplot::draw(png, script);
}

/// Commands that show `name` from lowest to highest with some four ticks.
std::string axis(const char* name, double lowest, double highest) {
  const double rough = (highest - lowest) / 4, power = std::pow(10, std::floor(std::log10(rough)));
  double step = power;
  for (double digit : {2, 4, 5, 10})
    if (step < rough * (1 - 1e-9)) step = digit * power;
  return fmt::format("set {0}range [{1:.9g}:{2:.9g}]\nset {0}tics {3:.9g}\n", name, lowest, highest, step);
}

/// A field as gnuplot's pm3d takes it, each cell with four corners of its own; and what it spans.
struct Map {
  std::string text;
  double low[2], high[2], largest = 0;
};
/// Our meshes are affine: a cell's sides are what is between the first points.
Map map_of(const FieldGrid& grid, const std::vector<double>& values) {
  constexpr std::size_t most = 128;  // cells an axis: a panel has some 300 pixels
  const std::size_t ni = grid.shape[0], nj = grid.shape[1], step_i = (ni + most - 1) / most, step_j = (nj + most - 1) / most;
  const auto place = [&](double i, double j, int c) {
    const double origin = grid.points[c];
    return origin + i * (grid.points[2 * nj + c] - origin) + j * (grid.points[2 + c] - origin);
  };
  Map map;
  for (int c : {0, 1}) {
    const double i = ni - 0.5, j = nj - 0.5;
    std::tie(map.low[c], map.high[c]) = std::minmax({place(-0.5, -0.5, c), place(i, -0.5, c), place(-0.5, j, c), place(i, j, c)});
  }
  for (std::size_t i = 0; i < ni; i += step_i)
    for (const double at_i : {i - 0.5, std::min(i + step_i, ni) - 0.5}) {
      for (std::size_t j = 0; j < nj; j += step_j) {
        const double value = values[i * nj + j];
        const std::string shown = std::isfinite(value) ? fmt::format("{:.6g}", value) : "NaN";
        if (std::isfinite(value)) map.largest = std::max(map.largest, std::abs(value));
        for (const double at_j : {j - 0.5, std::min(j + step_j, nj) - 0.5})
          map.text += fmt::format("{:.6g} {:.6g} {}\n", place(at_i, at_j, 0), place(at_i, at_j, 1), shown);
      }
      map.text += "\n";
    }
  return map;
}

/// A field as a colour map, every cell its value.
std::string panel(const FieldGrid& grid, const FieldGrid::Field& field) {
  using gnuplot::constant;
  const Map map = map_of(grid, field.values);
  const double largest = map.largest == 0 ? 1 : map.largest;
  const bool signed_field = field.name == "h";
  const char* palette = signed_field ? "(0 '#2166ac', 1 '#92c5de', 2 '#f7f7f7', 3 '#f4a582', 4 '#b2182b')"
                                     : "(0 '#440154', 1 '#3b528b', 2 '#21918c', 3 '#5ec962', 4 '#fde725')";
  return fmt::format(
      "set title {} noenhanced\nset xlabel {} noenhanced\nset ylabel {} noenhanced\n{}{}{}set palette defined {}\n"
      "splot '-' using 1:2:3 with pm3d notitle\n{}e\n",
      constant(field.name + " on " + grid.name), constant(grid.axis_names[0]), constant(grid.axis_names[1]),
      axis("x", map.low[0], map.high[0]), axis("y", map.low[1], map.high[1]), axis("cb", signed_field ? -largest : 0, largest), palette,
      map.text);
}

std::string draw_fields(const std::string& png, const std::string& title, const std::vector<FieldGrid>& grids) {
  std::string panels;
  int number = 0;
  for (const FieldGrid& grid : grids)
    for (const auto& field : grid.fields)
      if (grid.shape.size() == 2 && grid.shape[0] > 1 && grid.shape[1] > 1 && number < 6) {
        panels += panel(grid, field);
        ++number;
      }
  if (number == 0) return "the snapshot has no plane to show";
  const int columns = number < 3 ? number : number == 4 ? 2 : 3, lines = (number + columns - 1) / columns, width = columns * 480;
  const std::string heading = gnuplot::constant(gnuplot::wrapped(title, width / wide_letter));
  return gnuplot::draw(png, fmt::format("set encoding utf8\nset terminal pngcairo size {},{} font 'sans,12'\n"
                                        "set multiplot layout {},{} title {} noenhanced font ',14'\nset view map\n"
                                        "set pm3d map corners2color c1\nset datafile missing 'NaN'\nunset key\nset size ratio 0.8\n"
                                        "set lmargin 5\nset rmargin 5\n{}unset multiplot\n",
                                        width, lines * 420 + 40, lines, columns, heading, panels));
}

}  // namespace

Drawing draw_pictures(const std::string& folder) {
  const std::string path = folder + "/summary.json";
  const nlohmann::json summary = read_summary(path);
  Drawing drawing;
  const auto note = [&](const char* name, const std::string& trouble) {
    trouble.empty() ? drawing.drawn.push_back(name) : drawing.missing.push_back(fmt::format("{}: {}", name, trouble));
  };
  if (std::filesystem::exists(folder + "/ensemble.h5")) {
    note("ensemble.png", draw_ensemble(folder));
    return drawing;
  }
  if (summary.contains("spectrum")) {
    note("eigenvalues.png", draw_eigenvalues(folder + "/eigenvalues.png", summary));
    return drawing;
  }
  if (summary.contains("growth")) {
    note("growth.png", draw_growth(folder + "/growth.png", summary));
    return drawing;
  }
  if (summary.contains("certificate")) {
    note("certificate.png", draw_certificate(folder + "/certificate.png", summary));
    return drawing;
  }
  const Setting setting = read_setting(path, summary);
  const std::vector<Observation> rows = read_series(folder + "/series.h5");
  if (rows.empty()) throw UserError(fmt::format("{}/series.h5: holds no rows", folder));
  const std::optional<Snapshot> shown = last_snapshot(folder, setting.end);
  note("decay.png", draw_decay(folder + "/decay.png", rows, setting));
  if (shown)
    note("fields.png", draw_fields(folder + "/fields.png", fmt::format("{}, t = {:.4g}", setting.title, shown->time), shown->grids));
  return drawing;
}

std::string ended(const std::string& folder, const Drawing& drawing) {
  std::string out = fmt::format("\nresults: {}\n", folder);
  for (const auto& name : drawing.drawn) out += fmt::format("picture: {}/{}\n", folder, name);
  for (const auto& why : drawing.missing) out += fmt::format("not drawn: {}\n", why);
  return out;
}

}  // namespace hypofp
