#include "io/results/pictures.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>

extern char** environ;

namespace hypofp {
namespace {

/// Runs gnuplot on a script that stands beside the picture for that long. vfork-like spawning is safe in an MPI process.
bool run_gnuplot(const std::string& png, const std::string& script) {
  const std::string file = png + ".gp";
  {
    std::ofstream out(file);
    out << script;
    if (!out.flush()) return false;
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", 1 /* O_WRONLY */, 0);
  std::string name = "gnuplot", path = file;
  char* const arguments[] = {name.data(), path.data(), nullptr};
  pid_t child = 0;
  const bool started = posix_spawnp(&child, "gnuplot", &actions, nullptr, arguments, environ) == 0;
  posix_spawn_file_actions_destroy(&actions);
  int status = 1;
  const bool ended = started && waitpid(child, &status, 0) == child;
  unlink(file.c_str());
  return ended && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// Text for a double-quoted gnuplot string in enhanced mode.
std::string quoted(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '_' || c == '^' || c == '{' || c == '}' || c == '@' || c == '&') out += "\\\\";
    out += c == '\n' ? ' ' : c;
  }
  return "\"" + out + "\"";
}

std::string panel(const FieldGrid& grid, const FieldGrid::Field& field, int number, std::string& data) {
  const std::size_t ni = grid.shape[0], nj = grid.shape[1];
  constexpr std::size_t most = 256;  // points an axis: a panel has fewer pixels
  const std::size_t step_i = (ni + most - 1) / most, step_j = (nj + most - 1) / most;
  double largest = 0;
  data += fmt::format("$d{} << EOD\n", number);
  for (std::size_t i = 0; i < ni; i += step_i) {
    for (std::size_t j = 0; j < nj; j += step_j) {
      const std::size_t p = i * nj + j;
      const double a = grid.points.empty() ? grid.axes[0][i] : grid.points[2 * p], b = grid.points.empty() ? grid.axes[1][j] : grid.points[2 * p + 1];
      if (std::isfinite(field.values[p]))
        data += fmt::format("{:.6g} {:.6g} {:.6g}\n", a, b, field.values[p]);
      else
        data += fmt::format("{:.6g} {:.6g} NaN\n", a, b);
      if (std::isfinite(field.values[p])) largest = std::max(largest, std::abs(field.values[p]));
    }
    data += "\n";
  }
  data += "EOD\n";
  if (largest == 0) largest = 1;
  const bool signed_field = field.name == "h";
  return fmt::format(
      "set title {}\nset xlabel {}\nset ylabel {}\n{}\nset cbrange [{}:{}]\nsplot $d{} using 1:2:3 with pm3d notitle\n", quoted(field.name + " on " + grid.name),
      quoted(grid.axis_names[0]), quoted(grid.axis_names[1]),
      signed_field ? "set palette defined (0 '#2166ac', 1 '#92c5de', 2 '#f7f7f7', 3 '#f4a582', 4 '#b2182b')"
                   : "set palette defined (0 '#440154', 1 '#3b528b', 2 '#21918c', 3 '#5ec962', 4 '#fde725')",
      signed_field ? -largest : 0.0, largest, number);
}

}  // namespace

bool draw_decay(const std::string& png, const std::vector<Observation>& rows, const DecayLines& l) {
  std::string data = "$rows << EOD\n";
  double lowest = 1e300, highest = 0;
  const std::size_t stride = std::max<std::size_t>(1, rows.size() / 4000);
  for (std::size_t i = 0; i < rows.size(); i += stride) {
    const double h = rows[i].h_norm, H = rows[i].H > 0 ? std::sqrt(rows[i].H) : 0;
    const auto shown = [](double v) { return v > 0 && std::isfinite(v) ? fmt::format("{:.8g}", v) : std::string("NaN"); };
    data += fmt::format("{:.8g} {} {}\n", rows[i].time, shown(h), shown(H));
    for (double v : {h, H})
      if (v > 0 && std::isfinite(v)) lowest = std::min(lowest, v), highest = std::max(highest, v);
  }
  data += "EOD\n";
  if (highest == 0) return false;
  // the theory's lines leave from the first row
  const double start = rows.front().H > 0 ? std::sqrt(rows.front().H) : rows.front().h_norm, t0 = rows.front().time;
  std::string script = fmt::format(
      "set terminal pngcairo size 1200,800 font 'sans,14' linewidth 1.5\nset output {}\n{}set title {}\nset logscale y\nset format y '10^{{%T}}'\n"
      "set xlabel 'time t'\nset ylabel 'norm'\nset grid lc rgb '#dddddd'\nset key top right box lc rgb '#cccccc' opaque\n"
      "set xrange [{}:{}]\nset yrange [{}:{}]\nset samples 400\n",
      "'" + png + "'", data, quoted(l.title), t0, rows.back().time, lowest * 0.4, std::max(highest, start) * 4);
  if (l.window_end > l.window_begin)
    script += fmt::format("set object 1 rectangle from first {}, graph 0 to first {}, graph 1 behind fc rgb '#f1f5fb' fs noborder\n", l.window_begin, l.window_end);
  const auto measured = [](double rate) { return rate != 0 ? fmt::format(", measured rate {:.8g}", rate) : std::string(); };
  script += fmt::format(
      "plot $rows using 1:2 with lines lw 2.5 lc rgb '#1f77b4' title '‖h‖_*{}', "
      "$rows using 1:3 with lines lw 2.5 lc rgb '#d95f02' title '√H{}', "
      "{}*exp(-{}*(x-{})) with lines dt 2 lw 1.5 lc rgb '#222222' title 'e^{{-μt}}, μ = {:.6g} (derived)', "
      "{}*exp(-{}*(x-{})) with lines dt 3 lw 1.5 lc rgb '#999999' title 'e^{{-μt}}, μ = {:.6g} (as printed)'\n",
      measured(l.rate_h), measured(l.rate_H), start, l.mu, t0, l.mu, start, l.mu_as_printed, t0, l.mu_as_printed);
  return run_gnuplot(png, script);
}

bool draw_fields(const std::string& png, const std::string& title, const std::vector<FieldGrid>& grids) {
  std::string data, panels;
  int number = 0;
  for (const FieldGrid& grid : grids)
    for (const auto& field : grid.fields)
      if (grid.shape.size() == 2 && number < 6) panels += panel(grid, field, ++number, data);
  if (number == 0) return false;
  const int columns = number < 3 ? number : number == 4 ? 2 : 3, lines = (number + columns - 1) / columns;
  const std::string script = fmt::format(
      "set terminal pngcairo size {},{} font 'sans,12'\nset output '{}'\n{}set multiplot layout {},{} title {} font ',14'\n"
      "set view map\nset pm3d map corners2color mean\nset datafile missing 'NaN'\nunset key\nset size ratio 0.8\n{}unset multiplot\n",
      columns * 480, lines * 420 + 40, png, data, lines, columns, quoted(title), panels);
  return run_gnuplot(png, script);
}

}  // namespace hypofp
