#pragma once
#include "operators/hermite/generator.hpp"
#include "operators/hermite/projection.hpp"
#include "solver/system.hpp"

namespace hypofp {

/// The second discretisation, Hermite-Galerkin (operators/hermite/): replicated on every rank, the same to the bit on any number of them.
class Witness : public System {
 public:
  /// `alone`: it has no grid beside it, and tells the smallest g itself. Throws UserError where eps is not finite at a node of its
  /// quadrature.
  Witness(const Setting& setting, int degree, bool alone);

  const HermiteGenerator generator;

  const Operator& A() const override { return generator; }
  Vector initial_state(const Problem& problem) const override;
  InitialCheck check_initial_state(const Problem& problem) override;
  Distribution distribution() const override;
  Marginals marginals(Vec phi) const override;
  double rate_floor() const override { return 0; }
  std::string description() const override;

  /// What the degree cuts of h(0), and of F, as shares of their squares: by how their last degrees fall, by what eps has
  /// beyond the degree, by quadrature.
  struct Tails {
    double h, F;
    double largest() const { return std::max(h, F); }
  };
  Tails tails(const Problem& problem);

 private:
  const Projection& projection(const Problem& problem) const;

  mutable std::optional<Projection> projection_;  // of the one problem there is: up to 5e7 evaluations of h0
};

/// A witness, or why there is none.
struct WitnessChoice {
  std::unique_ptr<Witness> witness;
  std::string why;  ///< it is silent; or what decided its degree
};

/// The one that goes along with a grid, as [witness] says. degree = "auto": grown until its tails are below time.tolerance, within a tenth
/// of the grid's work (8e7 multiply-adds, some hundredths of a second, are allowed always; more than 2e10, some ten seconds before the
/// first row, never) and memory (or 5 MB); silent where it can't tell what witness.tolerance asks for. Not collective.
WitnessChoice witness_beside_grid(const Problem& problem);

/// The one that works alone: "auto" grows it within 2e10 multiply-adds. Throws UserError where it can't hold the data or eps, or [witness]
/// switches it off. Not collective.
WitnessChoice witness_alone(const Problem& problem);

/// Multiply-adds of a run at a degree.
double witness_work(const Problem& problem, int degree);
/// What a grid's run needs on top where this one goes along.
double witness_bytes(const Problem& problem, const Witness& witness);

}  // namespace hypofp
