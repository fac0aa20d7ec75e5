#include "io/results/certificate_picture.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "grids/errors.hpp"
#include "io/results/gnuplot.hpp"

namespace hypofp {

std::string draw_certificate(const std::string& png, const nlohmann::json& summary) try {
  const auto &c = summary.at("certificate"), &theory = summary.at("theory");
  if (!c.contains("trend")) return "there is no degree to draw it over";
  const auto& trend = c.at("trend");
  std::string data = "$trend << EOD\n";
  for (std::size_t i = 0; i < trend.at("degrees").size(); ++i)
    data += fmt::format("{} {:.12g} {:.12g}\n", trend.at("degrees")[i].get<int>(), trend.at("mu_cert")[i].get<double>(),
                        trend.at("mu_cert_best")[i].get<double>());
  data += "EOD\n";
  const double mu = theory.at("mu");
  std::string plots = fmt::format("{:.12g} with lines dt 2 lc rgb '#222222' title 'μ = {:.6g} (derived, eps = 0)', ", mu, mu);
  if (const double bound = c.at("printed_bound").at("derived"); bound > 0)
    plots += fmt::format("{:.12g} with lines dt 3 lc rgb '#999999' title {}, ", bound, gnuplot::constant("mu - eps (derived)"));
  if (c.contains("grid") && c.at("grid").at("mu_cert").is_number())
    plots += fmt::format("{:.12g} with lines dt 4 lc rgb '#2ca02c' title 'grid', ", c.at("grid").at("mu_cert").get<double>());
  return gnuplot::draw(
      png, fmt::format("set encoding utf8\nset terminal pngcairo size 1000,700 font 'sans,14' linewidth 1.5\n{}set title {} noenhanced\n"
                       "set xlabel 'degree'\nset ylabel 'μ_{{cert}}'\nset grid lc rgb '#dddddd'\n"
                       "set key top right box lc rgb '#cccccc' opaque\nset offsets 0, 0, graph 0.25, graph 0.05\n"
                       "plot {}$trend using 1:3 with linespoints pt 6 lc rgb '#d95f02' title 'best C, Ĉ', "
                       "$trend using 1:2 with linespoints pt 7 lc rgb '#1f77b4' title 'C = {:.6g}, Ĉ = {:.6g}'\n",
                       data, gnuplot::constant(gnuplot::wrapped(summary.at("case").at("title").get<std::string>(), 50)), plots,
                       c.at("C").get<double>(), c.at("C_hat").get<double>()));
} catch (const nlohmann::json::exception& e) {
  throw UserError(fmt::format("the summary is not one of a certificate ({})", e.what()));
}

}  // namespace hypofp
