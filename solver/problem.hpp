#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/case/case.hpp"
#include "operators/epsilon/epsilon.hpp"
#include "operators/theory.hpp"
#include "solver/modes/admissibility.hpp"
#include "solver/estimate.hpp"
#include "solver/flow/initial_state.hpp"

namespace hypofp {

/// A case made ready: read, compiled, judged. Everything `check` says and `run` needs.
struct Problem {
  Case input;
  std::unique_ptr<Epsilon> epsilon;  ///< null at eps = 0
  std::optional<Expression> h0;
  Theory theory;
  Admissibility admissibility;
  Estimate estimate;
  std::vector<std::string> warnings;

  EpsilonField field() const;        ///< empty at eps = 0
};

/// Throws UserError (file:line:column, key, value, what is allowed) for anything that can't be run: bad keys or expressions, data
/// outside the weighted space or the box, an inadmissible eps, too many unknowns, too little memory. No grid is allocated.
Problem prepare(const std::string& path, const std::vector<std::string>& overrides, int ranks);

/// The same on every rank of PETSC_COMM_WORLD at once: where one rank can't, all throw AgreedError with the same words.
Problem prepare_together(const std::string& path, const std::vector<std::string>& overrides);

/// A UserError that every rank throws: nobody waits, so all may leave in order.
struct AgreedError : UserError {
  using UserError::UserError;
};

}  // namespace hypofp
