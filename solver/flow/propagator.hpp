#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "grids/propagator_kind.hpp"
#include "operators/operator.hpp"

namespace hypofp {

/// Applies exp(t A), or exp(t A^T). No time step to choose: a tolerance, relative to the norm of what it starts from, for each advance.
class Propagator {
 public:
  /// Called with the number of the offset and the state there.
  using At = std::function<void(std::size_t, Vec)>;

  virtual ~Propagator() = default;
  /// phi = exp(offsets.back() A) start, showing the state at every offset (ascending, > 0); `start` is another vector, and stays.
  /// Collective. Throws ComputationError where the tolerance can't be kept.
  void advance(Vec start, Vec phi, const std::vector<double>& offsets, const At& at) { advance(Sense::forward, start, phi, offsets, at); }
  /// The same with the adjoint.
  virtual void advance(Sense sense, Vec start, Vec phi, const std::vector<double>& offsets, const At& at) = 0;
  /// How many outputs `spacing` apart one advance serves best.
  virtual std::size_t outputs_at_once(double) const { return 1; }
  /// Choices made on the way (a widened ellipse, a step), which a resumed run must share to go on bit for bit.
  virtual std::vector<double> state() const { return {}; }
  virtual void restore(const std::vector<double>&) {}
  /// Gives back the vectors kept from one call to the next.
  virtual void release() {}
  /// What a reader of the log should know: the method and its choices.
  virtual std::string description() const = 0;
};

struct PropagatorSettings {
  double tolerance = 1e-9;  ///< of one advance
  double longest = 1;       ///< no expansion spans more than this
  std::size_t outputs = 2;  ///< states an expansion may hold at once
};

/// Tolerance of one expansion in a run that keeps `tolerance`: some tens of them add up.
constexpr double expansion_tolerance(double tolerance) { return 0.05 * tolerance; }

/// `range` is A's.
std::unique_ptr<Propagator> make_propagator(PropagatorKind kind, const Operator& A, const NumericalRange& range,
                                            const PropagatorSettings& settings);

/// Vectors one holds while it advances, start and end among them; `outputs` of an expansion.
double vectors_of(PropagatorKind kind, std::size_t outputs);

/// ‖phi‖.
double norm_of(Vec phi);
/// Throws ComputationError, naming the method, where ‖phi‖ has grown from `before` to `after` by more than e^{exponent}, which the
/// equation forbids (exponent: numerical abscissa x time), or is no number.
void check_growth(double before, double after, double exponent, const char* method);

}  // namespace hypofp
