#include "operators/epsilon/symbolic.hpp"

#include <cln/cln.h>
#include <ginac/ginac.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <stdexcept>

namespace hypofp {
namespace {

std::string shortest(double value) {
  std::array<char, 32> buffer;
  return std::string(buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr);
}

/// What was read as a GiNaC expression. Numbers become symbols named by their digits, so that GiNaC's exact arithmetic
/// meets 0, 1, -1 and constant exponents of moderate size only; `degree` bounds the integers that can arise.
class Symbolic {
 public:
  explicit Symbolic(const std::vector<std::string>& variables) {
    for (const std::string& name : variables) variables_.push_back(GiNaC::realsymbol(name));
  }

  GiNaC::ex build(const std::vector<Step>& steps) {
    std::vector<Term> stack;
    const auto pop = [&] {
      Term top = std::move(stack.back());
      stack.pop_back();
      return top;
    };
    for (const Step& step : steps) {
      if (step.is_number()) {
        if (!std::isfinite(step.number)) throw ExpressionError("a constant in it is not finite", step.at);
        stack.push_back({.constant = step.number});
      } else if (!step.function) {
        stack.push_back({.e = variables_[step.variable], .degree = 1});
      } else {
        const Term b = step.function->arguments == 2 ? pop() : Term{}, a = pop();
        stack.push_back(apply(*step.function, a, b));
      }
      if (stack.back().degree > 4096) throw ExpressionError("a power in it is too large", step.at);
    }
    return symbol(stack.back());
  }
  const GiNaC::realsymbol& variable(std::size_t i) const { return variables_[i]; }

 private:
  struct Term {
    GiNaC::ex e{};
    std::optional<double> constant{};
    double degree = 0;
  };

  GiNaC::ex symbol(const Term& term) {
    if (!term.constant) return term.e;
    const double value = *term.constant;
    if (value == 0 || std::abs(value) == 1) return static_cast<int>(value);
    const std::string digits = value < 0 ? "(" + shortest(value) + ")" : shortest(value);
    return numbers_.try_emplace(value, digits).first->second;
  }

  Term apply(const Function& f, const Term& a, const Term& b) {
    const char name = *f.name;
    if (name == '^' && b.constant) {
      const double size = std::abs(*b.constant);
      if (size == 0 || (size >= 1e-3 && size <= 4096))
        return {.e = pow(a.e, GiNaC::numeric(cln::rational(cln::cl_DF(*b.constant)))), .degree = a.degree * size};
    }
    const bool adds = name == '*' || name == '/' || name == '^';
    return {.e = f.symbolic(symbol(a), symbol(b)), .degree = adds ? a.degree + b.degree : std::max({1.0, a.degree, b.degree})};
  }

  std::vector<GiNaC::realsymbol> variables_;
  std::map<double, GiNaC::realsymbol> numbers_;
};

/// A GiNaC expression as text of the grammar above. GiNaC orders terms by memory addresses, and even turns (a - b)^2
/// into (b - a)^2 by them: left alone, the last bits of a derivative would change from run to run. So terms are sorted
/// by their text, and a sum starts with a positive term, its sign drawn out.
class Printer {
 public:
  static std::string print(const GiNaC::ex& e) { return whole(form(e)); }

 private:
  enum Kind { sum, product, power, atom };
  struct Form {
    GiNaC::numeric coefficient;
    std::string text;  ///< without the coefficient; empty for a number
    Kind kind;
  };

  static Form form(const GiNaC::ex& e) {
    Form f = GiNaC::is_a<GiNaC::numeric>(e)    ? Form{GiNaC::ex_to<GiNaC::numeric>(e), "", atom}
             : GiNaC::is_a<GiNaC::symbol>(e)   ? Form{1, GiNaC::ex_to<GiNaC::symbol>(e).get_name(), atom}
             : GiNaC::is_a<GiNaC::constant>(e) ? Form{1, "pi", atom}
             : GiNaC::is_a<GiNaC::add>(e)      ? form_of_sum(e)
             : GiNaC::is_a<GiNaC::mul>(e)      ? form_of_product(e)
             : GiNaC::is_a<GiNaC::power>(e)    ? form_of_power(e)
                                               : form_of_function(e);
    if (f.text.size() > derived.length) throw std::length_error("it is too long");
    return f;
  }

  static std::vector<Form> sorted_operands(const GiNaC::ex& e) {
    std::vector<Form> forms;
    for (const GiNaC::ex& operand : e) forms.push_back(form(operand));
    std::sort(forms.begin(), forms.end(), [](auto& a, auto& b) { return a.text < b.text; });
    return forms;
  }
  static Form form_of_sum(const GiNaC::ex& e) {
    std::vector<Form> terms = sorted_operands(e);
    const GiNaC::numeric sign = terms.front().coefficient.is_negative() ? -1 : 1;
    Form f{sign, "", sum};
    for (Form& term : terms) {
      term.coefficient *= sign;
      const bool negative = term.coefficient.is_negative();
      if (negative) term.coefficient *= -1;
      f.text += (negative ? "-" : f.text.empty() ? "" : "+") + whole(term);
    }
    return f;
  }
  static Form form_of_product(const GiNaC::ex& e) {
    Form f{1, "", product};
    for (const Form& factor : sorted_operands(e)) {
      f.coefficient *= factor.coefficient;
      if (!factor.text.empty()) f.text += (f.text.empty() ? "" : "*") + grouped(factor, power);
    }
    return f;
  }
  static Form form_of_power(const GiNaC::ex& e) {
    Form base = form(e.op(0)), exponent = form(e.op(1));
    GiNaC::numeric sign = 1;
    if (base.kind == sum && exponent.text.empty() && exponent.coefficient.is_integer()) {
      sign = GiNaC::pow(base.coefficient, exponent.coefficient);
      base.coefficient = 1;
    }
    const std::string below = base.coefficient.is_equal(1) ? grouped(base, atom) : "(" + whole(base) + ")";
    const bool plain = exponent.text.empty() && !exponent.coefficient.is_negative();
    return {sign, below + (plain ? "^" + whole(exponent) : "^(" + whole(exponent) + ")"), power};
  }

  static Form form_of_function(const GiNaC::ex& e) {
    if (!GiNaC::is_a<GiNaC::function>(e)) throw std::domain_error("it is not elementary");
    Form f{1, GiNaC::ex_to<GiNaC::function>(e).get_name(), atom};
    for (std::size_t i = 0; i < e.nops(); ++i) f.text += (i == 0 ? "(" : ",") + print(e.op(i));
    f.text += ")";
    return f;
  }
  static std::string number(const GiNaC::numeric& n) {
    const double value = n.is_real() ? n.to_double() : NAN;
    if (!std::isfinite(value)) throw std::range_error("a number in it is not real and finite");
    return shortest(value);
  }
  static std::string grouped(const Form& f, Kind least) { return f.kind < least ? "(" + f.text + ")" : f.text; }
  static std::string whole(const Form& f) {
    if (f.text.empty()) return number(f.coefficient);
    if (f.coefficient.is_equal(1)) return f.text;
    const bool minus = f.coefficient.is_equal(-1);
    return (minus ? "-" : number(f.coefficient) + "*") + grouped(f, product);
  }
};

}  // namespace

std::string derivative_text(const std::vector<Step>& steps, const std::vector<std::string>& variables, std::size_t i) {
  Symbolic symbolic(variables);
  const GiNaC::ex e = symbolic.build(steps);
  return Printer::print(e.diff(symbolic.variable(i)));
}

}  // namespace hypofp
