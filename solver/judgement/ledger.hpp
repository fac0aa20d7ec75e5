#pragma once
#include <optional>
#include <string>
#include <vector>

#include "grids/ledger.hpp"
#include "grids/observation.hpp"
#include "operators/theory.hpp"
#include "solver/judgement/verdicts.hpp"

namespace hypofp {

/// The ledger of rows that have the forms of the proof; none where they have not.
std::optional<Ledger> ledger_of(const std::vector<Observation>& rows, const Theory& theory, const Model& model, const std::string& by);

/// An inequality of the proof over a run, or one of its two right sides.
struct Entry {
  Verdict verdict;   ///< value, bound at `time`; uncertainty of their difference
  double slack = 0;  ///< the smallest (bound - value), in units of the inequality's own terms; where it fails, by how much
  double time = 0;   ///< when
};
struct JudgedInequality {
  std::string name, claim;
  Entry as_printed, derived;
};
/// The largest defect of an identity, in units of its own terms, and when.
struct JudgedIdentity {
  std::string name;
  double defect = 0, time = 0;
};
struct JudgedLedger {
  std::vector<JudgedInequality> inequalities;
  std::vector<JudgedIdentity> identities;
};

/// Each inequality row by row: it FAILS where it does so in one row by more than is known, HOLDS where it does in every row above
/// rounding, else OPEN. A row is known as far as h is (start, end), as far as the identity behind it is met, and as far as `other`, the
/// same run's rows by another discretisation (or empty), says the same.
JudgedLedger judge_ledger(const Findings& findings, const std::vector<Observation>& rows, const std::vector<Observation>& other,
                          const Doubt& start, const Doubt& end);

}  // namespace hypofp
