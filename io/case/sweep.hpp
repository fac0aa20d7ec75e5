#pragma once
#include <string>
#include <vector>

namespace hypofp {

/// The table [sweep] of a case: commands, and a grid over keys.
struct Sweep {
  struct Axis {
    std::string key;                  ///< of a case, "model.gamma"
    std::vector<std::string> values;  ///< TOML
  };
  std::string title;                     ///< the case's
  std::vector<std::string> what{"run"};  ///< run, spectrum, certify
  std::vector<Axis> axes;                ///< the last runs fastest

  std::size_t points() const;
  /// "key=value" of a point, as --set takes it, an axis each.
  std::vector<std::string> settings(std::size_t point) const;
  /// A name of its own for each point, made of its values: letters, digits and . + - = , _ alone.
  std::vector<std::string> names() const;
};

constexpr std::size_t most_points = 10000;

/// Reads [sweep], and that alone: keys that it sweeps need not stand in the case. Throws UserError as read_case does, and where there is
/// no [sweep].
Sweep read_sweep(const std::string& text, const std::string& path, const std::vector<std::string>& overrides);

}  // namespace hypofp
