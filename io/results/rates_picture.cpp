#include "io/results/rates_picture.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "grids/errors.hpp"
#include "io/results/gnuplot.hpp"

namespace hypofp {
namespace {

using Json = nlohmann::json;

constexpr const char* kappa_colours[] = {"#1f77b4", "#d95f02", "#2ca02c", "#9467bd"};

std::string shown(const Json& value) { return value.is_number() ? fmt::format("{:.8g}", value.get<double>()) : "NaN"; }

/// Columns of a table of lists.
std::string columns(const Json& table, std::initializer_list<const char*> names) {
  std::string text;
  for (std::size_t row = 0; row < table.at(*names.begin()).size(); ++row) {
    for (const char* name : names) text += shown(table.at(name).at(row)) + " ";
    text += "\n";
  }
  return text;
}

std::string heading(const Json& summary, int letters) {
  return gnuplot::constant(gnuplot::wrapped(summary.at("case").at("title").get<std::string>(), letters));
}

}  // namespace

std::string draw_rates(const std::string& png, const Json& summary) try {
  const Json& e = summary.at("ensemble");
  std::string data, plots, marks;
  for (std::size_t i = 0; i < e.at("remark_3_3").size(); ++i) {
    const Json& r = e.at("remark_3_3")[i];
    data += fmt::format("$kappa{} << EOD\n{}EOD\n", i, columns(r, {"eta_omega0_squared", "derived", "as_printed", "algorithm_mean"}));
    const std::string rgb = kappa_colours[i % std::size(kappa_colours)], kappa = fmt::format("{:.4g}", r.at("kappa").get<double>());
    plots += fmt::format(
        "{0}$kappa{1} using 1:4 with lines lw 2.2 lc rgb '{2}' title 'algorithm, κ = {3}', $kappa{1} using 1:2 with lines dt 2 lw 1.6 "
        "lc rgb '{2}' title 'model, derived', $kappa{1} using 1:3 with lines dt 3 lw 1.6 lc rgb '{2}' title 'model, as printed'",
        i > 0 ? ", " : "", i, rgb, kappa);
    marks += fmt::format("set arrow from {0}, graph 0 to {0}, graph 0.06 nohead lw 2 lc rgb '{1}'\n",
                         shown(r.at("thresholds").at("algorithm")), rgb);
  }
  for (const auto& [key, words, drawn] :
       {std::tuple{"algorithm", "algorithm, paths", "pt 2 ps 2"}, {"sde", "SDE, paths", "pt 6 ps 2"}, {"pde", "PDE", "pt 4 ps 2.4"}}) {
    const Json& contraction = e.at("contraction_per_step").at(key);
    if (!contraction.is_number()) continue;
    data += fmt::format("${} << EOD\n{} {:.8g}\nEOD\n", key, shown(e.at("eta_omega0_squared")), -2 * std::log(contraction.get<double>()));
    plots += fmt::format(", ${} using 1:2 with points {} lw 2 lc rgb '#000000' title 'this case: {}'", key, drawn, words);
  }
  return gnuplot::draw(
      png, fmt::format("set encoding utf8\nset terminal pngcairo size 1200,820 font 'sans,13' linewidth 1.3\n{}set title {} noenhanced\n"
                       "set logscale xy\nset xrange [1e-3:1]\nset yrange [1e-3:1]\nset datafile missing 'NaN'\nset grid lc rgb '#dddddd'\n"
                       "set xlabel 'η ω_0^2 (marks: the algorithm''s threshold)'\nset ylabel 'decay of squares a step'\n"
                       "set key outside bottom center horizontal maxcols 3\n{}plot {}\n",
                       data, heading(summary, 62), marks, plots));
} catch (const nlohmann::json::exception& e) {
  throw UserError(fmt::format("the summary is not one of hypofp asgd ({})", e.what()));
}

std::string draw_limit(const std::string& png, const Json& summary) try {
  const Json& limit = summary.at("ensemble").at("limit");
  std::string plots;
  int column = 2, colour = 0;
  for (const auto& [key, words] :
       {std::pair{"mean", "means"}, {"covariance", "covariances"}, {"second_moment_rate", "rate of second moments"}}) {
    const Json& order = limit.at("orders").at(key);
    const std::string said = order.is_number() ? fmt::format(": order {:.2f}", order.get<double>()) : "";
    plots += fmt::format("{}$limit using 1:{} with linespoints pt 7 lw 2 lc rgb '{}' title '{}{}'", plots.empty() ? "" : ", ", column++,
                         kappa_colours[colour++], words, said);
  }
  return gnuplot::draw(
      png, fmt::format("set encoding utf8\nset terminal pngcairo size 1000,760 font 'sans,13' linewidth 1.3\n$limit << EOD\n{}EOD\n"
                       "set title {} noenhanced\nset logscale xy\nset datafile missing 'NaN'\nset grid lc rgb '#dddddd'\n"
                       "set format y '10^{{%T}}'\nset xlabel 'η, along 1 - κ = γ^2 η and Σ^2 ∝ 1/η'\n"
                       "set ylabel 'algorithm less SDE (2.2)'\nset key bottom right box lc rgb '#cccccc' opaque\nplot {}\n",
                       columns(limit, {"learning_rate", "mean", "covariance", "second_moment_rate"}), heading(summary, 52), plots));
} catch (const nlohmann::json::exception& e) {
  throw UserError(fmt::format("the summary is not one of hypofp asgd ({})", e.what()));
}

}  // namespace hypofp
