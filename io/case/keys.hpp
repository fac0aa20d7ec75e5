#pragma once
#include <fmt/format.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/case/reader.hpp"

namespace hypofp {

/// Values of a case as TOML, by path, in the order of its file.
using Written = std::vector<std::pair<std::string, std::string>>;

/// A key of a case, declared once: reading, writing and the table of cases/README.md follow. Keys are read in the order of
/// their declaration, so that a default may follow from keys before.
struct Key {
  std::string name, preset, allowed, help;
  std::function<void(CaseReader&, Case&)> read = nullptr;  ///< none: read and written beside another key
  std::function<Written(const Case&)> write = nullptr;     ///< nothing where the case has no such value
};

const std::vector<Key>& case_keys();
std::vector<Key> initial_keys();
std::vector<Key> worker_keys();
std::vector<Key> table_keys();
std::vector<Key> sweep_keys();
/// Everything a case says, defaults too.
Written written(const Case&);

/// A default: a number, what follows from keys before, or none.
struct Default {
  std::string text;
  std::function<std::optional<double>(const Case&)> value;
  Default(double number) : text(fmt::format("{}", number)), value([number](const Case&) { return number; }) {}
  Default(std::string words, std::function<std::optional<double>(const Case&)> follows)
      : text(std::move(words)), value(std::move(follows)) {}
};
inline const std::string none = "none";  ///< as a default: the key must be given
inline Default required() {
  return {none, [](const Case&) { return std::nullopt; }};
}

template <class Table>
Key number(const char* name, Table Case::*table, double Table::*member, const Default& preset, const Range& range, const char* help) {
  return {name,
          preset.text,
          range.words(),
          help,
          [=](CaseReader& in, Case& c) { c.*table.*member = in.number(name, preset.value(c), range); },
          [=](const Case& c) {
            return Written{{name, toml_text(c.*table.*member)}};
          }};
}

template <class Table>
Key integer(const char* name, Table Case::*table, int Table::*member, int preset, int low, int high, const char* allowed,
            const char* help) {
  return {name,
          toml_text(preset),
          allowed,
          help,
          [=](CaseReader& in, Case& c) { c.*table.*member = in.integer(name, preset, low, high); },
          [=](const Case& c) {
            return Written{{name, toml_text(c.*table.*member)}};
          }};
}

/// One of the words of an enumeration; the first is the default.
template <class Table, class Word>
Key choice(const char* name, Table Case::*table, Word Table::*member, const std::vector<std::string>& words, const char* help) {
  return {name,
          words.front(),
          fmt::format("{}", fmt::join(words, ", ")),
          help,
          [=](CaseReader& in, Case& c) { c.*table.*member = static_cast<Word>(in.choice(name, 0, words)); },
          [=](const Case& c) {
            return Written{{name, toml_text(words[static_cast<int>(c.*table.*member)])}};
          }};
}

/// The key, and what is done after it is read.
inline Key with(Key key, const std::function<void(CaseReader&, Case&)>& then) {
  key.read = [read = key.read, then](CaseReader& in, Case& c) { read(in, c), then(in, c); };
  return key;
}

/// A key of the algorithm: where there is one.
Key with_asgd(Key key);
/// The same of a table that need not be there, `name`; it is made by its first key.
template <class Table>
Key of_table(const char* name, std::optional<Table> Case::*table, Key key) {
  key = with_asgd(std::move(key));
  key.read = [=, path = key.name, read = key.read](CaseReader& in, Case& c) {
    in.known(path);
    if (!in.has(name)) return;
    if (in.has("asgd") && !(c.*table)) (c.*table).emplace();
    read(in, c);
  };
  key.write = [=, write = key.write](const Case& c) { return c.*table ? write(c) : Written{}; };
  return key;
}
template <class Table>
Key integer_of(const char* name, std::optional<Table> Case::*table, int Table::*member, int low, int high, const char* help) {
  const int preset = Table{}.*member;
  return {name,
          toml_text(preset),
          fmt::format("an integer from {} to {}", low, high),
          help,
          [=](CaseReader& in, Case& c) { (*(c.*table)).*member = in.integer(name, preset, low, high); },
          [=](const Case& c) {
            return Written{{name, toml_text((*(c.*table)).*member)}};
          }};
}
template <class Table>
Key number_of(const char* name, std::optional<Table> Case::*table, double Table::*member, const Range& range, const char* help) {
  const double preset = Table{}.*member;
  return {name,
          fmt::format("{}", preset),
          range.words(),
          help,
          [=](CaseReader& in, Case& c) { (*(c.*table)).*member = in.number(name, preset, range); },
          [=](const Case& c) {
            return Written{{name, toml_text((*(c.*table)).*member)}};
          }};
}

}  // namespace hypofp
