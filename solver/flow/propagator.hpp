#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "operators/generator.hpp"
#include "grids/propagator_kind.hpp"

namespace hypofp {

/// Applies exp(t A). No time step to choose: a tolerance, relative to the norm of what it starts from, for each advance.
class Propagator {
 public:
  /// Called with the number of the offset and the state there.
  using At = std::function<void(std::size_t, Vec)>;

  virtual ~Propagator() = default;
  /// phi = exp(offsets.back() A) start, showing the state at every offset (ascending, > 0); `start` is another vector, and stays. Collective.
  /// Throws ComputationError where the tolerance can't be kept.
  virtual void advance(Vec start, Vec phi, const std::vector<double>& offsets, const At& at) = 0;
  /// Choices made on the way (a widened ellipse, a step), which a resumed run must share to go on bit for bit.
  virtual std::vector<double> state() const { return {}; }
  virtual void restore(const std::vector<double>&) {}
  /// Gives back the vectors kept from one call to the next.
  virtual void release() {}
  /// What a reader of the log should know: the method and its choices.
  virtual std::string description() const = 0;
};

/// `longest`: the longest span a caller will ask for in one piece; `support` the numerical range (operators/numerical_range.hpp).
struct PropagatorSettings {
  double tolerance = 1e-9;
  double longest = 1;                      ///< no expansion spans more than this
  std::vector<double> support;
  std::size_t outputs = 2;                 ///< states an expansion may hold at once
};

std::unique_ptr<Propagator> make_propagator(PropagatorKind kind, const Generator& generator, const PropagatorSettings& settings);

}  // namespace hypofp
