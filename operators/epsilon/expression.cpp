#include "operators/epsilon/expression.hpp"

#include <cln/cln.h>
#include <ginac/ginac.h>
#include <muParser.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <map>
#include <numbers>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "grids/edit_distance.hpp"

namespace hypofp {
namespace {

// One grammar, read here: muParser evaluates the text, GiNaC differentiates what was read. What muParser takes beyond
// the grammar (assignments, several results, conditions) and what brings GiNaC down (deep nesting, 9^9^9 in exact
// arithmetic) stops here, with a position.
//
//   sum = product {(+|-) product}     factor = [+|-] power                atom = number | pi | variable
//   product = factor {(*|/) factor}   power = atom [^ factor]                  | function ( sum ) | ( sum )

struct Limits {
  std::size_t length;
  int depth;
};
constexpr Limits typed{4096, 64};
constexpr Limits derived{19999, 1000};  // muParser takes no longer texts

struct Function {
  const char* name;
  double (*value)(double);
  GiNaC::ex (*symbolic)(const GiNaC::ex&);
};

double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }

/// sign(u) as GiNaC lacks it: left as it is, derivative zero.
GiNaC::ex symbolic_sign(const GiNaC::ex& u) {
  static const unsigned serial = GiNaC::function::register_new(
      GiNaC::function_options("sign", 1).derivative_func(+[](const GiNaC::ex&, unsigned) { return GiNaC::ex(0); }));
  return GiNaC::function(serial, u);
}

#define HYPOFP_FUNCTION(f)                                                                            \
  Function {                                                                                          \
#f, [](double x) { return std::f(x); }, [](const GiNaC::ex& u) { return GiNaC::ex(GiNaC::f(u)); } \
  }
const std::array functions{
    HYPOFP_FUNCTION(sin), HYPOFP_FUNCTION(cos), HYPOFP_FUNCTION(tan), HYPOFP_FUNCTION(asin), HYPOFP_FUNCTION(acos),
    HYPOFP_FUNCTION(atan), HYPOFP_FUNCTION(sinh), HYPOFP_FUNCTION(cosh), HYPOFP_FUNCTION(tanh), HYPOFP_FUNCTION(exp),
    HYPOFP_FUNCTION(log),
    Function{"ln", [](double x) { return std::log(x); }, [](const GiNaC::ex& u) { return GiNaC::ex(GiNaC::log(u)); }},
    HYPOFP_FUNCTION(sqrt),
    // GiNaC's own abs is that of complex numbers, and its derivative full of conjugates
    Function{"abs", [](double x) { return std::abs(x); }, [](const GiNaC::ex& u) { return u * symbolic_sign(u); }},
    Function{"sign", sign, symbolic_sign}};
#undef HYPOFP_FUNCTION

/// "; nearest: sin; allowed: sin, cos, ..."; the nearest only where it is near.
std::string allowed(std::string_view name, const std::vector<std::string>& names) {
  if (names.empty()) return "";
  const auto closer = [&](auto& a, auto& b) { return edit_distance(name, a) < edit_distance(name, b); };
  const std::string& nearest = *std::min_element(names.begin(), names.end(), closer);
  std::string text = 2 * edit_distance(name, nearest) <= name.size() + 1 ? "; nearest: " + nearest : "";
  for (const std::string& n : names) text += (&n == &names.front() ? "; allowed: " : ", ") + n;
  return text;
}

/// A step of a stack machine: n number, x variable, f function, ~ change of sign, and + - * / ^.
struct Step {
  char kind;
  int at;  ///< column, for messages
  double number = 0;
  std::size_t index = 0;  ///< of the variable or function
};

class Reader {
 public:
  Reader(std::string_view text, const std::vector<std::string>& variables, Limits limits)
      : text_(text), variables_(variables), limits_(limits) {}

  std::vector<Step> read() {
    if (text_.size() > limits_.length)
      fail(limits_.length, "longer than " + std::to_string(limits_.length) + " characters");
    if (peek() == '\0' && at_ == text_.size()) fail(at_, "the expression is empty");
    sum();
    if (at_ < text_.size()) unexpected();
    return std::move(steps_);
  }

 private:
  [[noreturn]] void fail(std::size_t at, const std::string& what) const {
    throw ExpressionError(what, static_cast<int>(at));
  }

  void sum() {
    product();
    for (char c = peek(); c == '+' || c == '-'; c = peek()) operation(&Reader::product);
  }
  void product() {
    factor();
    for (char c = peek(); c == '*' || c == '/'; c = peek()) operation(&Reader::factor);
  }
  void factor() {
    const char c = peek();
    if (c != '+' && c != '-') return power();
    const std::size_t at = at_++;
    power();
    if (c == '-') emit({'~', static_cast<int>(at)});
  }
  void power() {
    atom();
    if (peek() != '^') return;
    enter();
    operation(&Reader::factor);
    --depth_;
  }
  void atom() {
    const char c = peek();
    if (is_digit(c) || c == '.') return number();
    if (is_letter(c)) return name();
    if (c == '(') return parenthesis();
    unexpected();
  }

