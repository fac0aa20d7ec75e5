// The library answers, PETSc TS and SLEPc MFN, behind the same face; and the choice among all three.
#include <petscts.h>
#include <slepcmfn.h>

#include <fmt/format.h>

#include "solver/flow/faber.hpp"

namespace hypofp {
namespace {

/// Adaptive explicit Runge-Kutta (5(4), Dormand-Prince; -ts_* options apply), matrix-free.
class TsPropagator : public Propagator {
 public:
  TsPropagator(const Generator& generator, double tolerance) : generator_(generator) {
    TS ts = nullptr;
    petsc(TSCreate(generator.grid().comm, &ts));
    ts_.reset(ts);
    petsc(TSSetProblemType(ts, TS_LINEAR));
    petsc(TSSetType(ts, TSRK));
    petsc(TSRKSetType(ts, TSRK5DP));
    petsc(TSSetRHSFunction(ts, nullptr, right_hand_side, this));
    petsc(TSSetExactFinalTime(ts, TS_EXACTFINALTIME_MATCHSTEP));
    petsc(TSSetMaxSteps(ts, 100000000));
    tolerance_ = 0.1 * tolerance;
    petsc(TSSetFromOptions(ts));
  }
  void advance(Vec start, Vec phi, const std::vector<double>& offsets, const At& at) override {
    petsc(VecCopy(start, phi));
    PetscReal norm = 0;
    petsc(VecNorm(phi, NORM_2, &norm));
    // errors are measured against the whole state, not entry by entry: most entries are tails
    PetscInt n = 0;
    petsc(VecGetSize(phi, &n));
    petsc(TSSetTolerances(ts_.get(), tolerance_ * norm / std::sqrt(static_cast<double>(n)), nullptr, 0, nullptr));
    petsc(TSSetTime(ts_.get(), 0));
    petsc(TSSetStepNumber(ts_.get(), 0));
    petsc(TSSetTimeStep(ts_.get(), step_ > 0 ? step_ : 1e-3 * offsets.front()));
    for (std::size_t i = 0; i < offsets.size(); ++i) {
      petsc(TSSetMaxTime(ts_.get(), offsets[i]));
      petsc(TSSolve(ts_.get(), phi));
      TSConvergedReason reason;
      petsc(TSGetConvergedReason(ts_.get(), &reason));
      if (reason < 0) throw ComputationError(fmt::format("TS stopped: {}", TSConvergedReasons[reason]));
      petsc(TSGetTimeStep(ts_.get(), &step_));
      at(i, phi);
    }
  }
  std::vector<double> state() const override { return {step_}; }
  void restore(const std::vector<double>& state) override { step_ = state.at(0); }
  std::string description() const override { return "PETSc TS, Runge-Kutta 5(4) with adaptive steps"; }

 private:
  static PetscErrorCode right_hand_side(TS, PetscReal, Vec phi, Vec out, void* self) {
    static_cast<TsPropagator*>(self)->generator_.apply(phi, out);
    return 0;
  }

  const Generator& generator_;
  PetscOwner<TS, TSDestroy> ts_;
  double tolerance_ = 0;
  PetscReal step_ = 0;
};

/// Krylov expansion of exp(t A) phi (SLEPc MFN, Expokit's algorithm; -mfn_* options apply).
class MfnPropagator : public Propagator {
 public:
  MfnPropagator(const Generator& generator, double tolerance) : shell_(generator.shell()), next_(generator.grid().vector()) {
    MFN mfn = nullptr;
    petsc(MFNCreate(generator.grid().comm, &mfn));
    mfn_.reset(mfn);
    petsc(MFNSetOperator(mfn, shell_.get()));
    petsc(MFNSetType(mfn, MFNEXPOKIT));
    petsc(MFNSetTolerances(mfn, 0.1 * tolerance, 100000));
    FN fn = nullptr;
    petsc(MFNGetFN(mfn, &fn));
    petsc(FNSetType(fn, FNEXP));
    petsc(MFNSetErrorIfNotConverged(mfn, PETSC_FALSE));
    petsc(MFNSetFromOptions(mfn));
  }
  void advance(Vec start, Vec phi, const std::vector<double>& offsets, const At& at) override {
    double now = 0;
    FN fn = nullptr;
    petsc(MFNGetFN(mfn_.get(), &fn));
    for (std::size_t i = 0; i < offsets.size(); ++i) {
      petsc(FNSetScale(fn, offsets[i] - now, 1));
      petsc(MFNSolve(mfn_.get(), i == 0 ? start : phi, next_.get()));
      MFNConvergedReason reason;
      petsc(MFNGetConvergedReason(mfn_.get(), &reason));
      if (reason < 0) throw ComputationError(fmt::format("MFN did not converge (reason {})", static_cast<int>(reason)));
      petsc(VecCopy(next_.get(), phi));
      now = offsets[i];
      at(i, phi);
    }
  }
  std::string description() const override { return "SLEPc MFN, Krylov (Expokit)"; }

 private:
  Matrix shell_;
  Vector next_;
  PetscOwner<MFN, MFNDestroy> mfn_;
};

}  // namespace

std::unique_ptr<Propagator> make_propagator(PropagatorKind kind, const Generator& generator, const PropagatorSettings& settings) {
  switch (kind) {
    case PropagatorKind::ts: return std::make_unique<TsPropagator>(generator, settings.tolerance);
    case PropagatorKind::mfn: return std::make_unique<MfnPropagator>(generator, settings.tolerance);
    case PropagatorKind::chebyshev: break;
  }
  return std::make_unique<FaberPropagator>(generator, settings);
}

}  // namespace hypofp
