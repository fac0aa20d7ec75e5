#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "grids/errors.hpp"
#include "io/results/gnuplot.hpp"
#include "io/results/sweep.hpp"

namespace hypofp {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_panels = 4;

/// A column that is a rate, and how it is drawn (colours of Okabe and Ito).
struct Curve {
  const char *name, *title, *style;
  bool bound;  // may lie far below: it does not stretch the axis
};
constexpr Curve curves[] = {
    {"mu_as_printed", "μ as printed in (3.6)", "lines dt 3 lw 2 lc rgb '#999999'", false},
    {"mu", "μ derived", "lines lw 2 lc rgb '#000000'", false},
    {"printed_rate", "μ - eps of the theorem, as printed", "linespoints dt 3 pt 12 lc rgb '#999999'", true},
    {"derived_rate", "μ - eps of the theorem, derived", "linespoints dt 2 pt 4 lc rgb '#000000'", true},
    {"gap", "spectral gap", "linespoints pt 6 ps 1.6 lw 1.5 lc rgb '#0072B2'", false},
    {"rate_H", "measured rate of H", "points pt 2 ps 1.3 lw 2 lc rgb '#D55E00'", false},
    {"mu_cert", "μ_{cert}, the case''s C, Ĉ (open: still falling)", "linespoints pt 6 ps 1.2 lw 1.5 lc rgb '#009E73'", false},
    {"mu_cert_best", "μ_{cert}, the best C, Ĉ", "linespoints pt 8 ps 1.4 lw 1.5 lc rgb '#CC79A7'", false},
};

double number(const Json& value) { return value.is_number() ? value.get<double>() : std::nan(""); }

/// Of the axes the one with most numbers; -1 where none has two.
int along(const Json& axes) {
  int best = -1;
  std::size_t most = 1;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    std::set<double> distinct;
    for (const Json& v : axes[i].at("values"))
      if (v.is_number()) distinct.insert(v.get<double>());
    if (distinct.size() > most) most = distinct.size(), best = static_cast<int>(i);
  }
  return best;
}

}  // namespace

std::string draw_sweep(const std::string& png, const Json& summary) try {
  const Json &s = summary.at("sweep"), &axes = s.at("axes"), &columns = s.at("columns");
  const int x = along(axes);
  if (x < 0) return "no axis has two numbers";
  std::map<std::string, std::vector<std::size_t>> panels;  // rows, by the values of the other axes
  std::vector<std::string> order;
  for (std::size_t row = 0; row < s.at("points").size(); ++row) {
    std::string name;
    for (std::size_t i = 0; i < axes.size(); ++i)
      if (static_cast<int>(i) != x)
        name += (name.empty() ? "" : ", ") + axes[i].at("key").get<std::string>() + " = " + axes[i].at("texts")[row].get<std::string>();
    if (!panels.contains(name)) order.push_back(name);
    panels[name].push_back(row);
  }
  const std::size_t shown = std::min(order.size(), most_panels);
  const auto any = [&](const char* name) {
    return columns.contains(name) &&
           std::any_of(columns.at(name).begin(), columns.at(name).end(), [](const Json& v) { return number(v) > 0; });
  };
  const bool perturbed = any("eps_bound");
  const auto claimed = [&](std::size_t row) {
    return columns.contains("mu_cert_claimed") && number(columns.at("mu_cert_claimed")[row]) > 0 ? 1 : 0;
  };
  double low = 0, high = 0;
  for (const Curve& c : curves)
    if (!c.bound && columns.contains(c.name))
      for (const Json& v : columns.at(c.name))
        if (const double value = number(v); std::isfinite(value)) low = std::min(low, value), high = std::max(high, value);
  if (high == low) return "no point has a rate";
  low = std::max(low, -high);  // what lies below leaves the frame
  std::vector<double> xs;
  for (const Json& v : axes[x].at("values"))
    if (v.is_number()) xs.push_back(v.get<double>());
  const auto [left, right] = std::minmax_element(xs.begin(), xs.end());
  const double margin = 0.03 * (*right - *left);
  std::string body;
  for (std::size_t p = 0; p < shown; ++p) {
    std::vector<std::size_t> rows = panels[order[p]];
    const auto at = [&](std::size_t row) { return number(axes[x].at("values")[row]); };
    std::sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) { return at(a) < at(b); });
    std::string plots;
    for (const Curve& c : curves) {
      if (!columns.contains(c.name) || (c.bound && !perturbed)) continue;
      std::string data = fmt::format("$p{}_{} << EOD\n", p, c.name);
      int points = 0;
      for (std::size_t row : rows)
        if (const double y = number(columns.at(c.name)[row]); std::isfinite(y) && std::isfinite(at(row)))
          data += fmt::format("{:.12g} {:.12g} {}\n", at(row), y, claimed(row)), ++points;
      if (points == 0) continue;
      body += data + "EOD\n";
      plots += fmt::format("{}$p{}_{} using 1:2 with {} title '{}'", plots.empty() ? "plot " : ", ", p, c.name, c.style, c.title);
      if (c.name == std::string_view("mu_cert"))
        plots += fmt::format(", $p{}_{} using 1:($3 > 0 ? $2 : NaN) with points pt 7 ps 1.2 lc rgb '#009E73' notitle", p, c.name);
    }
    if (plots.empty()) continue;
    body += fmt::format("set title {} noenhanced font ',12'\n{}\n{}\n", gnuplot::constant(gnuplot::wrapped(order[p], 60)),
                        p == 0 ? "set key top right box lc rgb '#cccccc' opaque font ',11'" : "unset key", plots);
  }
  const bool log = *left > 0 && *right / *left > 50;
  return gnuplot::draw(
      png,
      fmt::format("set encoding utf8\nset terminal pngcairo size {},720 font 'sans,13' linewidth 1.2\n"
                  "set multiplot layout 1,{} title {} noenhanced\nset xlabel {} noenhanced\nset ylabel 'rate of ‖h‖_*'\n"
                  "set grid lc rgb '#dddddd'\nset xrange [{:.9g}:{:.9g}]\nset yrange [{:.9g}:{:.9g}]\n{}{}unset multiplot\n",
                  shown == 1 ? 1000 : 800 * shown, shown, gnuplot::constant(gnuplot::wrapped(s.at("title").get<std::string>(), 60)),
                  gnuplot::constant(axes[x].at("key").get<std::string>()), log ? *left : *left - margin, log ? *right : *right + margin,
                  low < 0 ? 1.05 * low : 0.0, high + 0.4 * (high - low), log ? "set logscale x\n" : "", body));
} catch (const Json::exception& e) {
  throw UserError(fmt::format("the summary is not one of a sweep ({})", e.what()));
}

}  // namespace hypofp
