#pragma once
#include <nlohmann/json.hpp>
#include <optional>

#include "solver/companion.hpp"
#include "solver/judgement/ledger.hpp"
#include "solver/problem.hpp"

namespace hypofp {

/// What a run keeps of the proof: its own ledger, or else the witness's; the witness's beside its own; and what summary.json says of it.
struct Ledgers {
  std::optional<Ledger> own, beside;
  nlohmann::ordered_json json;
};
/// eps_0 is that of the box of `half_width`.
Ledgers ledgers_of(const Findings& found, const Companion& companion, By by, double half_width);

}  // namespace hypofp
