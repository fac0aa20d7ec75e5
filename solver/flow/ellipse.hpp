#pragma once
#include <complex>
#include <cstddef>

#include "operators/numerical_range.hpp"

namespace hypofp {

/// An ellipse with axes along the real and imaginary direction, around the numerical range of the generator:
/// center + real_axis cos(t) + i imag_axis sin(t). psi(w) = center + capacity (w + shape / w) maps the unit circle on it.
struct Ellipse {
  double center = 0, real_axis = 1, imag_axis = 1;
  double capacity() const { return 0.5 * (real_axis + imag_axis); }
  double shape() const { return (real_axis - imag_axis) / (real_axis + imag_axis); }
  std::complex<double> psi(std::complex<double> w) const { return center + capacity() * (w + shape() / w); }
  double overhang() const { return center + real_axis; }  ///< how far it reaches right of zero
};

/// The ellipse around the numerical range (an estimate of it: a 3 % margin is added) that makes a Faber expansion of
/// exp(tau A) to `tolerance` cheapest per unit of time, and that tau. Rounding grows as e^{overhang tau}: kept so that
/// overhang * tau <= log(tolerance / 1e-14), and at most 10. tau <= longest.
struct EllipseChoice {
  Ellipse ellipse;
  double tau;
};
EllipseChoice choose_ellipse(const NumericalRange& estimate, double tolerance, double longest);

/// Terms of the Faber expansion of e^{tau z} that the bound min_R e^{tau max Re psi(R w)} R^{-k} asks for.
double expected_terms(const Ellipse& ellipse, double tau, double tolerance);

/// How many outputs `spacing` apart one expansion should serve, at most `most`: a longer one needs fewer terms a unit of time, an output
/// costs a twentieth of the applications (measured: 3 to 9 %).
std::size_t best_outputs(const EllipseChoice& choice, double tolerance, double spacing, std::size_t most);

}  // namespace hypofp
