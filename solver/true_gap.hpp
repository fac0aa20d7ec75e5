#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "solver/modes/spectrum.hpp"
#include "solver/witness.hpp"

namespace hypofp {

/// The gap at the case's eps, by the witness's spectrum: what H has to decay by.
struct TrueGap {
  Spectrum spectrum;
  int degree;
  double doubt;  ///< what the last quarter of the degrees (two at least: of an eps of one parity each other adds nothing) changes, and how
                 ///< far a cluster's members are from their mean
  double value() const { return spectrum.gap(); }
  nlohmann::ordered_json json() const;  ///< as summary.json holds it
};

/// As far as it costs less than a twentieth of the run's work (or some hundredths of a second); else, or where it does not converge, none,
/// and `why`. At eps = 0 there is no need: mu is the gap. Not collective: replicated like the witness.
std::optional<TrueGap> true_gap(const Problem& problem, Witness& witness, std::string& why);

}  // namespace hypofp
