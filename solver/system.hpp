#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "operators/generator.hpp"
#include "operators/marginals.hpp"
#include "solver/flow/propagator.hpp"
#include "solver/modes/steady_state.hpp"

namespace hypofp {

struct Problem;

/// What a System is made of.
struct Setting {
  Model model;
  GridSpec grid;         ///< of the witness: where its fields are shown
  EpsilonField epsilon;  ///< empty: eps = 0
  PropagatorKind propagator = PropagatorKind::chebyshev;
  double tolerance = 1e-9;  ///< of a run, relative to ‖h‖_*
  double interval = 0.1;    ///< between the rows of its series
};

/// What there is to say of the initial data in a discretisation.
struct InitialCheck {
  std::vector<std::string> told;
  bool discontinuous = false;  ///< H(0) is infinite
};

/// What every command works on: a discretised generator, its numerical range, a propagator, F, initial data, what fields show. By finite
/// volumes (grid_system.hpp) or by Hermite-Galerkin (witness.hpp). What costs something is found when it is first asked for, and once. All
/// members are collective over A's communicator.
class System {
 public:
  virtual ~System() = default;

  virtual const Operator& A() const = 0;
  /// phi of g(0). Throws UserError where a file or expression does not give one of positive mass.
  virtual Vector initial_state(const Problem& problem) const = 0;
  /// Holds what the discretisation makes of the initial data against what they are. Throws UserError (agreed) where it can't hold them.
  virtual InitialCheck check_initial_state(const Problem& problem) = 0;
  virtual Distribution distribution() const = 0;   ///< of a vector, as files see it
  virtual Marginals marginals(Vec phi) const = 0;  ///< at MarginalAxes of the setting
  virtual double rate_floor() const = 0;           ///< of relative rates: what the discretisation does to the linear modes
  virtual std::string description() const = 0;     ///< in a few words
  const Setting& setting() const { return setting_; }

  const NumericalRange& range();
  Propagator& propagator();
  /// Throws ComputationError where it was not found.
  const SteadyState& F(const SteadyProgress& progress = {});
  /// Where looking for F starts, in place of M.
  void guess_F(Vector phi) { guess_ = std::move(phi); }
  /// In place of looking for it: phi_F of a checkpoint, this rank's entries.
  void adopt_F(const std::vector<double>& phi_F);

  /// No expansion and no stretch of samples spans more.
  double longest_span() const;
  PropagatorSettings propagator_settings() const;

 protected:
  explicit System(const Setting& setting) : setting_(setting) {}

 private:
  const Setting setting_;
  std::optional<NumericalRange> range_;
  std::unique_ptr<Propagator> propagator_;
  std::optional<SteadyState> F_;
  Vector guess_;
};

/// How many output states one expansion may hold: many where the grid is small (32 MB at most), two where memory counts.
std::size_t outputs_per_expansion(double cells);

}  // namespace hypofp
