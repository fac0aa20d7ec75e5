#pragma once
#include "operators/epsilon/grammar.hpp"

namespace hypofp {

/// The steps of an expression, carried out in blocks of points.
class Program {
 public:
  Program(std::vector<Step> steps, std::size_t variables);

  void evaluate(const double* points, std::size_t n, double* values) const;
  const std::vector<Step>& steps() const { return steps_; }
  /// The function values, products, quotients and powers in it, each once, innermost first; not with a constant for a
  /// factor, divisor or positive exponent. In a sum a narrow one of them does not show.
  std::vector<Program> peaked_parts() const;
  /// The same, but exp(u) as its last step gives way to 1/(sqrt(1 + u^2) - u): its maxima, without vanishing far from
  /// them.
  Program seen_from_afar() const;

 private:
  std::vector<Step> steps_;
  std::size_t variables_, depth_ = 0;  ///< of the stack
};

}  // namespace hypofp
