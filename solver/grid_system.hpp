#pragma once
#include "solver/system.hpp"

namespace hypofp {

/// The finite volumes: distributed over the ranks of a communicator.
class GridSystem : public System {
 public:
  /// Throws UserError where the grid can't carry the ranks or eps is not finite on it.
  GridSystem(MPI_Comm comm, const Setting& setting);

  const PhaseGrid grid;
  const Generator generator;

  const Operator& A() const override { return generator; }
  Vector initial_state(const Problem& problem) const override;
  /// Up to six vectors for the moment.
  InitialCheck check_initial_state(const Problem& problem) override;
  Distribution distribution() const override { return grid.distribution(); }
  Marginals marginals(Vec phi) const override { return hypofp::marginals(grid, phi); }
  double rate_floor() const override;
  std::string description() const override;
};

}  // namespace hypofp
