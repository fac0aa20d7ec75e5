#include "operators/epsilon/grammar.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <utility>

#include "grids/edit_distance.hpp"

namespace hypofp {
namespace {

/// "; nearest: sin; allowed: sin, cos, ..."; the nearest only where it is near.
std::string allowed(std::string_view name, const std::vector<std::string>& names) {
  if (names.empty()) return "";
  const auto closer = [&](auto& a, auto& b) { return edit_distance(name, a) < edit_distance(name, b); };
  const std::string& nearest = *std::min_element(names.begin(), names.end(), closer);
  std::string text = 2 * edit_distance(name, nearest) <= name.size() + 1 ? "; nearest: " + nearest : "";
  for (const std::string& n : names) text += (&n == &names.front() ? "; allowed: " : ", ") + n;
  return text;
}

class Reader {
 public:
  Reader(std::string_view text, const std::vector<std::string>& variables, Limits limits)
      : text_(text), variables_(variables), limits_(limits) {}

  std::vector<Step> read() {
    if (text_.size() > limits_.length) fail(limits_.length, "longer than " + std::to_string(limits_.length) + " characters");
    if (peek() == '\0' && at_ == text_.size()) fail(at_, "the expression is empty");
    sum();
    if (at_ < text_.size()) unexpected();
    return std::move(steps_);
  }

 private:
  [[noreturn]] void fail(std::size_t at, const std::string& what) const { throw ExpressionError(what, static_cast<int>(at)); }

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
    if (c == '-') apply(operator_named('~'), at);
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
    const std::size_t at = at_++;
    (this->*right)();
    apply(operator_named(text_[at]), at);
  }
  /// ( sum ), or the arguments of f.
  void parenthesis(const Function* f = nullptr) {
    const std::size_t open = at_;
    enter();
    ++at_;
    sum();
    const int wanted = f ? f->arguments : 1;
    int given = 1;
    for (; given < wanted && peek() == ','; ++given) {
      ++at_;
      sum();
    }
    const char c = peek();
    if (c == '\0' && at_ == text_.size()) fail(open, "'(' is never closed");
    if (f && (c == ',' || (c == ')' && given < wanted)))
      fail(at_, std::string("unexpected '") + c + "': '" + f->name + "' takes " + (wanted == 1 ? "one argument" : "two arguments"));
    if (c != ')') unexpected();
    ++at_;
    --depth_;
  }
  void number() {
    double value = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error == std::errc::result_out_of_range) fail(at_, "the number " + std::string(text_.data() + at_, end) + " is out of range");
    if (error != std::errc()) fail(at_, "'" + std::string(token()) + "' is not a number");
    push({.at = static_cast<int>(at_), .number = value});
    at_ = end - text_.data();
  }
  void name() {
    const std::string word(token());
    const std::size_t at = at_;
    at_ += word.size();
    const Function* function = find_function(word);
    const auto variable = std::find(variables_.begin(), variables_.end(), word);
    const bool called = peek() == '(', known = word == "pi" || variable != variables_.end();
    if (called && known) fail(at, "'" + word + "' is not a function; for a product write " + word + "*(");
    if (called && !function) fail(at, "unknown function '" + word + "'" + allowed(word, function_names()));
    if (!called && function) fail(at, "'" + word + "' needs its argument" + (function->arguments > 1 ? "s" : "") + " in parentheses");
    if (!called && !known) unknown(at, word);
    if (called) {
      parenthesis(function);
      apply(*function, at);
    } else if (word == "pi") {
      push({.at = static_cast<int>(at), .number = std::numbers::pi});
    } else {
      push({.at = static_cast<int>(at), .variable = static_cast<int>(variable - variables_.begin())});
    }
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
  /// The next character that is not blank, '\0' at the end; at_ stands on it.
  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  /// The name, the number or the (UTF-8) character that starts at at_.
  std::string_view token() const {
    std::size_t end = at_;
    const auto word = [&] { return end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]) || text_[end] == '.'); };
    while (word()) ++end;
    if (end == at_ && end < text_.size()) do
        ++end;
      while (end < text_.size() && (text_[end] & 0xC0) == 0x80);
    return text_.substr(at_, end - at_);
  }
  void enter() {
    if (++depth_ > limits_.depth) fail(at_, "nested more than " + std::to_string(limits_.depth) + " deep");
  }
  void push(const Step& step) { steps_.push_back(step); }
  void apply(const Function& f, std::size_t at) {
    const auto arguments = steps_.end() - f.arguments;
    Step step{.at = static_cast<int>(at), .function = &f};
    if (std::all_of(arguments, steps_.end(), [](const Step& s) { return s.is_number() && std::isfinite(s.number); })) {
      step = {.at = step.at, .number = arguments->number};
      f.apply(&step.number, &steps_.back().number, 1);
    }
    steps_.erase(step.function ? steps_.end() : arguments, steps_.end());
    push(step);
  }

  std::string_view text_;
  const std::vector<std::string>& variables_;
  Limits limits_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::vector<Step> steps_;
};

}  // namespace

std::vector<Step> read_expression(std::string_view text, const std::vector<std::string>& variables, Limits limits) {
  return Reader(text, variables, limits).read();
}

}  // namespace hypofp
