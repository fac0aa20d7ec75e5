#pragma once
#include <memory>
#include <string>
#include <vector>

#include "grids/errors.hpp"

namespace hypofp {

/// An expression that does not parse; position is the 0-based column within the text.
struct ExpressionError : UserError {
  ExpressionError(const std::string& what, int position) : UserError(what), position(position) {}
  int position;
  int component = -1;  ///< of several components the one at fault; set by Epsilon
};

/// A real function of named real variables, from text: numbers, pi, + - * / ^, parentheses, and the functions sin cos
/// tan asin acos atan sinh cosh tanh exp log ln sqrt abs sign (log = ln, natural). -x^2 is -(x^2), 2^3^2 is 2^(3^2).
/// An object holds buffers: use it from one thread at a time.
class Expression {
 public:
  /// Throws ExpressionError: syntax, unknown names (with the nearest name), assignment, several results, text too long
  /// or nested.
  Expression(const std::string& text, const std::vector<std::string>& variables);
  Expression(Expression&&) noexcept;
  Expression& operator=(Expression&&) noexcept;
  ~Expression();

  /// Values at n points; point p has its variables at points[p * variables.size()]. Not finite values are returned as
  /// they are.
  void evaluate(const double* points, std::size_t n, double* values) const;
  double operator()(const std::vector<double>& point) const;

  /// Exact derivative with respect to one of the variables; d|u| = sign(u) du, with 0 at u = 0. Its text, and with it
  /// every bit of its values, is the same in every run. Throws ExpressionError where it is too long, or a constant in
  /// it or one of its powers too large, for a closed form.
  Expression derivative(const std::string& variable) const;

  const std::string& text() const;

 private:
  struct Impl;
  explicit Expression(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hypofp
