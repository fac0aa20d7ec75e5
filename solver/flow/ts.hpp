#pragma once
#include <petscts.h>

#include "solver/flow/propagator.hpp"

namespace hypofp {

/// PETSc's adaptive explicit Runge-Kutta (5(4), Dormand-Prince; -ts_* options apply), matrix-free.
class TsPropagator : public Propagator {
 public:
  static constexpr double vectors = 12;

  TsPropagator(const Operator& A, const NumericalRange& range, double tolerance);
  using Propagator::advance;
  void advance(Sense sense, Vec start, Vec phi, const std::vector<double>& offsets, const At& at) override;
  std::vector<double> state() const override { return {step_}; }
  void restore(const std::vector<double>& state) override { step_ = state.at(0); }
  std::string description() const override { return "PETSc TS, Runge-Kutta 5(4) with adaptive steps"; }

 private:
  static PetscErrorCode right_hand_side(TS, PetscReal, Vec phi, Vec out, void* self);

  const Operator& A_;
  double abscissa_, tolerance_;
  PetscOwner<TS, TSDestroy> ts_;
  Sense sense_ = Sense::forward;
  PetscReal step_ = 0;
};

}  // namespace hypofp
