#pragma once
#include <optional>
#include <string>
#include <vector>

#include "grids/gaussian_axis.hpp"
#include "grids/observation.hpp"
#include "operators/functionals.hpp"
#include "operators/theory.hpp"
#include "solver/judgement/rates.hpp"

namespace hypofp {

/// A claim of the paper, or of the scheme, held against a run.
struct Verdict {
  std::string claim;
  std::optional<bool> holds;                        ///< none: OPEN, and why says what is missing
  std::optional<double> value, bound, uncertainty;  ///< of the value: fit, grid and rounding together
  std::string why;
};

/// HOLDS where value <= bound, or equal to it within an uncertainty of at most a thousandth of the bound; FAILS where it lies above by more
/// than the uncertainty; else OPEN.
Verdict at_most(std::string claim, double value, double bound, double uncertainty, std::string why = "");
/// The same of value >= bound.
Verdict at_least(std::string claim, double value, double bound, double uncertainty, std::string why = "");

/// What a run found, as far as it is judged.
struct Findings {
  const Theory& theory;
  const Model& model;
  bool perturbed;      ///< eps is on
  bool discontinuous;  ///< initial data with infinite H(0)
  const std::vector<Observation>& rows;
  MeasuredRate rate_h, rate_H;
  double grid_floor;     ///< of relative rates: what box, aliasing and order do to the linear modes
  GridDoubt start, end;  ///< of h in the first and the last row
  double tolerance;      ///< of the propagation, relative to ‖h‖_*
  double applications;
  double residual;  ///< of F
};

/// The claims of the paper and of the scheme against a run.
std::vector<Verdict> verdicts(const Findings& findings);

}  // namespace hypofp
