#pragma once
#include "operators/epsilon/program.hpp"

namespace hypofp {

/// A real function of named real variables, from text: numbers, pi, + - * / ^, parentheses, and the functions sin cos
/// tan asin acos atan sinh cosh tanh exp log ln sqrt erf abs sign min max (log = ln, natural; min and max of two).
/// -x^2 is -(x^2), 2^3^2 is 2^(3^2).
class Expression {
 public:
  /// Throws ExpressionError: syntax, unknown names (with the nearest name), assignment, several results, text too long
  /// or nested.
  Expression(const std::string& text, const std::vector<std::string>& variables, Limits limits = typed);

  /// Values at n points; point p has its variables at points[p * variables.size()]. Not finite values are returned as
  /// they are.
  void evaluate(const double* points, std::size_t n, double* values) const { program_.evaluate(points, n, values); }
  double operator()(const std::vector<double>& point) const;

  /// Exact derivative with respect to one of the variables; d|u| = sign(u) du, with 0 at u = 0; d max(u, v) where
  /// u = v is the mean of du and dv. Its text, and with it every bit of its values, is the same in every run. Throws
  /// ExpressionError where it is too long, or a constant in it or one of its powers too large, for a closed form.
  Expression derivative(const std::string& variable) const;

  const std::string& text() const { return text_; }
  const Program& program() const { return program_; }

 private:
  Expression(const std::string& text, const std::vector<std::string>& variables, std::vector<Step> steps);

  std::string text_;
  std::vector<std::string> variables_;
  Program program_;
};

}  // namespace hypofp
