#include "io/case/case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "grids/errors.hpp"
#include "io/case/keys.hpp"

namespace hypofp {
namespace {

constexpr std::size_t largest_file = 1 << 20;

Case resolved(CaseReader& in, const std::string& path) {
  Case c;
  c.file = path;
  c.stem = std::filesystem::path(path).stem().string();
  for (const Key& key : case_keys()) {
    if (const std::size_t dot = key.name.find('.'); dot != std::string::npos) in.table(key.name.substr(0, dot));
    if (key.read) key.read(in, c);
  }
  return c;
}

/// Of the keys in `list` those that stand where the rest of the file puts them; the others were edited.
std::set<std::string> unwritten(toml::table file, const toml::array& list, const std::string& path) {
  std::set<std::string> names;
  for (const toml::node& name : list)
    if (name.is_string() && find(file, name.as_string()->get())) names.insert(name.as_string()->get());
  for (;;) {
    toml::table rest = file;
    for (const auto& name : names) erase(rest, name);
    CaseReader in(path, rest, {});
    const Written values = written(resolved(in, path));
    const auto edited = std::find_if(values.begin(), values.end(),
                                     [&](const auto& v) { return names.contains(v.first) && toml_text(*find(file, v.first)) != v.second; });
    if (edited == values.end()) {
      std::set<std::string> defaults;
      for (const auto& [name, value] : values)
        if (names.contains(name)) defaults.insert(name);
      return defaults;
    }
    names.erase(edited->first);  // the first, for later defaults may follow from it
  }
}

}  // namespace

std::vector<std::string> Case::inputs() const {
  std::vector<std::string> files{file, initial.path};
  if (table) files.push_back(table->path);
  return files;
}

std::string Perturbation::scaled(const std::string& expression) const {
  return scale == 1 ? expression : fmt::format("({}) * ({})", scale, expression);
}

std::string read_case_file(const std::string& path) {
  std::error_code none;
  if (std::filesystem::is_directory(path, none)) throw UserError(path + ": is a folder; allowed: a TOML case file");
  std::ifstream in(path, std::ios::binary);
  if (!in) throw UserError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  std::string text(largest_file + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) throw UserError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > largest_file) throw UserError(path + ": larger than 1 MiB; a case file is not");
  return text;
}

Case read_case(const std::string& path, const std::vector<std::string>& overrides) {
  return read_case_text(path.empty() ? "" : read_case_file(path), path, overrides);
}

Case read_case_text(const std::string& text, const std::string& path, const std::vector<std::string>& overrides) {
  toml::table root = parse_toml(text, path);
  const toml::table file = root;
  std::vector<std::string> overridden;
  for (const auto& o : overrides) overridden.push_back(override_key(root, o));
  CaseReader in(path, root, overridden);
  if (const auto list = root.get_as<toml::array>("defaults"))
    for (const auto& key : unwritten(file, *list, path))
      if (in.override_of(key).empty()) erase(root, key);

  Case c = resolved(in, path);
  in.finish(c.where);
  try {
    static_cast<void>(toml::parse(to_toml(c)));  // the file's name and folder are in it, and need not be UTF-8
  } catch (const toml::parse_error&) {
    throw UserError(path + ": title or initial.path would not be UTF-8; allowed: file and folder names in UTF-8, or a title given");
  }
  for (std::size_t i = 0; i < c.perturbation.epsilon.size(); ++i) {
    const std::string element = fmt::format("perturbation.epsilon[{}]", i);
    c.where[element] = in.has(element) ? in.where(element) : c.where["perturbation.epsilon"];
  }
  return c;
}

std::string located(const Case& c, const std::string& key, const std::string& value, const std::string& what) {
  const auto found = c.where.find(key);
  return fmt::format("{}: {}{}: {}", found == c.where.end() ? c.file : found->second, key, value.empty() ? "" : " = " + value, what);
}

}  // namespace hypofp
