#include "io/case_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "grids/edit_distance.hpp"
#include "grids/errors.hpp"

namespace hypofp {
namespace {

std::string type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string: return "a string";
    case toml::node_type::integer: return "an integer";
    case toml::node_type::floating_point: return "a number";
    case toml::node_type::boolean: return "a boolean";
    case toml::node_type::array: return "an array";
    case toml::node_type::table: return "a table";
    default: return "a date or time";
  }
}

std::optional<double> real(const toml::node& node) {
  if (const auto i = node.as_integer()) return static_cast<double>(i->get());
  if (const auto f = node.as_floating_point()) return f->get();
  return {};
}

}  // namespace

CaseReader::CaseReader(std::string file, toml::table& root, const std::vector<std::string>& overridden)
    : file_(std::move(file)), root_(root), overridden_(overridden) {}

toml::node* CaseReader::find(const std::string& key) const { return root_.at_path(key).node(); }

std::string CaseReader::where(const std::string& key) const {
  if (std::find(overridden_.begin(), overridden_.end(), key) != overridden_.end()) return "--set " + key;
  const toml::node* node = find(key);
  if (!node || !node->source().begin) return file_;
  return fmt::format("{}:{}:{}", file_, node->source().begin.line, node->source().begin.column);
}

std::string CaseReader::shown(const std::string& key) const {
  const toml::node* node = find(key);
  if (!node) return "";
  std::ostringstream out;
  if (node->is_table())
    out << "{...}";
  else if (const auto value = node->as_floating_point())
    out << fmt::format("{}", value->get());
  else
    node->visit([&](const auto& value) { out << toml::toml_formatter{value}; });
  std::string text = out.str();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text.size() > 60 ? text.substr(0, 57) + "..." : text;
}

void CaseReader::finding(const std::string& key, const std::string& what) {
  const toml::node* node = find(key);
  const std::string value = shown(key);
  findings_.emplace_back(node ? static_cast<int>(node->source().begin.line) : 0,
                         fmt::format("{}: {}{}: {}", where(key), key, value.empty() ? "" : " = " + value, what));
}

double CaseReader::number(const std::string& key, double preset, double low, double high, bool open_low) {
  known_.push_back(key);
  const toml::node* node = find(key);
  if (!node) return preset;
  const auto value = real(*node);
  const std::string allowed = fmt::format("allowed: a number {} {} and at most {}", open_low ? "above" : "from", low, high);
  if (!value)
    finding(key, fmt::format("is {}; {}", type_name(*node), allowed));
  else if (!std::isfinite(*value) || *value < low || *value > high || (open_low && *value == low))
    finding(key, "out of range; " + allowed);
  else
    return *value;
  return preset;
}

int CaseReader::integer(const std::string& key, int preset, int low, int high) {
  known_.push_back(key);
  const toml::node* node = find(key);
  if (!node) return preset;
  const auto value = node->as_integer();
  const std::string allowed = fmt::format("allowed: an integer from {} to {}", low, high);
  if (!value)
    finding(key, fmt::format("is {}; {}", type_name(*node), allowed));
  else if (value->get() < low || value->get() > high)
    finding(key, "out of range; " + allowed);
  else
    return static_cast<int>(value->get());
  return preset;
}

std::string CaseReader::text(const std::string& key, const std::string& preset) {
  known_.push_back(key);
  const toml::node* node = find(key);
  if (!node) return preset;
  const auto value = node->as_string();
  if (!value)
    finding(key, fmt::format("is {}; allowed: a string", type_name(*node)));
  else if (value->get().empty() || value->get().size() > 4096 || value->get().find('\0') != std::string::npos)
    finding(key, "allowed: 1 to 4096 characters");
  else
    return value->get();
  return preset;
}

int CaseReader::choice(const std::string& key, int preset, const std::vector<std::string>& words) {
  const std::string word = text(key, words[preset]);
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) {
    finding(key, fmt::format("unknown; allowed: {}", fmt::join(words, ", ")));
    return preset;
  }
  return static_cast<int>(found - words.begin());
}

