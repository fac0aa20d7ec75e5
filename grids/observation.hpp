#pragma once
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace hypofp {

/// What the theory follows along the evolution, at one time: of h = (g - F)/M and of g = mass F + M h.
struct Observation {
  double time = 0;
  double mass = 0;                                 ///< of g
  double h_norm = 0;                               ///< ‖h‖_*, not squared
  double H = 0;                                    ///< (3.8)
  double grad_x = 0, grad_v = 0, cross = 0;        ///< ‖grad_x h‖_*^2, ‖grad_v h‖_*^2, <grad_x h, grad_v h>_*
  double g_min = 0;                                ///< smallest g at a cell centre
  double edge = 0;                                 ///< share of ‖h‖_*^2 in the outermost cells
  double witness_h_norm = none, witness_H = none;  ///< by the witness beside the grid
  double theta1 = none, theta2 = none, theta3 = none;     ///< E theta_i under g; of the components that there are
  double theta11 = none, theta21 = none, theta22 = none;  ///< E theta_i theta_j
  double theta31 = none, theta32 = none, theta33 = none;

  static constexpr double none = std::numeric_limits<double>::quiet_NaN();
};

/// How a quantity runs between two times: what of it is smooth.
/// `settling`: itself, with a limit that is not zero.
enum class Between { derived, linear, itself, settling, its_square, its_product_with_h2 };

/// A column of the table of observations: all that read or write one loop over these.
struct Column {
  const char *name, *units, *long_name;
  double Observation::*value;
  Between between;
};
// x carries [x], v carries [v] = [x]/[t]; g is a density, h = (g - F)/M a pure number
inline constexpr std::array<Column, 20> columns{{
    {"time", "t", "time", &Observation::time, Between::derived},
    {"mass", "1", "mass of g", &Observation::mass, Between::linear},
    {"h_norm", "1", "weighted norm ||h||_* of h = (g - F)/M", &Observation::h_norm, Between::its_square},
    {"H", "x^-2", "Lyapunov functional H of (3.8)", &Observation::H, Between::derived},
    {"grad_x", "x^-2", "||grad_x h||_*^2", &Observation::grad_x, Between::itself},
    {"grad_v", "v^-2", "||grad_v h||_*^2", &Observation::grad_v, Between::itself},
    {"cross", "x^-1 v^-1", "<grad_x h, grad_v h>_*", &Observation::cross, Between::itself},
    {"g_min", "(x v)^-d", "smallest g at a cell centre", &Observation::g_min, Between::linear},
    {"edge", "1", "share of ||h||_*^2 in the outermost cells", &Observation::edge, Between::its_product_with_h2},
    {"witness_h_norm", "1", "||h||_* by the Hermite-Galerkin witness", &Observation::witness_h_norm, Between::derived},
    {"witness_H", "x^-2", "H of (3.8) by the Hermite-Galerkin witness", &Observation::witness_H, Between::derived},
    {"theta1", "x t", "E theta_1 under g", &Observation::theta1, Between::settling},
    {"theta2", "x t", "E theta_2 under g", &Observation::theta2, Between::settling},
    {"theta3", "x t", "E theta_3 under g", &Observation::theta3, Between::settling},
    {"theta1_theta1", "(x t)^2", "E theta_1 theta_1 under g", &Observation::theta11, Between::settling},
    {"theta2_theta1", "(x t)^2", "E theta_2 theta_1 under g", &Observation::theta21, Between::settling},
    {"theta2_theta2", "(x t)^2", "E theta_2 theta_2 under g", &Observation::theta22, Between::settling},
    {"theta3_theta1", "(x t)^2", "E theta_3 theta_1 under g", &Observation::theta31, Between::settling},
    {"theta3_theta2", "(x t)^2", "E theta_3 theta_2 under g", &Observation::theta32, Between::settling},
    {"theta3_theta3", "(x t)^2", "E theta_3 theta_3 under g", &Observation::theta33, Between::settling},
}};

/// Whether rows have a column: those of the witness are there where it spoke, those of theta_i up to d.
inline bool has(const std::vector<Observation>& rows, const Column& column) {
  return rows.empty() || !std::isnan(rows.front().*column.value);
}

}  // namespace hypofp
