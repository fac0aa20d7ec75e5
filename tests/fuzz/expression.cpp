// Any text is an expression or a refusal; what is taken has values, and derivatives or a refusal of them.
#include "operators/epsilon/expression.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace hypofp;
  try {
    const Expression e({reinterpret_cast<const char*>(data), size}, {"theta1", "theta2"});
    e({0.3, -0.7}), e({0, 0});
    e.derivative("theta1")({0.3, -0.7}), e.derivative("theta2")({0, 0});
  } catch (const ExpressionError&) {
  }
  return 0;
}
