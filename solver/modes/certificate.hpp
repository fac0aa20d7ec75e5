#pragma once
#include <array>
#include <string>
#include <vector>

#include "solver/modes/bordered.hpp"
#include "solver/modes/spectrum.hpp"

namespace hypofp {

/// A quadratic form that depends on H's constants: of_1 + C of_C + C_hat of_C_hat.
struct Form {
  double of_1 = 0, of_C = 0, of_C_hat = 0;
  double at(double C, double C_hat) const { return of_1 + C * of_C + C_hat * of_C_hat; }
};

/// One h: what it says of the rate for every pair, -dH/dt / 2H.
struct Cut {
  Form decay, H;  ///< -dH/dt, H
  double mu(double C, double C_hat) const { return 0.5 * decay.at(C, C_hat) / H.at(C, C_hat); }
};

/// The h that decays slowest in H.
struct Certificate {
  double mu = 0;  ///< mu_cert: dH/dt <= -2 mu_cert H for every mean-zero h of the discretisation
  Cut h;
  Eigen::VectorXd phi;  ///< of that h
  double odd_even = 0;
  int left_out = 0;  ///< smaller values whose h is odd-even
};

/// The pencil of the certificate: with H = <h, G h> by Gamma, mu_cert is half the smallest eigenvalue of -(A^T G + G A) against G on
/// mean-zero h. No assumption on eps is needed. Assembled: for small operators that one rank holds whole (at most `most_unknowns`).
class Pencil {
 public:
  using Sparse = SparseMatrix;
  static constexpr PetscInt most_unknowns = 12000;

  explicit Pencil(const Operator& A, OddEven odd_even = {});
  /// For C > C_hat^2. h that are odd-even are left out. Throws ComputationError where it is not found, or the slowest h that is left is
  /// odd-even in part. `near`: the phi of another pair's, or empty; with a good one half the work is saved.
  Certificate smallest(double C, double C_hat, const Eigen::VectorXd& near = {}) const;
  /// G, of the form H.
  Sparse G(double C, double C_hat) const { return at(H_, C, C_hat); }
  const Sparse& generator() const { return generator_; }

 private:
  Sparse at(const std::array<Sparse, 3>& form, double C, double C_hat) const { return Sparse(form[0] + C * form[1]) + C_hat * form[2]; }

  const Operator& A_;
  OddEven odd_even_;
  Sparse generator_;
  std::array<Sparse, 3> H_, decay_;  // of 1, C, C_hat
};

/// The pair with the largest mu_cert.
struct BestPair {
  double C, C_hat;
  Certificate certificate;
  double bound;  ///< no pair near it has a larger one, by the cuts; so no pair at all
};

/// Every h bounds mu_cert from above for every pair at once: the pair that the cuts so far like best is tried, its slowest h makes another
/// cut, until bound and value meet (to 1e-7). Starts from `cuts` (which may be empty) and the pair given; adds to them. Those of a lower
/// degree hold in a higher one.
BestPair best_pair(const Pencil& pencil, double C, double C_hat, std::vector<Cut>& cuts);

}  // namespace hypofp
