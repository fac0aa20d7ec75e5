#include "solver/flow/propagator.hpp"

#include <fmt/format.h>

#include <cmath>

#include "solver/flow/faber.hpp"
#include "solver/flow/mfn.hpp"
#include "solver/flow/ts.hpp"

namespace hypofp {

std::unique_ptr<Propagator> make_propagator(PropagatorKind kind, const Operator& A, const NumericalRange& range,
                                            const PropagatorSettings& settings) {
  switch (kind) {
    case PropagatorKind::ts:
      return std::make_unique<TsPropagator>(A, range, settings.tolerance);
    case PropagatorKind::mfn:
      return std::make_unique<MfnPropagator>(A, range, settings.tolerance);
    case PropagatorKind::chebyshev:
      break;
  }
  return std::make_unique<FaberPropagator>(A, range, settings);
}

double vectors_of(PropagatorKind kind, std::size_t outputs) {
  switch (kind) {
    case PropagatorKind::ts:
      return TsPropagator::vectors;
    case PropagatorKind::mfn:
      return MfnPropagator::vectors;
    case PropagatorKind::chebyshev:
      break;
  }
  return FaberPropagator::vectors(outputs);
}

double norm_of(Vec phi) {
  PetscReal norm = 0;
  petsc(VecNorm(phi, NORM_2, &norm));
  return norm;
}

void check_growth(double before, double after, double exponent, const char* method) {
  if (!(after <= before * std::exp(exponent) * (1 + 1e-6)))
    throw ComputationError(fmt::format("{} took ‖h‖_* from {:.6g} to {:.6g}, which the equation forbids (at most e^{:.3g} times)", method,
                                       before, after, exponent));
}

}  // namespace hypofp
