#include "operators/epsilon/functions.hpp"

#include <ginac/ginac.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <type_traits>

namespace hypofp {
namespace {

using GiNaC::ex;

template <auto f>
void each(double* a, const double* b, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i)
    if constexpr (std::is_invocable_v<decltype(f), double>)
      a[i] = f(a[i]);
    else
      a[i] = f(a[i], b[i]);
}

/// Small powers as products: exact to the last bit or two, and some ten times faster.
double power(double a, double b) {
  return b == 2 ? a * a : b == 3 ? a * a * a : b == 4 ? (a * a) * (a * a) : b == -1 ? 1 / a : std::pow(a, b);
}
double sign(double u) { return u > 0 ? 1 : u < 0 ? -1 : u; }
// As std::min and std::max, but a NaN in either argument stays one.
double smaller(double a, double b) { return b < a ? b : a <= b ? a : a + b; }
double larger(double a, double b) { return a < b ? b : b <= a ? a : a + b; }

// What GiNaC lacks: left as it is, with the derivative by argument i.

ex symbolic_sign(const ex& u) {
  static const unsigned serial =
      GiNaC::function::register_new(GiNaC::function_options("sign", 1).derivative_func(+[](const ex&, unsigned) { return ex(0); }));
  return GiNaC::function(serial, u);
}
ex symbolic_erf(const ex& u, const ex&) {
  static const unsigned serial = GiNaC::function::register_new(
      GiNaC::function_options("erf", 1).derivative_func(+[](const ex& u, unsigned) { return ex(2 / sqrt(GiNaC::Pi) * exp(-u * u)); }));
  return GiNaC::function(serial, u);
}
/// Of (a + b + |a - b|)/2: the mean of both where a = b.
ex derivative_of_max(const ex& a, const ex& b, unsigned i) { return (1 + symbolic_sign(i == 0 ? a - b : b - a)) / 2; }
ex symbolic_max(const ex& a, const ex& b) {
  static const unsigned serial = GiNaC::function::register_new(GiNaC::function_options("max", 2).derivative_func(derivative_of_max));
  return GiNaC::function(serial, a, b);
}
ex symbolic_min(const ex& a, const ex& b) {
  static const unsigned serial = GiNaC::function::register_new(
      GiNaC::function_options("min", 2).derivative_func(+[](const ex& a, const ex& b, unsigned i) { return derivative_of_max(b, a, i); }));
  return GiNaC::function(serial, a, b);
}

#define HYPOFP_FUNCTION(name, f)                                                                              \
  Function {                                                                                                  \
    name, 1, each<[](double u) { return std::f(u); }>, [](const ex& u, const ex&) { return ex(GiNaC::f(u)); } \
  }

const std::array functions{
    HYPOFP_FUNCTION("sin", sin), HYPOFP_FUNCTION("cos", cos), HYPOFP_FUNCTION("tan", tan), HYPOFP_FUNCTION("asin", asin),
    HYPOFP_FUNCTION("acos", acos), HYPOFP_FUNCTION("atan", atan), HYPOFP_FUNCTION("sinh", sinh), HYPOFP_FUNCTION("cosh", cosh),
    HYPOFP_FUNCTION("tanh", tanh), HYPOFP_FUNCTION("exp", exp), HYPOFP_FUNCTION("log", log), HYPOFP_FUNCTION("ln", log),
    HYPOFP_FUNCTION("sqrt", sqrt), Function{"erf", 1, each<[](double u) { return std::erf(u); }>, symbolic_erf},
    // GiNaC's own abs is that of complex numbers, and its derivative full of conjugates
    Function{"abs", 1, each<[](double u) { return std::abs(u); }>, [](const ex& u, const ex&) { return ex(u * symbolic_sign(u)); }},
    Function{"sign", 1, each<sign>, [](const ex& u, const ex&) { return symbolic_sign(u); }},
    Function{"min", 2, each<smaller>, symbolic_min}, Function{"max", 2, each<larger>, symbolic_max}};

#undef HYPOFP_FUNCTION

const std::array operators{
    Function{"+", 2, each<[](double a, double b) { return a + b; }>, [](const ex& a, const ex& b) { return ex(a + b); }},
    Function{"-", 2, each<[](double a, double b) { return a - b; }>, [](const ex& a, const ex& b) { return ex(a - b); }},
    Function{"*", 2, each<[](double a, double b) { return a * b; }>, [](const ex& a, const ex& b) { return ex(a * b); }},
    Function{"/", 2, each<[](double a, double b) { return a / b; }>, [](const ex& a, const ex& b) { return ex(a / b); }},
    Function{"^", 2, each<power>, [](const ex& a, const ex& b) { return ex(pow(a, b)); }},
    Function{"~", 1, each<[](double a) { return -a; }>, [](const ex& a, const ex&) { return ex(-a); }}};

}  // namespace

const Function& operator_named(char name) {
  const auto found = std::find_if(operators.begin(), operators.end(), [&](auto& f) { return name == *f.name; });
  assert(found != operators.end());
  return *found;
}

const Function* find_function(std::string_view name) {
  const auto found = std::find_if(functions.begin(), functions.end(), [&](auto& f) { return name == f.name; });
  return found == functions.end() ? nullptr : &*found;
}

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const Function& f : functions) names.push_back(f.name);
  return names;
}

}  // namespace hypofp
