#include "operators/epsilon/program.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace hypofp {
namespace {

/// A function of its arguments' last steps; an argument is a number where its last step is one.
bool may_peak(std::string_view name, const Step& left, const Step& right) {
  if (name == "*") return !left.is_number() && !right.is_number();
  if (name == "/") return !right.is_number();
  if (name == "^") return !right.is_number() || right.number < 0;
  return name.size() > 1;
}

void rise(double* u, const double*, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) u[i] = 1 / (std::sqrt(1 + u[i] * u[i]) - u[i]);
}
constexpr Function rising{"rising", 1, rise, nullptr};

}  // namespace

Program::Program(std::vector<Step> steps, std::size_t variables) : steps_(std::move(steps)), variables_(variables) {
  std::size_t depth = 0;
  for (const Step& step : steps_) {
    if (step.function) depth -= step.function->arguments;
    depth_ = std::max(depth_, ++depth);
  }
}

void Program::evaluate(const double* points, std::size_t n, double* values) const {
  const std::size_t block = std::min<std::size_t>(n, 256);
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
        for (std::size_t p = 0; p < m; ++p) top[p] = points[(begin + p) * variables_ + step.variable];
      }
      top += block;
    }
    std::copy_n(stack.get(), m, values + begin);
  }
}

std::vector<Program> Program::peaked_parts() const {
  std::vector<Program> parts;
  std::vector<std::size_t> begins;  // of what stands on the stack
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Function* f = steps_[i].function;
    if (!f) begins.push_back(i);
    if (!f) continue;
    const std::size_t right = begins.back();
    if (f->arguments == 2) begins.pop_back();
    const std::size_t left = begins.back();
    if (!may_peak(f->name, steps_[std::max(left + 1, right) - 1], steps_[i - 1])) continue;
    const std::vector<Step> part(steps_.begin() + left, steps_.begin() + i + 1);
    if (std::none_of(parts.begin(), parts.end(), [&](const Program& p) { return p.steps_ == part; })) parts.emplace_back(part, variables_);
  }
  return parts;
}

Program Program::seen_from_afar() const {
  std::vector<Step> steps = steps_;
  if (steps.back().function == find_function("exp")) steps.back().function = &rising;
  return Program(std::move(steps), variables_);
}

}  // namespace hypofp
