#pragma once
#include <vector>

#include "grids/observation.hpp"

namespace hypofp {

/// The functionals over a stretch of time, known at Chebyshev points. They are sums of exponentials, so a polynomial through
/// e^{rate t} y(t), the mean decay taken out, gives them in between to as many digits as its last coefficients say; a series
/// with a short interval then costs no more states than its decay needs.
class Samples {
 public:
  static constexpr int intervals = 16;
  /// The points of [0, span], both ends among them.
  static std::vector<double> times(double span);

  /// `values` at times(span).
  Samples(double span, std::vector<Observation> values);
  /// Relative size of the last coefficients: how far values in between may be off.
  double error() const;
  /// The observation at t in [0, span]. What is not smooth (g_min, a smallest value) is taken linearly between its neighbours.
  Observation at(double t) const;

 private:
  std::vector<double> decayed(const Column& column) const;
  double span_, rate_;  // of ‖h‖_*^2 and of the other squares
  std::vector<double> times_;
  std::vector<Observation> values_;
};

}  // namespace hypofp
