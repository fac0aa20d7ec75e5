#include "io/results/pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "grids/errors.hpp"
#include "io/results/certificate_picture.hpp"
#include "io/results/eigenvalues_picture.hpp"
#include "io/results/ensemble_picture.hpp"
#include "io/results/fields.hpp"
#include "io/results/fields_picture.hpp"
#include "io/results/gnuplot.hpp"
#include "io/results/growth_picture.hpp"
#include "io/results/rates_picture.hpp"
#include "io/results/series.hpp"
#include "io/results/speedup_picture.hpp"
#include "io/results/summary_file.hpp"
#include "io/results/sweep.hpp"
#include "io/results/theta_picture.hpp"

namespace hypofp {
namespace {

/// What a summary says to a picture.
struct Setting {
  std::string title;
  double end = 0;                    // time of the last row
  double mu = 0, mu_as_printed = 0;  // ‖h‖_* ~ e^{-mu t}, H ~ e^{-2 mu t}
  double rate_h = 0, rate_H = 0;     // measured; 0 = none
  double window_begin = 0, window_end = 0;
};

Setting read_setting(const std::string& path, const nlohmann::json& s) {
  try {
    const auto &theory = s.at("theory"), &measured = s.at("measured");
    const auto rate = [&](const char* name) { return measured.at(name).is_null() ? 0.0 : measured.at(name).get<double>(); };
    const std::string verdict = s.at("admissibility").at("verdict");
    return {s.at("case").at("title").get<std::string>() + (verdict == "admissible" ? "" : fmt::format(" (eps is {})", verdict)),
            s.at("final").at("time"),
            theory.at("mu"),
            theory.at("mu_as_printed"),
            rate("rate_h"),
            rate("rate_H"),
            measured.at("window").at(0),
            measured.at("window").at(1)};
  } catch (const nlohmann::json::exception& e) {
    throw UserError(fmt::format("{}: is not the summary of a run ({})", path, e.what()));
  }
}

ThetaSetting theta_setting(const std::string& path, const nlohmann::json& summary, const Setting& s) {
  try {
    const auto mean = summary.at("steady").at("theta_mean").get<std::vector<double>>();
    const auto rows = summary.at("steady").at("theta_covariance").get<std::vector<std::vector<double>>>();
    const auto d = static_cast<Eigen::Index>(mean.size());
    Eigen::MatrixXd covariance(d, d);
    for (Eigen::Index i = 0; i < d; ++i)
      for (Eigen::Index j = 0; j < d; ++j) covariance(i, j) = rows.at(i).at(j);
    return {s.title, s.mu, Eigen::Map<const Eigen::VectorXd>(mean.data(), d), covariance};
  } catch (const std::exception& e) {  // JSON's, or a short row
    throw UserError(fmt::format("{}: has no mean and covariance of theta under F ({})", path, e.what()));
  }
}

constexpr int title_letter = 19;  // pixels, of the titles' font

std::string draw_decay(const std::string& png, const std::vector<Observation>& rows, const Setting& s) {
  std::string data = "$rows << EOD\n";
  double lowest = std::numeric_limits<double>::infinity(), highest = 0;
  const std::size_t stride = std::max<std::size_t>(1, rows.size() / 4000);
  for (std::size_t i = 0; i < rows.size(); i += stride) {
    const double h = rows[i].h_norm, H = rows[i].H > 0 ? std::sqrt(rows[i].H) : 0;
    const auto shown = [](double v) { return v > 0 && std::isfinite(v) ? fmt::format("{:.8g}", v) : std::string("NaN"); };
    data += fmt::format("{:.8g} {} {}\n", rows[i].time, shown(h), shown(H));
    for (double v : {h, H})
      if (v > 0 && std::isfinite(v)) lowest = std::min(lowest, v), highest = std::max(highest, v);
  }
  data += "EOD\n";
  if (highest == 0) return "no norm is above zero";
  // the theory's lines leave from the first row
  const double start = rows.front().H > 0 ? std::sqrt(rows.front().H) : rows.front().h_norm, t0 = rows.front().time;
  constexpr int width = 1200;
  std::string script = fmt::format(
      "set encoding utf8\nset terminal pngcairo size {},800 font 'sans,14' linewidth 1.5\n{}set title {} noenhanced\nset logscale y\n"
      "set format y '10^{{%T}}'\nset xlabel 'time t'\nset ylabel 'norm'\nset grid lc rgb '#dddddd'\n"
      "set key top right box lc rgb '#cccccc' opaque\nset xrange [{}:{}]\nset yrange [{}:{}]\nset samples 400\n",
      width, data, gnuplot::constant(gnuplot::wrapped(s.title, width / title_letter)), t0, rows.back().time, lowest * 0.4,
      std::max(highest, start) * 4);
  if (s.window_end > s.window_begin)
    script += fmt::format("set object 1 rectangle from first {}, graph 0 to first {}, graph 1 behind fc rgb '#f1f5fb' fs noborder\n",
                          s.window_begin, s.window_end);
  const auto measured = [](double rate) { return rate != 0 ? fmt::format(", measured rate {:.8g}", rate) : std::string(); };
  script += fmt::format(
      "plot $rows using 1:2 with lines lw 2.5 lc rgb '#1f77b4' title '‖h‖_*{}', "
      "$rows using 1:3 with lines lw 2.5 lc rgb '#d95f02' title '√H{}', "
      "{}*exp(-{}*(x-{})) with lines dt 2 lw 1.5 lc rgb '#222222' title 'e^{{-μt}}, μ = {:.6g} (derived)', "
      "{}*exp(-{}*(x-{})) with lines dt 3 lw 1.5 lc rgb '#999999' title 'e^{{-μt}}, μ = {:.6g} (as printed)'\n",
      measured(s.rate_h), measured(s.rate_H), start, s.mu, t0, s.mu, start, s.mu_as_printed, t0, s.mu_as_printed);
  return gnuplot::draw(png, script);
}

/// What a run left to draw from.
struct RunResults {
  Setting setting;
  std::vector<Observation> rows;
  std::vector<XdmfStep> snapshots;
};
RunResults read_run(const std::string& folder, const nlohmann::json& summary) {
  const Setting setting = read_setting(folder + "/summary.json", summary);
  std::vector<Observation> rows = read_series(folder + "/series.h5");
  if (rows.empty()) throw UserError(fmt::format("{}/series.h5: holds no rows", folder));
  return {setting, std::move(rows), listed_snapshots(folder, setting.end)};
}

}  // namespace

Drawing draw_pictures(const std::string& folder) {
  const std::string path = folder + "/summary.json";
  const nlohmann::json summary = read_summary(path);
  Drawing drawing;
  const auto note = [&](const char* name, const std::string& trouble) {
    trouble.empty() ? drawing.drawn.push_back(name) : drawing.missing.push_back(fmt::format("{}: {}", name, trouble));
  };
  if (summary.contains("sweep")) {
    note("sweep.png", draw_sweep(folder + "/sweep.png", summary));
    return drawing;
  }
  if (std::filesystem::exists(folder + "/ensemble.h5")) {
    note("ensemble.png", draw_ensemble(folder));
    if (summary.at("ensemble").contains("limit")) {
      note("rates.png", draw_rates(folder + "/rates.png", summary));
      note("limit.png", draw_limit(folder + "/limit.png", summary));
    }
    if (summary.contains("workers")) note("speedup.png", draw_speedup(folder + "/speedup.png", summary));
    return drawing;
  }
  if (summary.contains("spectrum") && !summary.contains("measured")) {  // a run has one beside its rates
    note("eigenvalues.png", draw_eigenvalues(folder + "/eigenvalues.png", summary));
    return drawing;
  }
  if (summary.contains("growth")) {
    note("growth.png", draw_growth(folder + "/growth.png", summary));
    return drawing;
  }
  if (summary.contains("certificate")) {
    note("certificate.png", draw_certificate(folder + "/certificate.png", summary));
    return drawing;
  }
  const RunResults run = read_run(folder, summary);
  note("decay.png", draw_decay(folder + "/decay.png", run.rows, run.setting));
  note("theta.png", draw_theta(folder + "/theta.png", theta_setting(path, summary, run.setting), run.rows, run.snapshots));
  if (!run.snapshots.empty()) note("fields.png", draw_fields(folder + "/fields.png", run.setting.title, run.snapshots, run.rows));
  return drawing;
}

void animate_fields(const std::string& folder, Drawing& drawing) {
  const RunResults run = read_run(folder, read_summary(folder + "/summary.json"));
  const std::string trouble =
      run.snapshots.empty() ? "there are no snapshots" : draw_animation(folder + "/fields.gif", run.setting.title, run.snapshots, run.rows);
  trouble.empty() ? drawing.drawn.push_back("fields.gif") : drawing.missing.push_back("fields.gif: " + trouble);
}

std::string ended(const std::string& folder, const Drawing& drawing) {
  std::string out = fmt::format("\nresults: {}\n", folder);
  for (const auto& name : drawing.drawn) out += fmt::format("picture: {}/{}\n", folder, name);
  for (const auto& why : drawing.missing) out += fmt::format("not drawn: {}\n", why);
  return out;
}

}  // namespace hypofp
