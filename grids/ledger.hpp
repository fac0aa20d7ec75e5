#pragma once
#include <string>
#include <vector>

namespace hypofp {

/// What the proof of Theorem 3.2 uses, along a run: quantities, both sides of each inequality, defects of the identities.
struct Ledger {
  struct Quantity {
    std::string name, units, long_name;
    std::vector<double> values;  ///< a row each
  };
  /// lhs <= rhs, as derived and as printed.
  struct Inequality {
    std::string name, claim;
    std::vector<double> lhs, rhs_as_printed, rhs;
  };
  std::string by;  ///< grid or witness
  std::vector<double> time;
  std::vector<Quantity> quantities;
  std::vector<Inequality> inequalities;
  std::vector<Quantity> identity_defects;
};

}  // namespace hypofp
