#include "io/results/ensemble_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "grids/errors.hpp"
#include "io/results/ensemble.hpp"
#include "io/results/gnuplot.hpp"
#include "io/results/summary_file.hpp"
#include "io/results/words.hpp"

namespace hypofp {
namespace {

struct Setting {
  std::string title;
  double omega0 = 0, derived = 0, as_printed = 0;  // contraction per step
  bool perturbed = false;
};

Setting read_setting(const std::string& path) {
  const auto s = read_summary(path);
  try {
    const auto& contraction = s.at("ensemble").at("contraction_per_step");
    return {s.at("case").at("title"), s.at("case").at("model").at("omega0"), contraction.at("derived"), contraction.at("as_printed"),
            words::perturbed(s.at("case"))};
  } catch (const nlohmann::json::exception& e) {
    throw UserError(fmt::format("{}: is not the summary of hypofp asgd ({})", path, e.what()));
  }
}

struct Style {
  const char *group, *words, *drawn;
};
// lines first, so that points lie upon them
constexpr Style styles[] = {{"pde", "PDE", "lines lw 2.5 lc rgb '#9ecae1'"},
                            {"exact_sde", "SDE, exact", "lines dt 2 lw 1.5 lc rgb '#08519c'"},
                            {"exact_algorithm", "algorithm, exact", "lines dt 2 lw 1.5 lc rgb '#a63603'"},
                            {"sde", "SDE, paths", "points pt 6 ps 0.7 lc rgb '#1f77b4'"},
                            {"algorithm", "algorithm, paths", "points pt 2 ps 0.7 lc rgb '#d95f02'"}};

std::string shown(double value) { return std::isfinite(value) ? fmt::format("{:.8g}", value) : "NaN"; }

/// Of a mean of (theta, y): the root of its energy.
double size_of(const Eigen::VectorXd& mean, double omega0) {
  const auto d = mean.size() / 2;
  return std::hypot(omega0 * mean.head(d).norm(), mean.tail(d).norm());
}

/// step, mean and variance of theta_1, excess loss, size of the mean beyond its limit.
std::string rows_of(const EnsembleTable& t, const EnsembleGroup& g, double omega0, const Eigen::VectorXd& limit) {
  std::string text;
  const std::size_t stride = std::max<std::size_t>(1, t.step.size() / (g.mean_se.empty() ? 2000 : 60));
  for (std::size_t k = 0; k < t.step.size(); k += stride) {
    text += fmt::format("{} {} {} {} {}\n", t.step[k], shown(g.mean[k](0)), shown(g.covariance[k](0, 0)),
                        g.excess_loss.empty() ? "NaN" : shown(g.excess_loss[k]), shown(size_of(g.mean[k] - limit, omega0)));
  }
  return text;
}

std::string panel(const EnsembleTable& t, const char* title, const char* label, int column, bool log, const std::string& more) {
  std::string plots;
  for (const Style& style : styles)
    for (const EnsembleGroup& g : t.groups)
      if (g.name == style.group && (column != 4 || !g.excess_loss.empty()))
        plots += fmt::format("{}${} using 1:{} with {} title '{}'", plots.empty() ? "" : ", ", g.name, column, style.drawn, style.words);
  return fmt::format("set title '{}'\nset ylabel '{}'\n{} logscale y\nset format y '{}'\nplot {}{}\n", title, label, log ? "set" : "unset",
                     log ? "10^{%T}" : "%g", plots, more);
}

}  // namespace

std::string draw_ensemble(const std::string& folder) {
  const Setting s = read_setting(folder + "/summary.json");
  const EnsembleTable t = read_ensemble(folder + "/ensemble.h5");
  const auto of = [&](const char* name) {
    return std::find_if(t.groups.begin(), t.groups.end(), [&](const EnsembleGroup& g) { return g.name == name; });
  };
  const auto first = of("algorithm"), density = of("pde");
  if (first == t.groups.end() || density == t.groups.end() || t.step.size() < 2) return "there are no two rows to show";
  const Eigen::VectorXd limit = s.perturbed ? density->mean.back() : Eigen::VectorXd::Zero(2 * t.dimension);
  std::string data;
  for (const EnsembleGroup& g : t.groups) data += fmt::format("${} << EOD\n{}EOD\n", g.name, rows_of(t, g, s.omega0, limit));
  const double start = size_of(first->mean[0] - limit, s.omega0);
  const std::string rates = fmt::format(
      ", {0}*{1:.12g}**x with lines dt 3 lw 1.5 lc rgb '#222222' title 'e^{{-μ t}} (derived)'"
      ", {0}*{2:.12g}**x with lines dt 3 lw 1.5 lc rgb '#999999' title 'e^{{-μ t}} (as printed)'",
      start, s.derived, s.as_printed);
  return gnuplot::draw(
      folder + "/ensemble.png",
      fmt::format("set encoding utf8\nset terminal pngcairo size 1280,960 font 'sans,12'\n{}set datafile missing 'NaN'\n"
                  "set multiplot layout 2,2 title {} noenhanced font ',14'\nset grid lc rgb '#dddddd'\nset xlabel 'step k'\n"
                  "set xrange [0:{}]\nset key outside bottom center horizontal\nset samples 400\n{}{}{}{}unset multiplot\n",
                  data, gnuplot::constant(gnuplot::wrapped(s.title, 66)), t.step.back(), panel(t, "mean of θ_1", "E θ_1", 2, false, ""),
                  panel(t, "variance of θ_1", "Var θ_1", 3, false, ""),
                  first->excess_loss.empty() ? "set multiplot next\n" : panel(t, "excess loss", "E f - min f", 4, true, ""),
                  panel(t, s.perturbed ? "size of the mean, from the PDE''s last" : "size of the mean", "(ω_0^2 |E θ|^2 + |E y|^2)^{1/2}",
                        5, true, start > 0 ? rates : "")));
}

}  // namespace hypofp
