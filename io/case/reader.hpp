#pragma once
#include <toml++/toml.h>

#include <set>
#include <string>
#include <vector>

#include "io/case/case.hpp"

namespace hypofp {

/// Reads one TOML case: every value through here, so that every finding says where, what and what is allowed. Keys asked for
/// are known; what remains unasked in a table at the end is an error with the nearest known name.
class CaseReader {
 public:
  CaseReader(std::string file, toml::table& root, const std::vector<std::string>& overridden);

  bool has(const std::string& key) const { return find(key) != nullptr; }
  /// The value at a dotted key, or the default. Out of [low, high] (exclusive where open) or of another type: a finding.
  double number(const std::string& key, double preset, double low, double high, bool open_low = false);
  int integer(const std::string& key, int preset, int low, int high);
  std::string text(const std::string& key, const std::string& preset);
  /// Index of the word among `words`.
  int choice(const std::string& key, int preset, const std::vector<std::string>& words);
  /// n numbers; empty where the key is absent.
  std::vector<double> numbers(const std::string& key, std::size_t n);
  std::vector<std::string> texts(const std::string& key, std::size_t n);
  Eigen::MatrixXd matrix(const std::string& key, int n);
  toml::node* find(const std::string& key) const;

  void finding(const std::string& key, const std::string& what);
  std::string where(const std::string& key) const;
  /// Marks a key as known without reading it.
  void known(const std::string& key) { known_.insert(key); }
  /// Marks a table as known; keys below it that nobody asked for are findings of finish().
  void table(const std::string& key);
  /// A key that is known but has no place here (it belongs to another kind): a finding if it is present.
  void forbid(const std::string& key, const std::string& why);
  /// Throws UserError with all findings. Fills `places` with the places of all keys of the file.
  void finish(Where& places);

 private:
  void unknown_keys(const toml::table& table, const std::string& prefix);
  std::string shown(const std::string& key) const;
  /// The override that set this key or a table above it; empty where none did.
  std::string override_of(const std::string& key) const;
  std::vector<std::string> names_below(const std::string& prefix) const;
  std::string place_of(const std::string& key, const toml::key& name) const;

  std::string file_;
  toml::table& root_;
  std::vector<std::string> overridden_;
  std::set<std::string> known_;
  std::vector<std::pair<int, std::string>> findings_;  // by line
};

/// A value as TOML, on one line and with the shortest digits that read back the same; a table as {...}.
std::string toml_text(const toml::node& node);

}  // namespace hypofp
