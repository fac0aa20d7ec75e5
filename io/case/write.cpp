#include <fmt/format.h>

#include "io/case/keys.hpp"

namespace hypofp {
namespace {

/// "[time]", "[[initial.components]]" of initial.components[0].
std::string header(const std::string& table) {
  const std::size_t index = table.rfind('[');
  return index == std::string::npos ? fmt::format("\n[{}]\n", table) : fmt::format("\n[[{}]]\n", table.substr(0, index));
}

}  // namespace

Written written(const Case& c) {
  Written all;
  for (const Key& key : case_keys())
    if (key.write)
      for (auto& value : key.write(c)) all.push_back(std::move(value));
  return all;
}

std::string to_toml(const Case& c) {
  std::string title, tables, table;
  std::vector<std::string> defaults;
  for (const auto& [path, value] : written(c)) {
    const std::size_t dot = path.rfind('.');
    if (dot == std::string::npos) {  // the title, whose default is the name of the file
      title = fmt::format("{} = {}\n", path, value);
      continue;
    }
    if (!c.where.contains(path)) defaults.push_back(path);
    if (path.substr(0, dot) != table) tables += header(table = path.substr(0, dot));
    tables += fmt::format("{} = {}\n", path.substr(dot + 1), value);
  }
  if (!defaults.empty()) title += "# keys that nobody wrote: with --set their values follow the others'\ndefaults = " + toml_text(defaults) + "\n";
  return title + tables;
}

std::string key_table() {
  std::string out = "| key | default | allowed | what |\n|---|---|---|---|\n";
  for (const Key& key : case_keys()) out += fmt::format("| `{}` | {} | {} | {} |\n", key.name, key.preset, key.allowed, key.help);
  return out;
}

}  // namespace hypofp
