#pragma once
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "io/case/case.hpp"
#include "io/case/toml.hpp"

namespace hypofp {

/// Numbers from low (above it, where open) to high.
struct Range {
  double low, high;
  bool open = false;
  std::string words() const;
};
inline Range above(double low, double high) { return {low, high, true}; }

/// Reads one TOML case: every value through here, so that every finding says where, what and what is allowed. Keys asked for
/// are known; what remains unasked in a table at the end is an error with the nearest known name. Keys are paths (toml.hpp).
class CaseReader {
 public:
  CaseReader(std::string file, toml::table& root, std::vector<std::string> overridden);

  bool has(const std::string& key) const { return find(key) != nullptr; }
  /// The value, or the default where the key is absent (none: it is missing, a finding) or wrong (out of range, of another
  /// type: a finding); nan where there is no default either.
  double number(const std::string& key, std::optional<double> preset, const Range& range);
  int integer(const std::string& key, int preset, int low, int high);
  std::string text(const std::string& key, const std::string& preset);
  /// Index of the word among `words`.
  int choice(const std::string& key, int preset, const std::vector<std::string>& words);
  /// n numbers; empty where the key is absent.
  std::vector<double> numbers(const std::string& key, std::size_t n);
  std::vector<std::string> texts(const std::string& key, std::size_t n);
  Eigen::MatrixXd matrix(const std::string& key, int n);
  toml::node* find(const std::string& key) const { return hypofp::find(root_, key); }

  void finding(const std::string& key, const std::string& what);
  std::string where(const std::string& key) const;
  /// The override that set this key or a table above it; empty where none did.
  std::string override_of(const std::string& key) const;
  /// Marks a key as known without reading it.
  void known(const std::string& key) { known_.insert(key); }
  /// Marks a table as known; keys below it that nobody asked for are findings of finish().
  void table(const std::string& key);
  /// Of a table whose keys are free: their names as the user gave them, and the keys to ask for. All are known.
  struct Entry {
    std::string name, key;
  };
  std::vector<Entry> entries(const std::string& table);
  /// A key that is known but has no place here (it belongs to another kind): a finding if it is present.
  void forbid(const std::string& key, const std::string& why);
  /// Throws UserError with all findings. Fills `places` with the places of all keys of the file.
  void finish(Where& places);

 private:
  void unknown_keys(const toml::table& table, const std::string& prefix);
  std::string shown(const std::string& key) const;
  std::vector<std::string> names_below(const std::string& prefix) const;
  std::string place_of(const std::string& key, const toml::key& name) const;

  std::string file_;
  toml::table& root_;
  std::vector<std::string> overridden_;
  std::set<std::string> known_;
  std::vector<std::pair<int, std::string>> findings_;  // by line
};

}  // namespace hypofp
