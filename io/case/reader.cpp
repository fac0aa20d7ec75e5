#include "io/case/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "grids/edit_distance.hpp"
#include "grids/errors.hpp"

namespace hypofp {
namespace {

std::string type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "a boolean";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::table:
      return "a table";
    default:
      return "a date or time";
  }
}

std::optional<double> real(const toml::node& node) {
  if (const auto i = node.as_integer()) return static_cast<double>(i->get());
  if (const auto f = node.as_floating_point()) return f->get();
  return {};
}

bool fits(const std::string& text) { return !text.empty() && text.size() <= 4096 && text.find('\0') == std::string::npos; }

}  // namespace

std::string Range::words() const { return fmt::format("a number {} {} and at most {}", open ? "above" : "from", low, high); }

CaseReader::CaseReader(std::string file, toml::table& root, std::vector<std::string> overridden)
    : file_(std::move(file)), root_(root), overridden_(std::move(overridden)) {}

std::string CaseReader::override_of(const std::string& key) const {
  for (const auto& o : overridden_)
    if (key == o || key.starts_with(o + ".") || key.starts_with(o + "[")) return o;
  return "";
}

std::string CaseReader::where(const std::string& key) const {
  if (const std::string set = override_of(key); !set.empty()) return "--set " + set;
  const toml::node* node = find(key);
  if (!node || !node->source().begin) return file_;
  return fmt::format("{}:{}:{}", file_, node->source().begin.line, node->source().begin.column);
}

std::string CaseReader::shown(const std::string& key) const {
  const toml::node* node = find(key);
  if (!node) return "";
  const std::string text = toml_text(*node);
  if (text.size() <= 60) return text;
  std::size_t end = 57;
  while ((text[end] & 0xC0) == 0x80) --end;  // not inside a character
  return text.substr(0, end) + "...";
}

void CaseReader::finding(const std::string& key, const std::string& what) {
  const toml::node* node = find(key);
  const std::string value = shown(key);
  findings_.emplace_back(node ? static_cast<int>(node->source().begin.line) : 0,
                         fmt::format("{}: {}{}: {}", where(key), key, value.empty() ? "" : " = " + value, what));
}

double CaseReader::number(const std::string& key, std::optional<double> preset, const Range& range) {
  known_.insert(key);
  const toml::node* node = find(key);
  if (!node) {
    if (!preset) finding(key, "missing; allowed: " + range.words());
  } else if (const auto value = real(*node); !value) {
    finding(key, fmt::format("is {}; allowed: {}", type_name(*node), range.words()));
  } else if (!std::isfinite(*value) || *value < range.low || *value > range.high || (range.open && *value == range.low)) {
    finding(key, "out of range; allowed: " + range.words());
  } else {
    return *value;
  }
  return preset.value_or(std::numeric_limits<double>::quiet_NaN());
}

int CaseReader::integer(const std::string& key, int preset, int low, int high) {
  known_.insert(key);
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
  known_.insert(key);
  const toml::node* node = find(key);
  if (!node) return preset;
  const auto value = node->as_string();
  if (!value)
    finding(key, fmt::format("is {}; allowed: a string", type_name(*node)));
  else if (!fits(value->get()))
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
  known_.insert(key);
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
  known_.insert(key);
  const toml::node* node = find(key);
  if (!node) return {};
  if (n == 1 && node->is_string()) return {text(key, "0")};
  std::vector<std::string> values;
  if (const auto array = node->as_array())
    for (const auto& element : *array)
      if (const auto value = element.as_string(); value && fits(value->get())) values.push_back(value->get());
  if (!node->is_array() || values.size() != n || node->as_array()->size() != n) {
    finding(key, fmt::format("allowed: an array of {} string{}, one for each component (1 to 4096 characters)", n, n > 1 ? "s" : ""));
    return {};
  }
  return values;
}

Eigen::MatrixXd CaseReader::matrix(const std::string& key, int n) {
  known_.insert(key);
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
  known_.insert(key);
  const toml::node* node = find(key);
  if (node && !node->is_table()) finding(key, fmt::format("is {}; allowed: a table, [{}]", type_name(*node), key));
}

void CaseReader::forbid(const std::string& key, const std::string& why) {
  known_.insert(key);
  if (has(key)) finding(key, why);
}

std::vector<CaseReader::Entry> CaseReader::entries(const std::string& key) {
  table(key);
  std::vector<Entry> list;
  const toml::node* node = find(key);
  if (!node || !node->is_table()) return list;
  for (const auto& [name, value] : *node->as_table()) {
    list.push_back({std::string(name.str()), key + "." + path_name(name.str())});
    known(list.back().key);
  }
  return list;
}

std::vector<std::string> CaseReader::names_below(const std::string& prefix) const {
  std::vector<std::string> names;
  for (auto k = known_.lower_bound(prefix); k != known_.end() && k->starts_with(prefix); ++k)
    if (const std::string below = k->substr(prefix.size()); name_length(below) == below.size()) names.push_back(below);
  return names;
}

std::string CaseReader::place_of(const std::string& key, const toml::key& name) const {
  if (const std::string set = override_of(key); !set.empty()) return "--set " + set;
  if (name.source().begin) return fmt::format("{}:{}:{}", file_, name.source().begin.line, name.source().begin.column);
  const auto below = [&](const std::string& o) { return o.starts_with(key + "."); };  // a table an override made
  const auto set = std::find_if(overridden_.begin(), overridden_.end(), below);
  return set == overridden_.end() ? file_ : "--set " + *set;
}

void CaseReader::unknown_keys(const toml::table& table, const std::string& prefix) {
  const auto here = names_below(prefix);
  if (here.empty()) return;  // no table at all, and already told
  for (const auto& [name, node] : table) {
    const std::string own(name.str()), key = prefix + path_name(own);  // a quoted "grid.cells" is one name, not cells of [grid]
    if (known_.contains(key)) {
      if (const auto inner = node.as_table()) unknown_keys(*inner, key + ".");
      if (const auto list = node.as_array())
        for (std::size_t i = 0; i < list->size(); ++i)
          if (const auto inner = list->get_as<toml::table>(i)) unknown_keys(*inner, fmt::format("{}[{}].", key, i));
      continue;
    }
    const auto nearer = [&](const auto& a, const auto& b) { return edit_distance(a, own) < edit_distance(b, own); };
    const std::string& nearest = *std::min_element(here.begin(), here.end(), nearer);
    const bool close = edit_distance(nearest, own) <= std::max<std::size_t>(2, own.size() / 3);
    findings_.emplace_back(
        static_cast<int>(name.source().begin.line),
        fmt::format("{}: {}{}: unknown {}{}; allowed: {}", place_of(key, name), prefix, own, node.is_table() ? "table" : "key",
                    close ? fmt::format(", did you mean {}{}?", prefix, nearest) : "", fmt::join(here, ", ")));
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
