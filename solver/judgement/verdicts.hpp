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

/// The grid's run against the witness's: relative differences, each with what the witness does not know.
struct Comparison {
  struct Difference {
    double value = 0, doubt = 0, time = 0;
  };
  Difference h_norm, H;                       ///< the largest over the rows, and when
  std::optional<Difference> rate;             ///< where both have one
  Difference covariance;                      ///< of F, in units of M's standard deviations
  double tolerance = 1e-3;                    ///< asked for
  MeasuredRate rate_h, rate_H;                ///< the witness's
  double rate_apart_h = 0, rate_apart_H = 0;  ///< of the two rates
  double rate_doubt = 0;                      ///< of the witness's rates, relative
  std::string moved;                          ///< where they disagree: which of the two moves when refined
};

/// The spectral gap, and how far it is known.
struct Gap {
  double value, doubt;
};

/// What a run found, as far as it is judged.
struct Findings {
  const Theory& theory;
  const Model& model;
  bool perturbed;      ///< eps is on
  bool discontinuous;  ///< initial data with infinite H(0)
  const std::vector<Observation>& rows;
  MeasuredRate rate_h, rate_H;
  double grid_floor;  ///< of relative rates: what box, aliasing and order do to the linear modes
  Doubt start, end;   ///< of h in the first and the last row
  std::optional<Comparison> witness;
  std::optional<Gap> gap;  ///< at this eps, where eps is on
  std::string no_gap;      ///< why there is none
  double tolerance;        ///< of the propagation, relative to ‖h‖_*
  double applications;
  double residual;  ///< of F
  /// Of a measured rate: fit, and with a witness grid (by it) and witness (by the tails of the last h).
  struct Uncertainty {
    double fit = 0, grid = 0, witness = 0;
    double sum() const { return fit + grid + witness; }
  };
  Uncertainty uncertainty_h() const { return uncertainty(rate_h, &Comparison::rate_apart_h); }
  Uncertainty uncertainty_H() const { return uncertainty(rate_H, &Comparison::rate_apart_H); }

 private:
  Uncertainty uncertainty(const MeasuredRate& mine, double Comparison::*apart) const;
};

/// The claims of the paper and of the scheme against a run.
std::vector<Verdict> verdicts(const Findings& findings);

}  // namespace hypofp