  void operation(void (Reader::*right)()) {
    const Step step{text_[at_], static_cast<int>(at_)};
    ++at_;
    (this->*right)();
    emit(step);
  }
  void parenthesis() {
    const std::size_t open = at_;
    enter();
    ++at_;
    sum();
    if (at_ == text_.size()) fail(open, "'(' is never closed");
    if (peek() != ')') unexpected();
    ++at_;
    --depth_;
  }
  void number() {
    double value = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error == std::errc::result_out_of_range)
      fail(at_, "the number " + std::string(text_.data() + at_, end) + " is out of range");
    if (error != std::errc()) fail(at_, "'" + std::string(token()) + "' is not a number");
    emit({'n', static_cast<int>(at_), value});
    at_ = end - text_.data();
  }
  void name() {
    const std::string word(token());
    const std::size_t at = at_;
    at_ += word.size();
    const auto function = std::find_if(functions.begin(), functions.end(), [&](auto& f) { return word == f.name; });
    const auto variable = std::find(variables_.begin(), variables_.end(), word);
    const bool called = peek() == '(', known = word == "pi" || variable != variables_.end();
    if (called && known) fail(at, "'" + word + "' is not a function; for a product write " + word + "*(");
    if (called && function == functions.end())
      fail(at, "unknown function '" + word + "'" + allowed(word, function_names()));
    if (!called && function != functions.end()) fail(at, "'" + word + "' needs its argument in parentheses");
    if (!called && !known) unknown(at, word);
    if (called) parenthesis();
    if (called)
      emit({'f', static_cast<int>(at), 0, static_cast<std::size_t>(function - functions.begin())});
    else if (word == "pi")
      emit({'n', static_cast<int>(at), std::numbers::pi});
    else
      emit({'x', static_cast<int>(at), 0, static_cast<std::size_t>(variable - variables_.begin())});
  }

  [[noreturn]] void unknown(std::size_t at, const std::string& word) const {
    std::vector<std::string> names = variables_;
    names.push_back("pi");
    for (const std::string& f : function_names()) names.push_back(f);
    fail(at, "unknown name '" + word + "'" + allowed(word, names));
  }
  [[noreturn]] void unexpected() {
    const char c = peek();
    const std::string word = "'" + std::string(token()) + "'";
    if (at_ == text_.size()) fail(at_, "it ends where a number, a name or '(' should follow");
    if (c == '=') fail(at_, "'=' is not allowed: write the value alone");
    if (c == ',') fail(at_, "',' is not allowed: one value, decimals with a point");
    if (c == '*' && at_ > 0 && text_[at_ - 1] == '*') fail(at_, "unexpected '*': a power is written ^");
    if (is_letter(c) || is_digit(c) || c == '.' || c == '(') fail(at_, "an operator is missing before " + word);
    fail(at_, "unexpected " + word);
  }

  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
  static std::vector<std::string> function_names() {
    std::vector<std::string> names;
    for (const Function& f : functions) names.push_back(f.name);
    return names;
  }

