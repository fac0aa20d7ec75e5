#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace GiNaC {
class ex;
}

namespace hypofp {

/// An operator or a function of the grammar, of one or two arguments; of one, b is not read.
struct Function {
  const char* name;
  int arguments;
  void (*apply)(double* a, const double* b, std::size_t n);  ///< a = f(a, b) at n points
  GiNaC::ex (*symbolic)(const GiNaC::ex& a, const GiNaC::ex& b);
};

/// + - * / ^, and ~ for the change of sign.
const Function& operator_named(char name);
/// sin, ..., max; null where none has that name.
const Function* find_function(std::string_view name);
std::vector<std::string> function_names();

}  // namespace hypofp
