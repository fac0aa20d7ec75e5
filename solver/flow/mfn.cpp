#include "solver/flow/mfn.hpp"

#include <fmt/format.h>

namespace hypofp {

MfnPropagator::MfnPropagator(const Operator& A, const NumericalRange& range, double tolerance)
    : abscissa_(range.abscissa()), shell_(shell(A)), next_(A.vector()) {
  MFN mfn = nullptr;
  petsc(MFNCreate(A.comm(), &mfn));
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

void MfnPropagator::advance(Sense sense, Vec start, Vec phi, const std::vector<double>& offsets, const At& at) {
  double now = 0;
  const double norm = norm_of(start);
  FN fn = nullptr;
  petsc(MFNGetFN(mfn_.get(), &fn));
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    petsc(FNSetScale(fn, offsets[i] - now, 1));
    petsc((sense == Sense::forward ? MFNSolve : MFNSolveTranspose)(mfn_.get(), i == 0 ? start : phi, next_.get()));
    MFNConvergedReason reason;
    petsc(MFNGetConvergedReason(mfn_.get(), &reason));
    if (reason != MFN_CONVERGED_TOL) throw ComputationError(fmt::format("MFN did not converge ({})", MFNConvergedReasons[reason]));
    petsc(VecCopy(next_.get(), phi));
    now = offsets[i];
    check_growth(norm, norm_of(phi), abscissa_ * now, "MFN");
    at(i, phi);
  }
}

}  // namespace hypofp
