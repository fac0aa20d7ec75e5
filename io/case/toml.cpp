#include "io/case/toml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <sstream>

#include "grids/errors.hpp"

namespace hypofp {
namespace {

/// Last character of the string that opens at `i`; an unclosed one reaches to its line's end, or to the text's.
std::size_t string_end(std::string_view text, std::size_t i) {
  const char quote = text[i];
  const std::string three(3, quote);
  const bool lines = text.substr(i, 3) == three;
  for (std::size_t j = i + (lines ? 3 : 1); j < text.size(); ++j) {
    if (quote == '"' && text[j] == '\\')
      ++j;
    else if (lines ? text.substr(j, 3) == three : text[j] == quote)
      return lines ? std::min(text.find_first_not_of(quote, j), text.size()) - 1 : j;
    else if (!lines && text[j] == '\n')
      return j - 1;
  }
  return text.size();
}

/// Where a key of more than 16 parts stands, or npos. toml++ bounds nested values but not dotted keys, whose tables
/// would overflow the stack.
std::size_t deep_key(std::string_view text) {
  for (std::size_t i = 0, dots = 0; i < text.size(); ++i) {
    if (text[i] == '#')
      i = std::min(text.find('\n', i), text.size()) - 1;
    else if (text[i] == '"' || text[i] == '\'')
      i = string_end(text, i);
    else if (std::string_view("\n=,[]{}").find(text[i]) != std::string_view::npos)
      dots = 0;
    else if (text[i] == '.' && ++dots >= 16)
      return i;
  }
  return std::string_view::npos;
}

/// An override's value: TOML, or a bare word taken as a string. Throws UserError.
toml::table parse_value(const std::string& value) {
  try {
    return parse_toml("value = " + value, "--set");
  } catch (const UserError&) {
    if (value.find_first_of("\n\"'[]{}=,") != std::string::npos) throw;
    return parse_toml("value = '" + value + "'", "--set");  // not UTF-8: refused as in a file
  }
}

/// The names of a dotted key.
std::vector<std::string> names_of(const std::string& key) {
  const toml::table parsed = parse_toml(key + " = 0", "--set");
  std::vector<std::string> names;
  for (const toml::table* table = &parsed; table && table->size() == 1; table = table->begin()->second.as_table())
    names.emplace_back(table->begin()->first.str());
  return names;
}

template <class Values>
std::string list_text(const Values& values) {
  std::string out;
  for (const auto& value : values) out += (out.empty() ? "" : ", ") + toml_text(value);
  return "[" + out + "]";
}

}  // namespace

std::string path_name(std::string_view name) {
  const auto bare = [](unsigned char c) { return c < 0x80 && (std::isalnum(c) || c == '_' || c == '-'); };
  return !name.empty() && std::all_of(name.begin(), name.end(), bare) ? std::string(name) : toml_text(std::string(name));
}

std::size_t name_length(std::string_view path) {
  return std::min(path.starts_with('"') ? string_end(path, 0) + 1 : path.find_first_of(".["), path.size());
}

toml::node* find(toml::node& from, std::string_view path) {
  if (path.empty()) return &from;
  if (path.front() == '[') {
    std::size_t index = 0;
    const char* const last = path.data() + path.size();
    const auto [end, error] = std::from_chars(path.data() + 1, last, index);
    const auto array = from.as_array();
    if (!array || error != std::errc() || end == last || index >= array->size()) return nullptr;
    return find((*array)[index], path.substr(static_cast<std::size_t>(end + 1 - path.data())));
  }
  const auto table = from.as_table();
  if (!table) return nullptr;
  if (path.front() == '.') path.remove_prefix(1);
  const std::size_t length = name_length(path);
  for (auto&& [name, node] : *table)
    if (path_name(name.str()) == path.substr(0, length)) return find(node, path.substr(length));
  return nullptr;
}

void erase(toml::table& root, const std::string& path) {
  const std::size_t dot = path.rfind('.');
  toml::node* above = dot == std::string::npos ? &root : find(root, std::string_view(path).substr(0, dot));
  if (above && above->is_table()) above->as_table()->erase(path.substr(dot + 1));  // npos + 1 = 0
}

toml::table parse_toml(const std::string& text, const std::string& name) {
  if (const std::size_t at = deep_key(text); at != std::string::npos) {
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    const std::size_t before = text.rfind('\n', at);
    throw UserError(fmt::format("{}:{}:{}: a key of more than 16 parts", name, line,
                                before == std::string::npos ? at + 1 : at - before));
  }
  try {
    return toml::parse(std::string_view(text), std::string_view(name));
  } catch (const toml::parse_error& e) {
    throw UserError(fmt::format("{}:{}:{}: {}", name, e.source().begin.line, e.source().begin.column, e.description()));
  }
}

std::string override_key(toml::table& root, const std::string& text) {
  const auto usage = [&] { return UserError(fmt::format("--set {}: allowed: section.key=value, the value as in the case file", text)); };
  std::size_t equals = 0;
  while (equals < text.size() && text[equals] != '=') equals = (text[equals] == '"' || text[equals] == '\'' ? string_end(text, equals) : equals) + 1;
  if (equals + 1 >= text.size() || text.find('\n') < equals) throw usage();
  std::vector<std::string> names;
  toml::table parsed;
  try {
    names = names_of(text.substr(0, equals));
    parsed = parse_value(text.substr(equals + 1));
  } catch (const UserError&) {
    throw usage();
  }
  if (names.empty() || parsed.size() != 1) throw usage();
  toml::table* table = &root;
  std::string path = path_name(names.front());
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    if (!table->contains(names[i])) table->insert(names[i], toml::table{});
    table = table->get_as<toml::table>(names[i]);
    if (!table) throw usage();
    path += "." + path_name(names[i + 1]);
  }
  parsed.begin()->second.visit([&](auto& node) { table->insert_or_assign(names.back(), node); });
  return path;
}

std::string toml_text(const toml::node& node) {
  if (node.is_table()) return "{...}";
  if (const auto text = node.as_string()) return toml_text(text->get());
  if (const auto value = node.as_floating_point()) return toml_text(value->get());
  if (const auto array = node.as_array()) return list_text(*array);
  std::ostringstream other;  // integers, booleans, dates
  node.visit([&](const auto& value) { other << toml::toml_formatter{value}; });
  return other.str();
}

std::string toml_text(int value) { return fmt::format("{}", value); }

std::string toml_text(double value) {
  const std::string digits = fmt::format("{}", value);
  return digits.find_first_of(".en") == std::string::npos ? digits + ".0" : digits;  // e of an exponent, n of inf, nan
}

std::string toml_text(const std::string& value) {
  std::string out = "\"";
  for (const unsigned char c : value) {
    if (c == '"' || c == '\\')
      out += '\\', out += static_cast<char>(c);
    else if (c < 0x20 || c == 0x7f)
      out += fmt::format("\\u{:04x}", c);
    else
      out += static_cast<char>(c);
  }
  return out + '"';
}

std::string toml_text(const std::vector<std::string>& values) { return list_text(values); }
std::string toml_text(const Eigen::VectorXd& values) { return list_text(values); }
std::string toml_text(const Eigen::MatrixXd& rows) {
  std::vector<Eigen::VectorXd> list;
  for (int i = 0; i < rows.rows(); ++i) list.push_back(rows.row(i).transpose());
  return list_text(list);
}

}  // namespace hypofp
