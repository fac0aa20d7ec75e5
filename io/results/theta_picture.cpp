#include "io/results/theta_picture.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <numbers>

#include "io/results/colour_map.hpp"
#include "io/results/gnuplot.hpp"

namespace hypofp {
namespace {

constexpr const char* of_time[] = {"#440154", "#404387", "#29788e", "#22a784", "#79d151", "#c2a200"};  // viridis, dark enough for lines
constexpr const char* black = "#222222";

struct Law {
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance;
};
Law law_of(const Observation& o, int d) {
  const double means[] = {o.theta1, o.theta2, o.theta3};
  const double products[3][3] = {{o.theta11, o.theta21, o.theta31}, {o.theta21, o.theta22, o.theta32}, {o.theta31, o.theta32, o.theta33}};
  Law law{Eigen::VectorXd(d), Eigen::MatrixXd(d, d)};
  for (int i = 0; i < d; ++i) law.mean(i) = means[i];
  for (int i = 0; i < d; ++i)
    for (int j = 0; j < d; ++j) law.covariance(i, j) = products[i][j] - means[i] * means[j];
  return law;
}

std::string theta(int i, int d) { return d == 1 ? "θ" : in_letters(fmt::format("theta{}", i + 1)); }

/// d = 1: time, mean, standard deviation.
std::string bands(const std::vector<Observation>& rows, const ThetaSetting& s) {
  std::string data = "$rows << EOD\n";
  const std::size_t stride = std::max<std::size_t>(1, rows.size() / 2000);
  for (std::size_t k = 0; k < rows.size(); k += stride) {
    const Law law = law_of(rows[k], 1);
    data += fmt::format("{:.8g} {:.8g} {:.8g}\n", rows[k].time, law.mean(0), std::sqrt(std::max(0.0, law.covariance(0, 0))));
  }
  std::string of_F;
  for (int k : {-2, -1, 0, 1, 2})
    of_F += fmt::format(", {:.8g} with lines lw 1 dt {} lc rgb '{}' {}", s.mean(0) + k * std::sqrt(s.covariance(0, 0)), k == 0 ? 2 : 3,
                        black, k == 0 ? "title 'F: mean, σ, 2σ'" : "notitle");
  return data + fmt::format(
                    "EOD\nset title 'θ under g'\nset xlabel 't'\nset ylabel 'θ'\nset xrange [{:.8g}:{:.8g}]\n"
                    "plot $rows using 1:($2-2*$3):($2+2*$3) with filledcurves fc rgb '#d6e4f2' title '± 2σ', "
                    "$rows using 1:($2-$3):($2+$3) with filledcurves fc rgb '#9dc3e3' title '± σ', "
                    "$rows using 1:2 with lines lw 2.5 lc rgb '#08306b' title 'E θ'{}\nset autoscale x\n",
                    rows.front().time, rows.back().time, of_F);
}

/// The ellipse of k standard deviations of (theta_i, theta_j), as points.
std::string ellipse(const Law& law, int i, int j, double k) {
  Eigen::Matrix2d covariance;
  covariance << law.covariance(i, i), law.covariance(i, j), law.covariance(j, i), law.covariance(j, j);
  const Eigen::Matrix2d root = covariance.llt().matrixL();
  std::string points;
  constexpr int corners = 90;
  for (int c = 0; c <= corners; ++c) {
    const double angle = 2 * std::numbers::pi * c / corners;
    const Eigen::Vector2d at = Eigen::Vector2d(law.mean(i), law.mean(j)) + k * root * Eigen::Vector2d(std::cos(angle), std::sin(angle));
    points += fmt::format("{:.6g} {:.6g}\n", at(0), at(1));
  }
  return points + "\n\n";
}

/// Rows whose ellipses are shown: of the times that the setting says, those that there are, and the last.
std::vector<const Observation*> moments_shown(const std::vector<Observation>& rows, double mu) {
  std::vector<const Observation*> shown;
  for (double part : {0.0, 0.5, 1.0, 2.0, 4.0}) {
    const auto row = std::lower_bound(rows.begin(), rows.end(), part / mu, [](const Observation& o, double t) { return o.time < t; });
    if (row != rows.end() && (shown.empty() || shown.back() != &*row)) shown.push_back(&*row);
  }
  if (shown.back() != &rows.back()) shown.push_back(&rows.back());
  return shown;
}

/// The path of the mean in a plane, and ellipses along it.
std::string plane(const std::vector<Observation>& rows, const ThetaSetting& s, int i, int j, int d) {
  const std::string name = fmt::format("$plane{}{}", i, j);
  std::string data = fmt::format("{} << EOD\n", name), plots;
  const auto shown = moments_shown(rows, s.mu);
  int block = 0;
  const auto add = [&](const Law& law, const char* colour, const std::string& dashes, const std::string& title) {
    for (int k : {1, 2}) {
      data += ellipse(law, i, j, k);
      plots += fmt::format("{} index {} with lines lw {} {} lc rgb '{}' {}, ", name, block++, k == 1 ? 2.2 : 1.1, dashes, colour,
                           k == 1 ? fmt::format("title '{}'", title) : std::string("notitle"));
    }
  };
  for (std::size_t n = 0; n < shown.size(); ++n) add(law_of(*shown[n], d), of_time[n], "", fmt::format("t = {:.3g}", shown[n]->time));
  add({s.mean, s.covariance}, black, "dt 3", "F");
  const std::size_t stride = std::max<std::size_t>(1, rows.size() / 2000);
  for (std::size_t k = 0; k < rows.size(); k += stride) {
    const Law law = law_of(rows[k], d);
    data += fmt::format("{:.6g} {:.6g}\n", law.mean(i), law.mean(j));
  }
  return data + fmt::format(
                    "EOD\nset title 'path of the mean; ellipses of σ and 2σ'\nset xlabel '{}' offset 0,0.4\nset ylabel '{}'\nset size ratio -1\n"
                    "set offsets graph 0.04, graph 0.04, graph 0.04, graph 0.04\n"
                    "plot {}{} index {} with lines lw 2 lc rgb '#d95f02' title 'E θ'\nset size noratio\nunset offsets\n",
                    theta(i, d), theta(j, d), plots, name, block);
}

/// E f - min f at the snapshots, and its floor; empty where f is not known.
std::string loss(const std::vector<XdmfStep>& snapshots) {
  std::string data;
  double floor = 0, largest = 0;
  for (const XdmfStep& step : snapshots) {
    const Snapshot s = read_numbers(step.file);
    if (!(s.excess_loss > 0) || !(s.floor > 0)) continue;
    data += fmt::format("{:.8g} {:.8g}\n", s.time, s.excess_loss);
    floor = s.floor, largest = std::max(largest, s.excess_loss);
  }
  if (data.empty()) return "";
  return fmt::format(
      "$loss << EOD\n{}EOD\nset title 'excess loss'\nset xlabel 't'\nset ylabel 'E f − min f'\n{}set xrange [{:.8g}:{:.8g}]\n"
      "plot $loss using 1:2 with linespoints pt 7 ps 0.9 lw 2 lc rgb '#08306b' title 'under g', "
      "{:.8g} with lines dt 2 lc rgb '{}' title 'floor: under F, {:.4g}'\n",
      data, largest > 20 * floor ? "set logscale y\n" : fmt::format("set yrange [0:{:.6g}]\n", 1.15 * std::max(largest, floor)),
      snapshots.front().time, snapshots.back().time > snapshots.front().time ? snapshots.back().time : snapshots.front().time + 1, floor,
      black, floor);
}

}  // namespace

std::string draw_theta(const std::string& png, const ThetaSetting& setting, const std::vector<Observation>& rows,
                       const std::vector<XdmfStep>& snapshots) {
  const int d = static_cast<int>(setting.mean.size());
  std::vector<std::string> panels;
  if (std::isnan(rows.front().theta1)) return "the series has no moments of theta";
  if (d == 1) panels.push_back(bands(rows, setting));
  for (int i = 0; i < d; ++i)
    for (int j = i + 1; j < d; ++j) panels.push_back(plane(rows, setting, i, j, d));
  if (std::string last = loss(snapshots); !last.empty()) panels.push_back(std::move(last));
  const int columns = panels.size() > 1 ? 2 : 1, lines = (static_cast<int>(panels.size()) + 1) / 2, width = 700 * columns;
  return gnuplot::draw(png, fmt::format("set encoding utf8\nset terminal pngcairo size {},{} font 'sans,12'\nset datafile missing 'NaN'\n"
                                        "set multiplot layout {},{} title {} noenhanced font ',14'\nset grid lc rgb '#dddddd'\n"
                                        "set key outside bottom center horizontal\n{}unset multiplot\n",
                                        width, 60 + 620 * lines, lines, columns,
                                        gnuplot::constant(gnuplot::wrapped(setting.title, width / 12)), fmt::join(panels, "")));
}

}  // namespace hypofp
