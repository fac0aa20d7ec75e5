#include "operators/proof_forms.hpp"

namespace hypofp {
namespace {

double dot(const Vector& a, const Vector& b) {
  double product = 0;
  petsc(VecDot(a.get(), b.get(), &product));
  return product;
}

}  // namespace

void add_proof_forms(const Operator& A, Vec phi_h, Observation& o) {
  const int d = A.model().dimension;
  const Vector Ah = A.vector(), Rh = A.vector(), gx = A.vector(), gv = A.vector(), y = A.vector();
  const auto gradient = [&](int axis, const Vector& of, const Vector& out) { A.gradient(axis, Sense::forward, of.get(), out.get()); };
  const auto part = [&](Part p, const Vector& of) -> const Vector& {
    A.apply_part(p, Sense::forward, of.get(), y.get());
    return y;
  };
  const auto with_h = [&](Part p) {
    double product = 0;
    A.apply_part(p, Sense::forward, phi_h, y.get());
    petsc(VecDot(phi_h, y.get(), &product));
    return product;
  };
  /// Adds d/dt of the squares and of the product of grad h, were h to change by `change`.
  const auto changes = [&](int i, const Vector& change, double& xx, double& vv, double& xv) {
    gradient(i, change, y);
    xx += dot(y, gx), xv += dot(y, gv);
    gradient(d + i, change, y);
    vv += dot(y, gv), xv += dot(y, gx);
  };

  A.apply(phi_h, Ah.get());
  o.T_h_h = with_h(Part::T), o.L_h_h = with_h(Part::L);
  o.T_grad = o.R_h_h = o.R_grad = o.R_xx = o.R_vv = o.R_xv = 0;
  o.d_grad_x = o.d_grad_v = o.d_cross = o.dissipation_x = o.dissipation_v = o.dissipation_cross = 0;
  if (A.perturbed()) {
    o.R_h_h = with_h(Part::R);
    petsc(VecCopy(y.get(), Rh.get()));
  }
  for (int i = 0; i < d; ++i) {
    A.gradient(i, Sense::forward, phi_h, gx.get());
    A.gradient(d + i, Sense::forward, phi_h, gv.get());
    changes(i, Ah, o.d_grad_x, o.d_grad_v, o.d_cross);
    o.T_grad += dot(gx, part(Part::T, gv)) + dot(gv, part(Part::T, gx));
    if (A.perturbed()) {
      changes(i, Rh, o.R_xx, o.R_vv, o.R_xv);
      o.R_grad += dot(gx, part(Part::R, gv)) + dot(gv, part(Part::R, gx));
    }
    const Vector& Lgx = part(Part::L, gx);
    o.dissipation_x -= dot(gx, Lgx), o.dissipation_cross -= dot(gv, Lgx);
    o.dissipation_v -= dot(gv, part(Part::L, gv));
  }
  o.d_grad_x *= 2, o.d_grad_v *= 2;
  // on a grid L = (gamma/beta) K is some ten times nearer to grad_v^T grad_v than Gamma^T Gamma
  for (double* form : {&o.dissipation_x, &o.dissipation_v, &o.dissipation_cross}) *form *= A.model().beta / A.model().gamma;
}

}  // namespace hypofp
