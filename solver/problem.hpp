#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/case/case.hpp"
#include "operators/epsilon/epsilon.hpp"
#include "operators/theory.hpp"
#include "solver/estimate.hpp"
#include "solver/flow/initial_state.hpp"
#include "solver/modes/admissibility.hpp"
#include "solver/system.hpp"

namespace hypofp {

/// A case made ready: read, compiled, judged. Everything `check` says and a System needs.
struct Problem {
  Case input;
  std::unique_ptr<Epsilon> epsilon;  ///< null at eps = 0
  std::optional<Expression> h0;
  Theory theory;
  Admissibility admissibility;
  Estimate estimate;
  std::vector<std::string> warnings;

  EpsilonField field() const;  ///< empty at eps = 0
  Setting setting() const;
};

/// Throws UserError (file:line:column, key, value, what is allowed) for anything that can't be run: bad keys or expressions, data
/// outside the weighted space or the box, an inadmissible eps, too many unknowns, too little memory. No grid is allocated.
/// `text` is the file's, `path` its name.
Problem prepare(const std::string& text, const std::string& path, const std::vector<std::string>& overrides, int ranks);

/// The same on every rank at once: the file is read on rank 0, and where one rank can't, all throw the same words (agreed). Collective.
Problem prepare_together(MPI_Comm comm, const std::string& path, const std::vector<std::string>& overrides);

/// phi of g(0). Throws UserError where a file or expression does not give one of positive mass. Collective.
Vector initial_state(const PhaseGrid& grid, const Problem& problem);
/// What there is to say of the initial data on the grid.
struct InitialCheck {
  std::vector<std::string> told;
  bool discontinuous = false;  ///< H(0) is infinite
};
/// Holds what the grid makes of the initial data against what they are. Throws UserError (agreed) where it can't hold them. Collective;
/// up to six vectors for the moment.
InitialCheck check_initial_state(const System& system, const Problem& problem);

}  // namespace hypofp
