#include "operators/epsilon/expression.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <utility>

#include "operators/epsilon/symbolic.hpp"

namespace hypofp {

Expression::Expression(const std::string& text, const std::vector<std::string>& variables, Limits limits)
    : Expression(text, variables, read_expression(text, variables, limits)) {}

Expression::Expression(const std::string& text, const std::vector<std::string>& variables, std::vector<Step> steps)
    : text_(text), variables_(variables), program_(std::move(steps), variables.size()) {}

double Expression::operator()(const std::vector<double>& point) const {
  assert(point.size() == variables_.size());
  double value;
  evaluate(point.data(), 1, &value);
  return value;
}

Expression Expression::derivative(const std::string& variable) const {
  const auto found = std::find(variables_.begin(), variables_.end(), variable);
  assert(found != variables_.end());
  const auto refusal = [&](const std::string& why, int position) {
    return ExpressionError("the derivative with respect to " + variable + " has no usable closed form: " + why, position);
  };
  std::string text;
  try {
    text = derivative_text(program_.steps(), variables_, found - variables_.begin());
    std::vector<Step> steps = read_expression(text, variables_, derived);
    for (Step& step : steps) step.at = 0;  // columns of a text that nobody wrote would mislead
    return Expression(text, variables_, std::move(steps));
  } catch (const ExpressionError& e) {
    throw refusal(e.what(), text.empty() ? e.position : 0);
  } catch (const std::exception& e) {
    throw refusal(e.what(), 0);
  }
}

}  // namespace hypofp
