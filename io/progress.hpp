#pragma once
#include <chrono>
#include <cstdio>
#include <string>

namespace hypofp {

/// Progress on stderr: a bar on a terminal (redrawn at most 10 times a second), a plain line each 10 s in a log; nothing where not
/// enabled. The time to go comes from the speed of the recent past, not of the start, and is shown after the first second. Lines fit 80
/// columns. What can't be written is left out.
class Progress {
 public:
  Progress(bool enabled, bool terminal, std::FILE* out = stderr);
  /// Begins a stage ("steady state", "evolution") at `done` of `total` units of work (model time, iterations).
  void begin(const std::string& stage, double total, double done = 0);
  void update(double done, const std::string& note = "");
  void end(const std::string& note = "");

 private:
  void put(const std::string& text) const;
  using Clock = std::chrono::steady_clock;
  bool enabled_, terminal_;
  std::FILE* out_;
  std::string stage_;
  double total_ = 0, last_done_ = 0, speed_ = 0;
  Clock::time_point start_, last_sample_, last_shown_;
};

}  // namespace hypofp
