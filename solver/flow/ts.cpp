#include "solver/flow/ts.hpp"

#include <fmt/format.h>

#include <cmath>

namespace hypofp {

TsPropagator::TsPropagator(const Operator& A, const NumericalRange& range, double tolerance)
    : A_(A), abscissa_(range.abscissa()), tolerance_(0.1 * tolerance) {
  TS ts = nullptr;
  petsc(TSCreate(A.comm(), &ts));
  ts_.reset(ts);
  petsc(TSSetProblemType(ts, TS_LINEAR));
  petsc(TSSetType(ts, TSRK));
  petsc(TSRKSetType(ts, TSRK5DP));
  petsc(TSSetRHSFunction(ts, nullptr, right_hand_side, this));
  petsc(TSSetExactFinalTime(ts, TS_EXACTFINALTIME_MATCHSTEP));
  petsc(TSSetMaxSteps(ts, 100000000));
  petsc(TSSetFromOptions(ts));
}

PetscErrorCode TsPropagator::right_hand_side(TS, PetscReal, Vec phi, Vec out, void* self) {
  const auto& ts = *static_cast<TsPropagator*>(self);
  ts.A_.apply(ts.sense_, phi, out, 1, 0, 0, {});
  return 0;
}

void TsPropagator::advance(Sense sense, Vec start, Vec phi, const std::vector<double>& offsets, const At& at) {
  sense_ = sense;
  petsc(VecCopy(start, phi));
  const double norm = norm_of(phi);
  // errors are measured against the whole state, not entry by entry: most entries are tails
  PetscInt n = 0;
  petsc(VecGetSize(phi, &n));
  petsc(TSSetTolerances(ts_.get(), tolerance_ * norm / std::sqrt(static_cast<double>(n)), nullptr, 0, nullptr));
  petsc(TSSetTime(ts_.get(), 0));
  petsc(TSSetStepNumber(ts_.get(), 0));
  petsc(TSSetTimeStep(ts_.get(), step_ > 0 ? step_ : 1e-3 * offsets.front()));
  TSAdapt adapt = nullptr;
  PetscBool fixed = PETSC_FALSE;
  petsc(TSGetAdapt(ts_.get(), &adapt));
  petsc(PetscObjectTypeCompare(reinterpret_cast<PetscObject>(adapt), TSADAPTNONE, &fixed));
  const bool adaptive = fixed == PETSC_FALSE;
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    petsc(TSSetMaxTime(ts_.get(), offsets[i]));
    petsc(TSSolve(ts_.get(), phi));
    TSConvergedReason reason;
    PetscReal reached = 0;
    petsc(TSGetConvergedReason(ts_.get(), &reason));
    petsc(TSGetSolveTime(ts_.get(), &reached));
    if (reason != TS_CONVERGED_TIME || std::abs(reached - offsets[i]) > 1e-9 * offsets[i])
      throw ComputationError(
          fmt::format("TS stopped at {:.6g} of {:.6g} time units ({})", reached, offsets[i], TSConvergedReasons[reason]));
    check_growth(norm, norm_of(phi), abscissa_ * offsets[i], "TS");
    if (adaptive) petsc(TSGetTimeStep(ts_.get(), &step_));  // else the one that was cut to end here
    at(i, phi);
  }
}

}  // namespace hypofp
