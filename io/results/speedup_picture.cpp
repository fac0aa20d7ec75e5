#include "io/results/speedup_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "grids/errors.hpp"
#include "io/results/gnuplot.hpp"

namespace hypofp {
namespace {

using Json = nlohmann::json;

constexpr const char* service_colours[] = {"#1f77b4", "#d95f02", "#2ca02c", "#9467bd", "#8c564b", "#e377c2", "#17becf", "#7f7f7f"};

struct Curve {
  std::string words, asynchronous, synchronous;  // lines of m and a speed-up
};
struct Panel {
  std::string title;
  double alpha;  // eta omega0^2 where all have the same, else 0
  std::vector<Curve> curves;
};

std::string point(int m, const Json& speedup) {
  return speedup.is_null() ? std::string() : fmt::format("{} {:.8g}\n", m, speedup.get<double>());
}

/// A panel for each way to choose the learning rate, a curve for each law of service.
std::vector<Panel> panels_of(const Json& runs) {
  std::vector<Panel> panels;
  std::map<std::string, std::size_t> panel_of;
  for (const Json& r : runs) {
    const double alpha = r.at("chosen") == "best" ? 0 : r.at("eta_omega0_squared").get<double>();
    const std::string title = alpha == 0 ? "each at its best η" : fmt::format("all at η ω_0^2 = {:.4g}", alpha);
    if (panel_of.try_emplace(title, panels.size()).second) panels.push_back({title, alpha, {}});
    auto& curves = panels[panel_of[title]].curves;
    const std::string words = r.at("service");
    auto curve = std::find_if(curves.begin(), curves.end(), [&](const Curve& c) { return c.words == words; });
    if (curve == curves.end()) curve = curves.insert(curves.end(), {words, "", ""});
    curve->asynchronous += point(r.at("m"), r.at("speedup")), curve->synchronous += point(r.at("m"), r.at("synchronous").at("speedup"));
  }
  return panels;
}

std::string draw_panel(const Panel& panel, std::size_t number) {
  std::string data, plots;
  std::size_t colour = 0;
  for (const Curve& c : panel.curves) {
    const char* rgb = service_colours[colour++ % std::size(service_colours)];
    for (const auto& [kind, points, style] :
         {std::tuple{"a", &c.asynchronous, "linespoints pt 7 lw 1.6"}, {"s", &c.synchronous, "linespoints pt 6 ps 0.8 dt 2"}}) {
      if (points->empty()) continue;
      const std::string block = fmt::format("${}{}_{}", kind, number, colour);
      data += fmt::format("{} << EOD\n{}EOD\n", block, *points);
      plots += fmt::format("{} using 1:2 with {} lc rgb '{}' {}, ", block, style, rgb,
                           *kind == 'a' ? "title " + gnuplot::constant(c.words) + " noenhanced" : "notitle");
    }
  }
  const std::string equal =
      panel.alpha > 0 ? fmt::format(", {:.8g} with lines dt 3 lw 1.6 lc rgb '#222222' title '1/(2 η ω_0^2)'", 0.5 / panel.alpha) : "";
  return fmt::format(
      "{}set title '{}'\nplot {}x with lines dt 4 lc rgb '#222222' title 'm'{}, "
      "1 with lines lw 1.2 lc rgb '#c51b7d' title 'Remark 3.4: m (1 - κ) = 1', "
      "NaN with linespoints pt 6 ps 0.8 dt 2 lc rgb '#666666' title 'dashed: synchronous SGD'\n",
      data, panel.title, plots, equal);
}

}  // namespace

std::string draw_speedup(const std::string& png, const Json& summary) try {
  const Json& runs = summary.at("workers").at("runs");
  const std::vector<Panel> panels = panels_of(runs);
  int fewest = 1024, most = 1;
  bool any = false;
  for (const Json& r : runs) {
    fewest = std::min<int>(fewest, r.at("m")), most = std::max<int>(most, r.at("m"));
    any = any || !r.at("speedup").is_null();
  }
  if (!any) return "no run and SGD reached the target both";
  std::string drawn;
  for (std::size_t i = 0; i < panels.size(); ++i) drawn += draw_panel(panels[i], i);
  return gnuplot::draw(
      png, fmt::format("set encoding utf8\nset terminal pngcairo size {},760 font 'sans,13' linewidth 1.3\n"
                       "set multiplot layout 1,{} title {} noenhanced font ',15'\nset logscale xy 2\nset grid lc rgb '#dddddd'\n"
                       "set xlabel 'workers m'\nset ylabel 'speed-up over SGD, in time to the target'\nset xrange [{:.4g}:{:.4g}]\n"
                       "set key outside bottom center horizontal\nset samples 200\n{}unset multiplot\n",
                       760 * panels.size(), panels.size(),
                       gnuplot::constant(gnuplot::wrapped(summary.at("case").at("title").get<std::string>(), 40 * panels.size())),
                       fewest / 1.2, most * 1.2, drawn));
} catch (const nlohmann::json::exception& e) {
  throw UserError(fmt::format("the summary is not one of workers ({})", e.what()));
}

}  // namespace hypofp