std::vector<double> CaseReader::numbers(const std::string& key, std::size_t n) {
  known_.push_back(key);
  const toml::node* node = find(key);
  if (!node) return {};
  std::vector<double> values;
  if (const auto array = node->as_array())
    for (const auto& element : *array)
      if (const auto value = real(element); value && std::isfinite(*value)) values.push_back(*value);
  if (!node->is_array() || values.size() != n || node->as_array()->size() != n) {
    finding(key, fmt::format("allowed: an array of {} finite numbers", n));
    return {};
  }
  return values;
}

std::vector<std::string> CaseReader::texts(const std::string& key, std::size_t n) {
  known_.push_back(key);
  const toml::node* node = find(key);
  if (!node) return {};
  if (n == 1 && node->is_string()) return {text(key, "0")};
  std::vector<std::string> values;
  if (const auto array = node->as_array())
    for (const auto& element : *array)
      if (const auto value = element.as_string(); value && !value->get().empty() && value->get().size() <= 4096) values.push_back(value->get());
  if (!node->is_array() || values.size() != n || node->as_array()->size() != n) {
    finding(key, fmt::format("allowed: an array of {} string{}, one for each component (1 to 4096 characters)", n, n > 1 ? "s" : ""));
    return {};
  }
  return values;
}

Eigen::MatrixXd CaseReader::matrix(const std::string& key, int n) {
  known_.push_back(key);
  const toml::node* node = find(key);
  if (!node) return {};
  Eigen::MatrixXd m(n, n);
  bool good = node->is_array() && static_cast<int>(node->as_array()->size()) == n;
  for (int i = 0; good && i < n; ++i) {
    const auto row = node->as_array()->get_as<toml::array>(i);
    good = row && static_cast<int>(row->size()) == n;
    for (int j = 0; good && j < n; ++j) {
      const auto value = real(*row->get(j));
      good = value && std::isfinite(*value);
      if (good) m(i, j) = *value;
    }
  }
  if (!good) {
    finding(key, fmt::format("allowed: {0} rows of {0} finite numbers", n));
    return {};
  }
  return m;
}

void CaseReader::table(const std::string& key) {
  known_.push_back(key);
  const toml::node* node = find(key);
  if (node && !node->is_table()) finding(key, fmt::format("is {}; allowed: a table, [{}]", type_name(*node), key));
}

void CaseReader::forbid(const std::string& key, const std::string& why) {
  known_.push_back(key);
  if (has(key)) finding(key, why);
}

void CaseReader::unknown_keys(const toml::table& table, const std::string& prefix) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + std::string(name.str());
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) {
      if (const auto inner = node.as_table()) unknown_keys(*inner, key + ".");
      continue;
    }
    std::vector<std::string> here;  // names known at this level
    for (const auto& k : known_)
      if (k.starts_with(prefix) && k.find_first_of(".[", prefix.size()) == std::string::npos) here.push_back(k.substr(prefix.size()));
    std::sort(here.begin(), here.end());
    here.erase(std::unique(here.begin(), here.end()), here.end());
    const std::string own(name.str());
    const auto nearest = std::min_element(here.begin(), here.end(), [&](const auto& a, const auto& b) { return edit_distance(a, own) < edit_distance(b, own); });
    const bool close = nearest != here.end() && edit_distance(*nearest, own) <= std::max<std::size_t>(2, own.size() / 3);
    const bool set = std::any_of(overridden_.begin(), overridden_.end(), [&](const auto& o) { return o == key || o.starts_with(key + "."); });
    const std::string place = set ? "--set " + key : fmt::format("{}:{}:{}", file_, name.source().begin.line, name.source().begin.column);
    findings_.emplace_back(static_cast<int>(name.source().begin.line),
                           fmt::format("{}: {}: unknown {}{}; allowed: {}", place, key, node.is_table() ? "table" : "key",
                                       close ? fmt::format(", did you mean {}{}?", prefix, *nearest) : "", fmt::join(here, ", ")));
  }
}

void CaseReader::finish(Where& places) {
  unknown_keys(root_, "");
  std::stable_sort(findings_.begin(), findings_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string all;
  for (const auto& [line, text] : findings_) all += (all.empty() ? "" : "\n") + text;
  if (!all.empty()) throw UserError(all);
  for (const auto& key : known_)
    if (has(key)) places[key] = where(key);
}

}  // namespace hypofp
