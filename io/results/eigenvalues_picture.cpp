#include "io/results/eigenvalues_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "grids/errors.hpp"
#include "io/results/gnuplot.hpp"

namespace hypofp {
namespace {

using Json = nlohmann::json;

std::string block(const char* name, const Json& eigenvalues, double& left, double& top) {
  std::string data = fmt::format("${} << EOD\n", name);
  for (const Json& z : eigenvalues) {
    const double re = z.at(0), im = z.at(1);
    left = std::min(left, re), top = std::max(top, std::abs(im));
    data += fmt::format("{:.12g} {:.12g}\n", re, im);
  }
  return data + "EOD\n";
}

}  // namespace

std::string draw_eigenvalues(const std::string& png, const Json& summary) try {
  const Json &s = summary.at("spectrum"), &witness = summary.at("witness");
  const bool by_grid = summary.at("by") == "grid", beside = by_grid && witness.contains("spectrum");
  double left = 0, top = 0;
  std::string data = block("found", s.at("eigenvalues"), left, top) + block("free", s.at("at_eps_0"), left, top), plots;
  if (beside) {
    data += block("witness", witness.at("spectrum").at("eigenvalues"), left, top);
    plots = ", $witness using 1:2 with points pt 1 ps 2 lw 1.5 lc rgb '#1f77b4' title 'witness'";
  }
  const double gap = s.at("gap");
  left -= 0.1 * std::max(-left, 1e-3), top = 1.2 * std::max(top, -0.3 * left);
  return gnuplot::draw(
      png, fmt::format("set encoding utf8\nset terminal pngcairo size 1000,800 font 'sans,14'\n{}set title {} noenhanced\n"
                       "set xlabel 'Re λ'\nset ylabel 'Im λ'\nset grid lc rgb '#dddddd'\nset key top left box lc rgb '#cccccc' opaque\n"
                       "set xrange [{:.9g}:{:.9g}]\nset yrange [{:.9g}:{:.9g}]\n"
                       "set arrow 1 from first {:.9g}, graph 0 to first {:.9g}, graph 1 nohead dt 2 lc rgb '#666666'\n"
                       "plot $free using 1:2 with points pt 6 ps 3 lc rgb '#999999' title {}, "
                       "$found using 1:2 with points pt 7 ps 1.2 lc rgb '#d95f02' title '{}, gap {:.8g}'{}\n",
                       data, gnuplot::constant(gnuplot::wrapped(summary.at("case").at("title").get<std::string>(), 50)), left, -0.03 * left,
                       -top, top, -gap, -gap, gnuplot::constant("at eps = 0, derived"), by_grid ? "grid" : "witness", gap, plots));
} catch (const Json::exception& e) {
  throw UserError(fmt::format("the summary is not one of a spectrum ({})", e.what()));
}

}  // namespace hypofp
