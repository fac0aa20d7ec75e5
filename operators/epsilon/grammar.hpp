#pragma once
#include <string_view>
#include <vector>

#include "grids/errors.hpp"
#include "operators/epsilon/functions.hpp"

namespace hypofp {

/// An expression that does not parse; position is the 0-based column within the text.
struct ExpressionError : UserError {
  ExpressionError(const std::string& what, int position) : UserError(what), position(position) {}
  int position;
  int component = -1;  ///< of several components the one at fault; set by Epsilon
};

/// A step of a stack machine: pushes a number or a variable, or replaces a function's arguments by its value.
struct Step {
  int at;                              ///< column, for messages
  const Function* function = nullptr;  ///< null: a variable or a number
  int variable = -1;                   ///< -1: a number
  double number = 0;

  bool is_number() const { return !function && variable < 0; }
  /// Wherever they stand.
  bool operator==(const Step& s) const { return function == s.function && variable == s.variable && number == s.number; }
};

struct Limits {
  std::size_t length;
  int depth;
};
constexpr Limits typed{4096, 64};       // what brings GiNaC down (deep nesting) stops here, with a position
constexpr Limits derived{65536, 1000};  // of what the program writes, as derivatives: some 100 us an evaluation

/// The steps of a text. Operations on finite constants are carried out: a constant that is not finite keeps its column.
///
///   sum = product {(+|-) product}     factor = [+|-] power           atom = number | pi | variable | ( sum )
///   product = factor {(*|/) factor}   power = atom [^ factor]               | function ( sum [, sum] )
std::vector<Step> read_expression(std::string_view text, const std::vector<std::string>& variables, Limits limits);

}  // namespace hypofp
