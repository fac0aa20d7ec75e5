#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "grids/grid_spec.hpp"
#include "grids/model.hpp"

namespace hypofp {

class Generator;
class Operator;
enum class Part;

/// The numerical range W(A) = {<A z, z>: ‖z‖ = 1}, by its support lines: W lies in Re(e^{-i angle(k)} z) <= reach[k]. It is symmetric
/// about the real axis, so the upper half suffices.
struct NumericalRange {
  static constexpr int directions = 9;
  static double angle(int k) { return k * std::numbers::pi / 8; }

  std::array<double, directions> reach{};

  /// W also lies left of the abscissa and below the top.
  void clip() {
    for (int k = 1; k < directions / 2; ++k) reach[k] = std::min(reach[k], std::cos(angle(k)) * reach[0] + std::sin(angle(k)) * reach[4]);
  }
  double abscissa() const { return reach.front(); }  ///< d/dt log ‖phi‖ <= it; zero where eps = 0
  double leftmost() const { return -reach.back(); }
  /// Of A, the norm's stand-in: max |z| over W lies between this and 2.7 % more.
  double radius() const { return *std::max_element(reach.begin(), reach.end()); }
};

/// Largest eigenvalue of the symmetric part of a term of A. Lanczos without reorthogonalisation to a per cent, at most `steps` pairs of
/// applications; three vectors. From above where it has not converged (Ritz value plus residual). Collective.
double largest_of_symmetric_part(const Operator& A, Part part, int steps);
/// That of A, the numerical abscissa: d/dt log ||phi|| <= it. Zero at eps = 0. Collective.
double numerical_abscissa(const Operator& A, int steps);

/// At eps = 0 the generator is a Kronecker sum of d equal pair operators, so W is d times the pair's, found by Lanczos on a pair of
/// the case's axes: needs no grid of the case.
NumericalRange unperturbed_range(const Model& model, const GridSpec& spec);

/// The generator's: its abscissa on the whole grid (above), the other lines from those at eps = 0 and bounds of B = skew + diagonal.
/// Estimates from inside by a per cent or so; users add a margin and check. Collective.
NumericalRange numerical_range(const Generator& generator, double abscissa);

}  // namespace hypofp
