#pragma once
#include "operators/epsilon/grammar.hpp"

namespace hypofp {

/// Text of the exact derivative by variable i, the same in every run. Throws ExpressionError, and what GiNaC throws,
/// where it is too long, or a constant or a power in it too large.
std::string derivative_text(const std::vector<Step>& steps, const std::vector<std::string>& variables, std::size_t i);

}  // namespace hypofp
