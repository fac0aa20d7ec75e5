#pragma once
#include <string>
#include <vector>

#include "operators/assumption/assumption.hpp"

namespace hypofp {

/// The theorem's constants, derived and as printed.
struct Theory {
  std::string regime;                    ///< underdamped, overdamped, critical
  double mu, mu_as_printed;              ///< derived: min Re spec(Q), (4.7); printed: (3.6)
  double C, C_hat, delta;                ///< (3.6); delta counts in the critical case only
  double C2, C2_as_printed;              ///< Prop. 4.1
  double coefficient;                    ///< (8 + 3d)(1 + C) + (9 + 6d) C_hat, with the correct Poincare constant
  double coefficient_as_printed;         ///< 11 + 11 C + 15 C_hat
  double eps0;                           ///< smallest eps_0 of Assumption 3.1 on this box
  double eps_bound;                      ///< eps = coefficient eps_0 C2^2 max{1,C}/(C - C_hat^2), the line after (4.8), as printed
  double eps_bound_derived;              ///< the same with the derived coefficient and C2
  double poincare, poincare_as_printed;  ///< (3.5)
  std::vector<AssumptionRow> assumption;
};

/// `epsilon` null means eps = 0.
Theory theory_of(const Model& model, const GridSpec& grid, const Epsilon* epsilon, const LyapunovChoice& choice);

}  // namespace hypofp
