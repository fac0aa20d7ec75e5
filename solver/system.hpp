#pragma once
#include <memory>
#include <optional>

#include "operators/generator.hpp"
#include "solver/flow/propagator.hpp"
#include "solver/modes/steady_state.hpp"

namespace hypofp {

/// What a System is made of.
struct Setting {
  Model model;
  GridSpec grid;
  EpsilonField epsilon;  ///< empty: eps = 0
  PropagatorKind propagator = PropagatorKind::chebyshev;
  double tolerance = 1e-9;  ///< of a run, relative to ‖h‖_*
  double interval = 0.1;    ///< between the rows of its series
};

/// What every command works on: grid, generator, its numerical range, a propagator, F. What costs something is found when it is first
/// asked for, and once. All members are collective.
class System {
 public:
  /// Throws UserError where the grid can't carry the ranks or eps is not finite on it.
  System(MPI_Comm comm, const Setting& setting);

  const PhaseGrid grid;
  const Generator generator;

  const NumericalRange& range();
  Propagator& propagator();
  /// Throws ComputationError where it was not found.
  const SteadyState& F(const SteadyProgress& progress = {});
  /// In place of looking for it: phi_F of a checkpoint, this rank's entries.
  void adopt_F(const std::vector<double>& phi_F);

  /// No expansion and no stretch of samples spans more.
  double longest_span() const;
  PropagatorSettings propagator_settings() const;

 private:
  const Setting setting_;
  std::optional<NumericalRange> range_;
  std::unique_ptr<Propagator> propagator_;
  std::optional<SteadyState> F_;
};

/// How many output states one expansion may hold: many where the grid is small (32 MB at most), two where memory counts.
std::size_t outputs_per_expansion(double cells);

}  // namespace hypofp
