#pragma once
#include <slepcmfn.h>

#include "solver/flow/propagator.hpp"

namespace hypofp {

/// SLEPc's Krylov expansion of exp(t A) phi (Expokit's algorithm; -mfn_* options apply).
class MfnPropagator : public Propagator {
 public:
  static constexpr double vectors = 36;

  MfnPropagator(const Operator& A, const NumericalRange& range, double tolerance);
  using Propagator::advance;
  void advance(Sense sense, Vec start, Vec phi, const std::vector<double>& offsets, const At& at) override;
  std::string description() const override { return "SLEPc MFN, Krylov (Expokit)"; }

 private:
  double abscissa_;
  Matrix shell_;
  Vector next_;
  PetscOwner<MFN, MFNDestroy> mfn_;
};

}  // namespace hypofp
