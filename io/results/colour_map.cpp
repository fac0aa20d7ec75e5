#include "io/results/colour_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <tuple>

#include "io/results/gnuplot.hpp"

namespace hypofp {
namespace {

// pixels
constexpr int panel_width = 260, panel_height = 220, gap = 30, left = 80, above = 30, below = 62, scale_width = 14, scale_room = 92;
constexpr int line_height = 24, heading_letter = 11;  // of the heading

/// Perceptually uniform, and read by colour-blind eyes and in grey: viridis; for signs a blue and a red of equal lightness.
constexpr const char* sequential =
    "(0 '#440154', 1 '#482878', 2 '#3e4989', 3 '#31688e', 4 '#26828e', 5 '#1f9e89', 6 '#35b779', 7 '#6ece58', 8 '#b5de2b', 9 '#fde725')";
constexpr const char* diverging =
    "(0 '#053061', 1 '#2166ac', 2 '#4393c3', 3 '#92c5de', 4 '#d1e5f0', 5 '#f7f7f7', 6 '#fddbc7', 7 '#f4a582', 8 '#d6604d', 9 '#b2182b', "
    "10 '#67001f')";

/// Commands that show an axis from lowest to highest with some four ticks.
std::string axis(const char* name, double lowest, double highest) {
  const double rough = (highest - lowest) / 4, power = std::pow(10, std::floor(std::log10(rough)));
  double step = power;
  for (double digit : {2, 4, 5, 10})
    if (step < rough * (1 - 1e-9)) step = digit * power;
  return fmt::format("set {0}range [{1:.9g}:{2:.9g}]\nset {0}tics {3:.9g}\n", name, lowest, highest, step);
}

/// The mean of what is known of a block of values.
double mean_of(const Plane& p, std::size_t i0, std::size_t i1, std::size_t j0, std::size_t j1) {
  double sum = 0;
  int known = 0;
  for (std::size_t i = i0; i < i1; ++i)
    for (std::size_t j = j0; j < j1; ++j)
      if (const double v = p.values[i * p.columns + j]; std::isfinite(v)) sum += v, ++known;
  return known > 0 ? sum / known : std::numeric_limits<double>::quiet_NaN();
}

/// Ranges of the axes, and the cells as gnuplot's pm3d takes them: each with four corners of its own. The mesh is affine: a cell's sides
/// are what is between the first points.
std::string cells(const Plane& p, std::string& data) {
  constexpr std::size_t most = 128;  // an axis: a panel has some 260 pixels
  const std::size_t ni = p.rows, nj = p.columns, step_i = (ni + most - 1) / most, step_j = (nj + most - 1) / most;
  const auto place = [&](double i, double j, int c) {
    const double origin = p.points[c];
    return origin + i * (p.points[2 * nj + c] - origin) + j * (p.points[2 + c] - origin);
  };
  for (std::size_t i = 0; i < ni; i += step_i)
    for (const double at_i : {i - 0.5, std::min(i + step_i, ni) - 0.5}) {
      for (std::size_t j = 0; j < nj; j += step_j) {
        const double value = mean_of(p, i, std::min(i + step_i, ni), j, std::min(j + step_j, nj));
        const std::string shown = std::isfinite(value) ? fmt::format("{:.6g}", value) : "NaN";
        for (const double at_j : {j - 0.5, std::min(j + step_j, nj) - 0.5})
          data += fmt::format("{:.6g} {:.6g} {}\n", place(at_i, at_j, 0), place(at_i, at_j, 1), shown);
      }
      data += "\n";
    }
  std::string ranges;
  for (int c : {0, 1}) {
    const double i = ni - 0.5, j = nj - 0.5;
    const auto [low, high] = std::minmax({place(-0.5, -0.5, c), place(i, -0.5, c), place(-0.5, j, c), place(i, j, c)});
    ranges += axis(c == 0 ? "x" : "y", low, high);
  }
  return ranges;
}

/// What there is to draw of a panel, with its lower left corner at (x, y) of a sheet.
std::string drawn(const Panel& panel, bool first, int x, int y, const Sheet& sheet) {
  using gnuplot::constant;
  const auto across = [&](int pixels) { return static_cast<double>(pixels) / sheet.width; };
  const auto up = [&](int pixels) { return static_cast<double>(pixels) / sheet.height; };
  std::string data;
  const std::string ranges = cells(panel.plane, data);
  const double largest = panel.colours.largest > 0 ? panel.colours.largest : 1;
  std::string out = fmt::format(
      "set lmargin at screen {:.6f}\nset rmargin at screen {:.6f}\nset bmargin at screen {:.6f}\nset tmargin at screen {:.6f}\n", across(x),
      across(x + panel_width), up(y), up(y + panel_height));
  out += fmt::format("set title {} noenhanced offset 0,-0.6\nset xlabel {} noenhanced offset 0,0.3\n", constant(panel.title),
                     constant(in_letters(panel.plane.axes[0])));
  out += ranges + axis("cb", panel.colours.diverging ? -largest : 0, largest);
  out += first ? fmt::format("set ylabel {} noenhanced offset -1.2,0\nset format y '%g'\n", constant(in_letters(panel.plane.axes[1])))
               : "unset ylabel\nset format y ''\n";
  out += panel.shows_scale ? fmt::format("set colorbox user origin screen {:.6f}, screen {:.6f} size screen {:.6f}, screen {:.6f}\n",
                                         across(x + panel_width + 10), up(y), across(scale_width), up(panel_height))
                           : "unset colorbox\n";
  return out + fmt::format("set palette defined {}\nsplot '-' using 1:2:3 with pm3d notitle\n{}e\n",
                           panel.colours.diverging ? diverging : sequential, data);
}

}  // namespace

std::string in_letters(const std::string& name) {
  constexpr const char* subscripts[] = {"₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"};
  const std::size_t letters = name.find_last_not_of("0123456789") + 1;
  std::string out = name.substr(0, letters);
  if (out == "theta") out = "θ";
  if (out == "psi") out = "ψ";
  for (const char digit : name.substr(letters)) out += subscripts[digit - '0'];
  return out;
}

Plane plane_of(const FieldGrid& grid, const FieldGrid::Field& field) {
  if (grid.shape.size() < 2 || grid.shape[0] < 2 || grid.shape[1] < 2) return {};
  const std::size_t deep = grid.shape.size() > 2 ? grid.shape[2] : 1, axes = grid.axis_names.size(), n = grid.shape[0] * grid.shape[1];
  Plane plane{{grid.axis_names[0], grid.axis_names[1]}, grid.shape[0], grid.shape[1], {}, std::vector<double>(n, 0.0)};
  const double thick = deep > 1 ? grid.points[axes + 2] - grid.points[2] : 1;
  for (std::size_t p = 0; p < n; ++p) {
    plane.points.insert(plane.points.end(), {grid.points[p * deep * axes], grid.points[p * deep * axes + 1]});
    for (std::size_t k = 0; k < deep; ++k) plane.values[p] += thick * field.values[p * deep + k];
  }
  return plane;
}

void crop(std::vector<Panel>& panels) {
  const std::size_t rows = panels.front().plane.rows, columns = panels.front().plane.columns;
  std::size_t low_i = rows, high_i = 0, low_j = columns, high_j = 0;
  for (const Panel& panel : panels)
    for (std::size_t p = 0; p < panel.plane.values.size(); ++p)
      if (std::abs(panel.plane.values[p]) > 1e-3 * panel.colours.largest) {
        const std::size_t i = p / columns, j = p % columns;
        low_i = std::min(low_i, i), high_i = std::max(high_i, i), low_j = std::min(low_j, j), high_j = std::max(high_j, j);
      }
  if (low_i > high_i) return;
  low_i -= low_i > 0, low_j -= low_j > 0, high_i = std::min(high_i + 1, rows - 1), high_j = std::min(high_j + 1, columns - 1);
  for (Panel& panel : panels) {
    Plane cut{panel.plane.axes, high_i - low_i + 1, high_j - low_j + 1, {}, {}};
    for (std::size_t i = low_i; i <= high_i && panel.plane.rows > 0; ++i)
      for (std::size_t j = low_j; j <= high_j; ++j) {
        const std::size_t p = i * columns + j;
        cut.points.insert(cut.points.end(), {panel.plane.points[2 * p], panel.plane.points[2 * p + 1]});
        cut.values.push_back(panel.plane.values[p]);
      }
    if (panel.plane.rows > 0) panel.plane = std::move(cut);
  }
}

Sheet sheet_of(const std::vector<std::vector<Panel>>& rows, const std::string& heading) {
  Sheet sheet;
  const auto width_of = [](const Panel& panel) { return panel_width + (panel.shows_scale ? scale_room : gap); };
  for (const auto& row : rows) {
    int width = left;
    for (const Panel& panel : row) width += width_of(panel);
    sheet.width = std::max(sheet.width, width);
  }
  const std::string title = gnuplot::wrapped(heading, sheet.width / heading_letter);
  const int top = 12 + line_height * static_cast<int>(1 + std::count(title.begin(), title.end(), '\n'));
  const int row_height = above + panel_height + below;
  sheet.height = top + row_height * static_cast<int>(rows.size());
  sheet.commands = fmt::format(
      "set multiplot title {} noenhanced font ',14'\nset view map\nset pm3d map corners2color c1\nset datafile missing 'NaN'\nunset key\n"
      "set xtics offset 0,0.2\nset cbtics format '%g'\nset object 1 rectangle from graph 0,0 to graph 1,1 behind fc rgb '#c4c4c4' fs "
      "noborder\n",
      gnuplot::constant(title));
  for (std::size_t r = 0; r < rows.size(); ++r) {
    int x = left;
    const int y = sheet.height - top - static_cast<int>(r) * row_height - above - panel_height;
    for (const Panel& panel : rows[r]) {
      if (panel.plane.rows > 0) sheet.commands += drawn(panel, x == left, x, y, sheet);
      x += width_of(panel);
    }
  }
  sheet.commands += "unset multiplot\n";
  return sheet;
}

}  // namespace hypofp
