#include "operators/epsilon/expression.hpp"

#include <algorithm>
#include <cassert>
#include <memory>
#include <stdexcept>

#include "operators/epsilon/symbolic.hpp"

namespace hypofp {

Expression::Expression(const std::string& text, const std::vector<std::string>& variables)
    : Expression(text, variables, typed) {}

Expression::Expression(const std::string& text, const std::vector<std::string>& variables, Limits limits)
    : text_(text), variables_(variables), steps_(read_expression(text, variables, limits)) {
  std::size_t depth = 0;
  for (const Step& step : steps_) {
    if (step.function) depth -= step.function->arguments;
    depth_ = std::max(depth_, ++depth);
  }
}

void Expression::evaluate(const double* points, std::size_t n, double* values) const {
  const std::size_t block = std::min<std::size_t>(n, 256), stride = variables_.size();
  const auto stack = std::make_unique_for_overwrite<double[]>(depth_ * block);
  for (std::size_t begin = 0; begin < n; begin += block) {
    const std::size_t m = std::min(block, n - begin);
    double* top = stack.get();
    for (const Step& step : steps_) {
      if (step.function) {
        top -= block * step.function->arguments;
        step.function->apply(top, top + block, m);
      } else if (step.is_number()) {
        std::fill_n(top, m, step.number);
      } else {
        for (std::size_t p = 0; p < m; ++p) top[p] = points[(begin + p) * stride + step.variable];
      }
      top += block;
    }
    std::copy_n(stack.get(), m, values + begin);
  }
}

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
    return ExpressionError("the derivative with respect to " + variable + " has no usable closed form: " + why,
                           position);
  };
  std::string text;
  try {
    text = derivative_text(steps_, variables_, found - variables_.begin());
    Expression result(text, variables_, derived);
    for (Step& step : result.steps_) step.at = 0;  // columns of a text that nobody wrote would mislead
    return result;
  } catch (const ExpressionError& e) {
    throw refusal(e.what(), text.empty() ? e.position : 0);
  } catch (const std::exception& e) {
    throw refusal(e.what(), 0);
  }
}

}  // namespace hypofp
