#pragma once

namespace hypofp {

/// How phase space is cut: the same x-axis and the same v-axis for every component.
struct GridSpec {
  int x_cells = 24, v_cells = 24;  ///< per axis
  double half_width = 6.0;         ///< of the box, in standard deviations of M
  int order = 6;                   ///< of the scheme, 2r
};

}  // namespace hypofp
