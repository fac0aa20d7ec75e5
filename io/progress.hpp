#pragma once
#include <chrono>
#include <string>

namespace hypofp {

/// Progress on stderr: a bar on a terminal (redrawn at most 10 times a second), a plain line each 10 s or so in a log; nothing when
/// quiet or not rank 0. Time to go: from the speed of the recent past (an exponential average), not of the start; shown only when it means something.
class Progress {
 public:
  Progress(bool enabled, bool terminal);
  /// Begins a stage ("steady state", "evolution") with `total` units of work (model time, iterations).
  void begin(const std::string& stage, double total);
  void update(double done, const std::string& note = "");
  void end(const std::string& note = "");

 private:
  using Clock = std::chrono::steady_clock;
  bool enabled_, terminal_;
  std::string stage_;
  double total_ = 0, last_done_ = 0, speed_ = 0;
  Clock::time_point start_, last_sample_, last_shown_;
};

}  // namespace hypofp
