#pragma once
#include <vector>

namespace hypofp {

/// A banded matrix of n rows: entry (i, i + k) for |k| <= width; zero where i + k leaves the axis.
class Band {
 public:
  Band(int n, int width) : n_(n), width_(width), a_(static_cast<std::size_t>(n) * (2 * width + 1), 0.0) {}
  int size() const { return n_; }
  int width() const { return width_; }
  double& operator()(int i, int k) { return a_[static_cast<std::size_t>(i) * (2 * width_ + 1) + k + width_]; }
  double operator()(int i, int k) const { return a_[static_cast<std::size_t>(i) * (2 * width_ + 1) + k + width_]; }
  /// y = B x, both of length n.
  std::vector<double> operator*(const std::vector<double>& x) const;

 private:
  int n_, width_;
  std::vector<double> a_;
};

/// Differences the odd-even filter takes, p: r + 1 keeps the order of the scheme; at r = 4 one more, or the observed order stays
/// near 7.4 on 24 to 48 cells (tests/benchmarks/README.md).
constexpr int filter_width(int r) { return r < 4 ? r + 1 : r + 2; }

/// One axis in units of the standard deviation of M along it: n cells on [-half_width, half_width], and the one
/// symmetric matrix K from which every operator follows. All matrices act on phi = s u (u = g/M), so that the weighted
/// norm is the plain 2-norm.
///
///   K s = 0,  K (z s) = -z s,  K (p s) = s (p'' - z p') for polynomials of degree <= r     (diffusion)
///   Q = [K, Z]/2, skew,  Q s = -z s / 2                                                    (d/dz with M's weight)
///   u' = (Q + z/2) phi / s                                                                 (the derivative Gamma)
///   filter = -(D_p / s)^T w (D_p / s) / 4^p,  symmetric, <= 0, zero on degree <= r, -1 or so on odd-even
struct GaussianAxis {
  /// half_width in standard deviations; order = 2r in {2, 4, 6, 8}; cells >= order + 2.
  GaussianAxis(int cells, double half_width, int order);

  int n, r;
  double half_width, spacing;
  std::vector<double> z;  ///< cell centres
  std::vector<double> s;  ///< square roots of the cells' weights, sum s^2 = 1
  Band K, Q, filter;
};

}  // namespace hypofp
