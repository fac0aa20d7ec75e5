#pragma once
#include <string>
#include <vector>

#include "grids/gaussian_axis.hpp"

namespace hypofp {

/// A decay rate read off a series.
struct MeasuredRate {
  double rate = 0;         ///< amplitude ~ e^{-rate t}
  double uncertainty = 0;  ///< three times the spread over shifted and shortened windows; the straight line's own error where no better fit exists
  double begin = 0, end = 0;
  double half_period = 0;  ///< of the oscillation in the window, 0 where it does not oscillate
  std::string method;      ///< "matrix pencil", "straight line" or "none" (with the reason)
};

/// Rate of a positive quadratic quantity y(t) ~ e^{-2 rate t} (‖h‖_*^2, H) on equidistant times.
///
/// y is a sum of exponentials; a matrix pencil (Hua and Sarkar 1990) on a window of the series finds them and the slowest that
/// counts is the rate. The window starts where moving it on no longer changes the answer (after the transient), ends before the
/// series reaches rounding (1e-26 of its largest value) and, where the slowest modes oscillate, spans whole half-periods.
MeasuredRate measure_rate(const std::vector<double>& times, const std::vector<double>& y);

/// Minus the slope of log y over n times, by least squares.
double straight_line(const double* t, const double* y, int n);

/// What the axis does to the rate of the linear modes, relative, at first and second order: the grid's variance of M minus 1 (box and
/// aliasing), and the square of what K leaves of (K z^2 s)/2 = (1 - z^2) s, which couples them to cubic modes (order 2 only).
double linear_mode_error(const GaussianAxis& axis, double omega0_over_gamma);

}  // namespace hypofp
