#include "io/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hypofp {
namespace {

std::string duration(double seconds) {
  const long s = std::lround(seconds);
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{} min {:02} s", s / 60, s % 60);
  return fmt::format("{} h {:02} min", s / 3600, s % 3600 / 60);
}

/// The line with as much of the note as fits 79 columns; a note's UTF-8 characters count one each.
std::string fitting(const std::string& line, const std::string& note) {
  std::size_t columns = line.size() + 2;
  std::string out = line + "  ";
  for (const char c : note) {
    if ((c & 0xC0) != 0x80 && ++columns > 79) break;
    out += c;
  }
  return out;
}

double seconds_between(std::chrono::steady_clock::time_point a, std::chrono::steady_clock::time_point b) {
  return std::chrono::duration<double>(b - a).count();
}

}  // namespace

Progress::Progress(bool enabled, bool terminal, std::FILE* out) : enabled_(enabled), terminal_(terminal), out_(out) {}

void Progress::put(const std::string& text) const {
  std::fputs(text.c_str(), out_);
  std::fflush(out_);
}

void Progress::begin(const std::string& stage, double total, double done) {
  stage_ = stage;
  total_ = total;
  last_done_ = done;
  speed_ = 0;
  start_ = last_sample_ = last_shown_ = Clock::now();
}

void Progress::update(double done, const std::string& note) {
  if (!enabled_ || total_ <= 0) return;
  const auto now = Clock::now();
  const double since = seconds_between(last_sample_, now);
  if (since > 0.2 && done > last_done_) {  // the recent past counts: half of it within some 5 s
    const double speed = (done - last_done_) / since, weight = 1 - std::exp(-since / 7);
    speed_ = speed_ == 0 ? speed : speed_ + weight * (speed - speed_);
    last_done_ = done;
    last_sample_ = now;
  }
  if (seconds_between(last_shown_, now) < (terminal_ ? 0.1 : 10)) return;
  last_shown_ = now;
  const double share = std::clamp(done / total_, 0.0, 1.0);
  const std::string left = speed_ > 0 && seconds_between(start_, now) > 1 ? ", " + duration((total_ - done) / speed_) + " to go" : "";
  std::string line = terminal_ ? "" : fmt::format("{}: {:.0f} %{}", stage_, 100 * share, left);
  if (terminal_) {
    const int width = 20, filled = static_cast<int>(share * width);
    line = fmt::format("{} [{}{}] {:3.0f} %{}", stage_, std::string(filled, '#'), std::string(width - filled, '.'), 100 * share, left);
  }
  put(terminal_ ? "\r" + fitting(line, note) + "\033[K" : fitting(line, note) + "\n");
}

void Progress::end(const std::string& note) {
  if (!enabled_) return;
  const std::string line = fmt::format("{}: done in {:.2f} s", stage_, seconds_between(start_, Clock::now()));
  put(terminal_ ? "\r" + line + "  " + note + "\033[K\n" : line + "  " + note + "\n");
}

}  // namespace hypofp
