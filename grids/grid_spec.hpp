#pragma once
#include <vector>

namespace hypofp {

/// How phase space is cut: the same x-axis and the same v-axis for every component.
struct GridSpec {
  int x_cells = 24, v_cells = 24;  ///< per axis
  double half_width = 6.0;         ///< of the box, in standard deviations of M
  int order = 6;                   ///< of the scheme, 2r
};

/// Centres of n cells on [-half_width, half_width].
inline std::vector<double> cell_centres(int n, double half_width) {
  std::vector<double> z(n);
  for (int i = 0; i < n; ++i) z[i] = half_width / n * (2 * i + 1 - n);
  return z;
}

}  // namespace hypofp
