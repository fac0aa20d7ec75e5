#include "io/results/growth_picture.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "grids/errors.hpp"
#include "io/results/gnuplot.hpp"

namespace hypofp {

std::string draw_growth(const std::string& png, const nlohmann::json& summary) try {
  const auto& growth = summary.at("growth");
  const auto& times = growth.at("times");
  std::string data = "$growth << EOD\n0 1 1 NaN\n", plots;
  for (std::size_t i = 0; i < times.size(); ++i) {
    data += fmt::format("{:.12g}", times[i].get<double>());
    for (const char* name : {"norm", "H", "norm2_over_H"}) {
      const auto& value = growth.at(name)[i];
      data += value.is_number() ? fmt::format(" {:.12g}", value.get<double>()) : " NaN";
    }
    data += "\n";
  }
  data += "EOD\n";
  const double gap = growth.at("gap");
  if (const auto& value = growth.at("prefactor").at("norm").at("value"); value.is_number())
    plots = fmt::format(", {0:.12g}*exp(-{1:.12g}*x) with lines dt 2 lc rgb '#222222' title '{0:.6g} e^{{-{1:.6g} t}}'",
                        value.get<double>(), gap);
  return gnuplot::draw(
      png, fmt::format(
               "set encoding utf8\nset terminal pngcairo size 1000,700 font 'sans,14' linewidth 1.5\n{}set title {} noenhanced\n"
               "set logscale y\nset format y '10^{{%T}}'\nset xlabel 'time t'\nset ylabel 'largest over h_0'\nset grid lc rgb '#dddddd'\n"
               "set key bottom left box lc rgb '#cccccc' opaque\nset xrange [0:{:.9g}]\nset samples 400\n"
               "plot $growth using 1:2 with linespoints pt 7 lc rgb '#1f77b4' title '‖h(t)‖_*/‖h_0‖_*', "
               "$growth using 1:3 with linespoints pt 6 lc rgb '#d95f02' title 'H(t)/H(0)', "
               "$growth using 1:4 with linespoints pt 4 lc rgb '#2ca02c' title '‖h(t)‖_*^2/H(0)'{}\n",
               data, gnuplot::constant(gnuplot::wrapped(summary.at("case").at("title").get<std::string>(), 50)), times.back().get<double>(),
               plots));
} catch (const nlohmann::json::exception& e) {
  throw UserError(fmt::format("the summary is not one of optimal data ({})", e.what()));
}

}  // namespace hypofp
