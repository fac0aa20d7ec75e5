#include "io/results/fields_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/results/colour_map.hpp"
#include "io/results/gnuplot.hpp"

namespace hypofp {
namespace {

using Rows = std::vector<std::vector<Panel>>;

const Observation& nearest(const std::vector<Observation>& rows, double time) {
  return *std::min_element(rows.begin(), rows.end(),
                           [&](const auto& a, const auto& b) { return std::abs(a.time - time) < std::abs(b.time - time); });
}

/// The first snapshot, the last, and between them the one where ‖h‖_* is nearest to a third of what it was, still seen on one scale, or
/// half-way where it does not fall so far.
std::vector<Snapshot> story(const std::vector<XdmfStep>& steps, const std::vector<Observation>& rows) {
  std::vector<Snapshot> shown{read_snapshot(steps.front().file)};
  const auto size = [&](const XdmfStep& step) { return nearest(rows, step.time).h_norm; };
  const double begin = size(steps.front()), sought = std::max(begin / 3, std::sqrt(begin * size(steps.back())));
  const auto away = [&](const XdmfStep& step) { return std::abs(std::log(size(step) / sought)); };
  if (steps.size() > 2)
    shown.push_back(read_snapshot(
        std::min_element(steps.begin() + 1, steps.end() - 1, [&](const auto& a, const auto& b) { return away(a) < away(b); })->file));
  if (steps.size() > 1) shown.push_back(read_snapshot(steps.back().file));
  return shown;
}

const FieldGrid::Field* field_of(const FieldGrid& grid, const std::string& name) {
  const auto found = std::find_if(grid.fields.begin(), grid.fields.end(), [&](const auto& field) { return field.name == name; });
  return found == grid.fields.end() ? nullptr : &*found;
}

Plane plane_of(const FieldGrid& grid, const std::string& name) {
  const FieldGrid::Field* field = field_of(grid, name);
  return field ? plane_of(grid, *field) : Plane{};
}

double largest_of(const Plane& plane) {
  double largest = 0;
  for (double v : plane.values)
    if (std::isfinite(v)) largest = std::max(largest, std::abs(v));
  return largest;
}
/// Of a field over M: where g or F is not next to nothing, or the corners would take all colours.
double largest_where(const Plane& plane, const Plane& density) {
  const double least = 1e-4 * largest_of(density);
  double largest = 0;
  for (std::size_t p = 0; p < plane.values.size() && p < density.values.size(); ++p)
    if (std::isfinite(plane.values[p]) && std::abs(density.values[p]) >= least) largest = std::max(largest, std::abs(plane.values[p]));
  return largest;
}

/// Gives the panels one scale, shown beside the last; `largest` is that of the panels' values where none is given.
void share_scale(std::vector<Panel>& row, std::size_t first, bool diverging, double largest = 0) {
  if (largest == 0)
    for (std::size_t i = first; i < row.size(); ++i) largest = std::max(largest, largest_of(row[i].plane));
  for (std::size_t i = first; i < row.size(); ++i) row[i].colours = {diverging, largest}, row[i].shows_scale = i + 1 == row.size();
}

Plane minus(Plane a, const Plane& b, double factor) {
  for (std::size_t p = 0; p < a.values.size() && p < b.values.size(); ++p) a.values[p] -= factor * b.values[p];
  return a;
}

std::string at(const std::string& name, double time) { return fmt::format("{}, t = {:.4g}", name, time); }

/// d = 1: g and F; h, and F/M - 1; psi.
Rows whole(const std::vector<Snapshot>& shown) {
  const FieldGrid& last = shown.back().grids[0];
  Rows rows(2);
  double largest_h = 0;
  for (const Snapshot& s : shown) {
    rows[0].push_back({at("g", s.time), plane_of(s.grids[0], "g"), {}});
    rows[1].push_back({at("h", s.time), plane_of(s.grids[0], "h"), {}});
    largest_h = std::max(largest_h, largest_where(rows[1].back().plane, plane_of(s.grids[0], "F")));
  }
  rows[0].push_back({"F", plane_of(last, "F"), {}});
  share_scale(rows[0], 0, false);
  crop(rows[0]);
  share_scale(rows[1], 0, true, largest_h);
  if (Plane ratio = plane_of(last, "F_over_M"); ratio.rows > 0) {
    for (double& v : ratio.values) v -= 1;
    const double largest = largest_where(ratio, plane_of(last, "F"));
    rows[1].push_back({"F/M − 1", std::move(ratio), {true, largest}});
  }
  if (last.fields.size() == 0 || shown.back().grids.size() < 2) return rows;
  std::vector<Panel> psi;
  for (const Snapshot& s : shown) psi.push_back({at("ψ", s.time), plane_of(s.grids[1], "psi"), {}});
  share_scale(psi, 0, false);
  crop(psi);
  rows.push_back(std::move(psi));
  return rows;
}

/// d > 1: of each plane g at the start, F, and what is between them over time.
Rows marginals(const std::vector<Snapshot>& shown, double mass) {
  const std::string difference = std::abs(mass - 1) < 1e-6 ? "g − F" : fmt::format("g − {:.4g} F", mass);
  Rows rows;
  for (std::size_t i = 0; i < shown.back().grids.size(); ++i) {
    const Plane F = plane_of(shown.back().grids[i], "F");
    std::vector<Panel> row{{at("g", shown.front().time), plane_of(shown.front().grids[i], "g"), {}}, {"F", F, {}}};
    share_scale(row, 0, false);
    const std::size_t first = row.size();
    for (const Snapshot& s : shown) row.push_back({at(difference, s.time), minus(plane_of(s.grids[i], "g"), F, mass), {}});
    share_scale(row, first, true);
    if (F.rows == 0) continue;
    crop(row);
    rows.push_back(std::move(row));
  }
  return rows;
}

bool has_planes(const Snapshot& s) {
  return !s.grids.empty() && s.grids[0].shape.size() == 2 && s.grids[0].shape[0] > 1 && s.grids[0].shape[1] > 1;
}

std::string head(const char* terminal, const Sheet& sheet) {
  return fmt::format("set encoding utf8\nset terminal {} size {},{}\n", terminal, sheet.width, sheet.height);
}

}  // namespace

std::string draw_fields(const std::string& png, const std::string& title, const std::vector<XdmfStep>& snapshots,
                        const std::vector<Observation>& rows) {
  const std::vector<Snapshot> shown = story(snapshots, rows);
  if (!has_planes(shown.back())) return "the snapshot has no plane to show";
  const bool of_one = field_of(shown.back().grids[0], "h") != nullptr;
  const Sheet sheet = sheet_of(of_one ? whole(shown) : marginals(shown, rows.front().mass), title);
  return gnuplot::draw(png, head("pngcairo font 'sans,12'", sheet) + sheet.commands);
}

/// gnuplot's GIF has one palette: that of signs, of which a density takes the upper half.
std::string draw_animation(const std::string& gif, const std::string& title, const std::vector<XdmfStep>& snapshots,
                           const std::vector<Observation>& rows) {
  std::vector<Panel> of_g, beside;  // of the main plane, by frame
  for (const XdmfStep& step : snapshots) {
    const Snapshot s = read_snapshot(step.file);
    if (!has_planes(s)) return "the snapshots have no plane to show";
    const FieldGrid& grid = s.grids[0];
    const Plane g = plane_of(grid, "g"), F = plane_of(grid, "F"), h = plane_of(grid, "h");
    const bool of_one = h.rows > 0;
    const double largest = of_g.empty() ? std::max(largest_of(g), largest_of(F)) : of_g.front().colours.largest;
    of_g.push_back({at(fmt::format("g (darkest: {:.3g})", largest), s.time), g, {true, largest}, false});
    beside.push_back({at(of_one ? "h" : "g − F", s.time), of_one ? h : minus(g, F, rows.front().mass), {true, 0}});
    beside.back().colours.largest = of_one ? largest_where(h, F) : largest_of(beside.back().plane);
  }
  crop(of_g);
  std::string frames;
  Sheet sheet;
  for (std::size_t i = 0; i < of_g.size(); ++i) {
    beside[i].colours = beside.front().colours;
    sheet = sheet_of({{of_g[i], beside[i]}}, title);
    frames += sheet.commands;
  }
  return gnuplot::draw(gif, head("gif animate delay 20 loop 0 font 'sans,10'", sheet) + frames);
}

}  // namespace hypofp