  /// The next character that is not blank, '\0' at the end; at_ stands on it.
  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  /// The name, the number or the (UTF-8) character that starts at at_.
  std::string_view token() const {
    std::size_t end = at_;
    const auto word = [&] {
      return end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]) || text_[end] == '.');
    };
    while (word()) ++end;
    if (end == at_ && end < text_.size()) do
        ++end;
      while (end < text_.size() && (text_[end] & 0xC0) == 0x80);
    return text_.substr(at_, end - at_);
  }
  void enter() {
    if (++depth_ > limits_.depth) fail(at_, "nested more than " + std::to_string(limits_.depth) + " deep");
  }
  void emit(const Step& step) { steps_.push_back(step); }

  std::string_view text_;
  const std::vector<std::string>& variables_;
  Limits limits_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::vector<Step> steps_;
};

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
      if (step.kind == 'n') {
        stack.push_back({.constant = step.number});
      } else if (step.kind == 'x') {
        stack.push_back({.e = variables_[step.index], .degree = 1});
      } else if (step.kind == 'f' || step.kind == '~') {
        stack.push_back(unary(step, pop()));
      } else {
        const Term right = pop(), left = pop();
        stack.push_back(binary(step, left, right));
      }
      if (stack.back().degree > 4096) throw ExpressionError("a power in it is too large", step.at);
      if (!std::isfinite(stack.back().constant.value_or(0)))
        throw ExpressionError("a constant in it is not finite", step.at);
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

  Term unary(const Step& step, const Term& u) {
    if (step.kind == '~') return u.constant ? Term{.constant = -*u.constant} : Term{.e = -u.e, .degree = u.degree};
    const Function& f = functions[step.index];
    if (u.constant) return {.constant = f.value(*u.constant)};
    return {.e = f.symbolic(u.e), .degree = std::max(1.0, u.degree)};
  }

  Term binary(const Step& step, const Term& a, const Term& b) {
    if (a.constant && b.constant) return {.constant = fold(step.kind, *a.constant, *b.constant)};
    if (step.kind == '^' && b.constant) {
      const double size = std::abs(*b.constant);
      if (size == 0 || (size >= 1e-3 && size <= 4096))
        return {.e = pow(a.e, GiNaC::numeric(cln::rational(cln::cl_DF(*b.constant)))), .degree = a.degree * size};
    }
    const GiNaC::ex u = symbol(a), v = symbol(b);
    switch (step.kind) {
      case '+':
        return {.e = u + v, .degree = std::max(a.degree, b.degree)};
      case '-':
        return {.e = u - v, .degree = std::max(a.degree, b.degree)};
      case '*':
        return {.e = u * v, .degree = a.degree + b.degree};
      case '/':
        return {.e = u / v, .degree = a.degree + b.degree};
      default:
        return {.e = pow(u, v), .degree = a.degree + b.degree};
    }
  }

  static double fold(char kind, double a, double b) {
    switch (kind) {
      case '+':
        return a + b;
      case '-':
        return a - b;
      case '*':
        return a * b;
      case '/':
        return a / b;
      default:
        return std::pow(a, b);
    }
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
                                               : Form{1, function_name(e) + "(" + print(e.op(0)) + ")", atom};
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

  static std::string function_name(const GiNaC::ex& e) {
    if (!GiNaC::is_a<GiNaC::function>(e)) throw std::domain_error("it is not elementary");
    return GiNaC::ex_to<GiNaC::function>(e).get_name();
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

GiNaC::ex differentiate(const std::vector<Step>& steps, const std::vector<std::string>& variables, std::size_t i) {
  Symbolic symbolic(variables);
  const GiNaC::ex e = symbolic.build(steps);
  return e.diff(symbolic.variable(i));
}

}  // namespace

struct Expression::Impl {
  Impl(const std::string& text, const std::vector<std::string>& variables, Limits limits)
      : text(text), variables(variables), steps(Reader(text, variables, limits).read()), point(variables.size()) {
    parser.DefineConst("pi", std::numbers::pi);
    parser.DefineFun("sign", sign);  // muParser's own makes 0 of NaN
    for (std::size_t i = 0; i < variables.size(); ++i) parser.DefineVar(variables[i], &point[i]);
    parser.SetExpr(text);
    parser.Eval();  // compiles it
  }

  std::string text;
  std::vector<std::string> variables;
  std::vector<Step> steps;
  std::vector<double> point;
  mu::Parser parser;
};

Expression::Expression(const std::string& text, const std::vector<std::string>& variables) try
    : impl_(std::make_unique<Impl>(text, variables, typed)) {
} catch (const mu::Parser::exception_type& e) {
  throw ExpressionError(e.GetMsg(), e.GetPos());
}
Expression::Expression(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;
Expression::~Expression() = default;

void Expression::evaluate(const double* points, std::size_t n, double* values) const {
  const std::size_t width = impl_->point.size();
  for (std::size_t p = 0; p < n; ++p) {
    std::copy_n(points + p * width, width, impl_->point.data());
    values[p] = impl_->parser.Eval();
  }
}

double Expression::operator()(const std::vector<double>& point) const {
  assert(point.size() == impl_->variables.size());
  double value;
  evaluate(point.data(), 1, &value);
  return value;
}

Expression Expression::derivative(const std::string& variable) const {
  const auto& names = impl_->variables;
  const auto found = std::find(names.begin(), names.end(), variable);
  assert(found != names.end());
  const auto refuse = [&](const std::string& why) {
    return ExpressionError("the derivative with respect to " + variable + " has no usable closed form: " + why, 0);
  };
  try {
    const std::string text = Printer::print(differentiate(impl_->steps, names, found - names.begin()));
    auto impl = std::make_unique<Impl>(text, names, derived);
    for (Step& step : impl->steps) step.at = 0;  // columns of a text that nobody wrote would mislead
    return Expression(std::move(impl));
  } catch (const mu::Parser::exception_type& e) {
    throw refuse(e.GetMsg());
  } catch (const ExpressionError& e) {
    throw ExpressionError(refuse(e.what()).what(), e.position);
  } catch (const std::exception& e) {
    throw refuse(e.what());
  }
}

const std::string& Expression::text() const { return impl_->text; }

}  // namespace hypofp
