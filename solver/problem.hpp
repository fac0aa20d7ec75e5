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

/// By what a case is solved.
enum class By { grid, witness };

/// A case made ready: read, compiled, judged. Everything `check` says and a System needs.
struct Problem {
  Case input;
  By by = By::grid;
  std::unique_ptr<Epsilon> epsilon;    ///< null at eps = 0
  std::unique_ptr<Epsilon> untapered;  ///< of a table, which paths have; else null
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
/// `text` is the file's, `path` its name. By the witness, nothing is asked of the case's grid.
Problem prepare(const std::string& text, const std::string& path, const std::vector<std::string>& overrides, int ranks, By by = By::grid);

/// The text of a case file, read on rank 0, the same on every rank ("" for no path). Throws UserError (agreed). Collective.
std::string read_together(MPI_Comm comm, const std::string& path);

/// prepare() on every rank at once: where one rank can't, all throw the same words (agreed). Without a `text` the file is read. Collective.
Problem prepare_together(MPI_Comm comm, const std::string& path, const std::vector<std::string>& overrides, By by = By::grid,
                         const std::optional<std::string>& text = {});

/// Throws the trouble of the lowest rank that has any, on every rank (agreed). Collective.
void agree(MPI_Comm comm, std::string trouble);
inline std::string in_quotes(const std::string& text) { return "\"" + text + "\""; }

}  // namespace hypofp
