#pragma once
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace hypofp {

/// What the theory follows along the evolution, at one time: of h = (g - F)/M and of g = mass F + M h.
struct Observation {
  double time = 0;
  double mass = 0;                                        ///< of g
  double h_norm = 0;                                      ///< ‖h‖_*, not squared
  double H = 0;                                           ///< (3.8)
  double grad_x = 0, grad_v = 0, cross = 0;               ///< ‖grad_x h‖_*^2, ‖grad_v h‖_*^2, <grad_x h, grad_v h>_*
  double g_min = 0;                                       ///< smallest g at a cell centre
  double edge = 0;                                        ///< share of ‖h‖_*^2 in the outermost cells
  double witness_h_norm = none, witness_H = none;         ///< by the witness beside the grid
  double theta1 = none, theta2 = none, theta3 = none;     ///< E theta_i under g; of the components that there are
  double theta11 = none, theta21 = none, theta22 = none;  ///< E theta_i theta_j
  double theta31 = none, theta32 = none, theta33 = none;

  // Forms of h that the proof of Theorem 3.2 compares (operators/proof_forms.hpp), where they are followed: d/dt of the three
  // above; ‖grad_v grad_x h‖_*^2, ‖grad_v grad_v h‖_*^2 and their product; those of R, T and L.
  double d_grad_x = none, d_grad_v = none, d_cross = none;
  double dissipation_x = none, dissipation_v = none, dissipation_cross = none;
  double R_h_h = none, R_grad = none, R_xx = none, R_vv = none, R_xv = none;
  double T_h_h = none, T_grad = none, L_h_h = none;

  static constexpr double none = std::numeric_limits<double>::quiet_NaN();
};

/// How a quantity runs between two times: what of it is smooth.
/// `settling`: itself, with a limit that is not zero.
enum class Between { derived, linear, itself, settling, its_square, its_product_with_h2 };
/// The file that shows it; checkpoints and samples have all.
enum class Shown { series, ledger };

/// A column of the table of observations: all that read or write one loop over these.
struct Column {
  const char *name, *units, *long_name;
  double Observation::*value;
  Between between;
  Shown shown = Shown::series;
};
// x carries [x], v carries [v] = [x]/[t]; g is a density, h = (g - F)/M a pure number
inline constexpr std::array<Column, 34> columns{{
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
    {"d_grad_x_dt", "x^-2 t^-1", "d/dt ||grad_x h||_*^2", &Observation::d_grad_x, Between::itself, Shown::ledger},
    {"d_grad_v_dt", "v^-2 t^-1", "d/dt ||grad_v h||_*^2", &Observation::d_grad_v, Between::itself, Shown::ledger},
    {"d_cross_dt", "x^-1 v^-1 t^-1", "d/dt <grad_x h, grad_v h>_*", &Observation::d_cross, Between::itself, Shown::ledger},
    {"dissipation_x", "x^-2 v^-2", "sum of ||d_(v_i) grad_x h||_*^2", &Observation::dissipation_x, Between::itself, Shown::ledger},
    {"dissipation_v", "v^-4", "sum of ||d_(v_i) grad_v h||_*^2", &Observation::dissipation_v, Between::itself, Shown::ledger},
    {"dissipation_cross", "x^-1 v^-3", "sum of <d_(v_i) grad_x h, d_(v_i) grad_v h>_*", &Observation::dissipation_cross, Between::itself,
     Shown::ledger},
    {"R_h_h", "t^-1", "<R h, h>_*", &Observation::R_h_h, Between::itself, Shown::ledger},
    {"R_grad", "x^-1 v^-1 t^-1", "<grad_x h, R grad_v h>_* + <grad_v h, R grad_x h>_*", &Observation::R_grad, Between::itself,
     Shown::ledger},
    {"R_xx", "x^-2 t^-1", "<grad_x R h, grad_x h>_*", &Observation::R_xx, Between::itself, Shown::ledger},
    {"R_vv", "v^-2 t^-1", "<grad_v R h, grad_v h>_*", &Observation::R_vv, Between::itself, Shown::ledger},
    {"R_xv", "x^-1 v^-1 t^-1", "<grad_x R h, grad_v h>_* + <grad_v R h, grad_x h>_*", &Observation::R_xv, Between::itself, Shown::ledger},
    {"T_h_h", "t^-1", "<T h, h>_*", &Observation::T_h_h, Between::itself, Shown::ledger},
    {"T_grad", "x^-1 v^-1 t^-1", "<grad_x h, T grad_v h>_* + <grad_v h, T grad_x h>_*", &Observation::T_grad, Between::itself,
     Shown::ledger},
    {"L_h_h", "t^-1", "<L h, h>_*", &Observation::L_h_h, Between::itself, Shown::ledger},
}};

/// Whether rows have a column: those of the witness are there where it spoke, those of theta_i up to d, those of the ledger where it was
/// kept.
inline bool has(const std::vector<Observation>& rows, const Column& column) {
  return rows.empty() || !std::isnan(rows.front().*column.value);
}

}  // namespace hypofp
