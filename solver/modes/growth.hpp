#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "solver/flow/propagator.hpp"
#include "solver/modes/certificate.hpp"

namespace hypofp {

/// The three quotients that the theorem's decay is about, of an h0 of mean zero and its h(t).
enum class Quotient { norm, H, norm2_over_H };  ///< ‖h(t)‖_*/‖h0‖_*, H(t)/H(0), ‖h(t)‖_*^2/H(0)

/// The largest a quotient can be at a time, and the h0 that makes it so: leading singular pairs of exp(t A), by the flow and its adjoint.
class Growth {
 public:
  /// `pencil` null: H is not there (Quotient::norm alone). No t is beyond `longest`.
  Growth(const Operator& A, const NumericalRange& range, double longest, const Pencil* pencil = nullptr, double C = 1, double C_hat = 0);
  /// Throws ComputationError where it does not converge.
  double largest(Quotient quotient, double t);
  /// The h0 of the last, of norm 1 with a fixed sign.
  Vec optimal() const { return h0_.get(); }

 private:
  const Operator& A_;
  std::unique_ptr<Propagator> propagator_;
  std::optional<SparseMatrix> G_;
  std::unique_ptr<Bordered> inverse_;
  Vector h0_;
};

/// A sharp prefactor: the supremum over t of e^{rate t} times the largest quotient.
struct Prefactor {
  std::optional<double> value;  ///< none: it grows as far as was looked
  std::optional<double> t;      ///< where it stands; none: it is approached as t grows
};
struct Prefactors {
  Prefactor norm, H, norm2_over_H;  ///< with e^{gap t}, e^{2 gap t}, e^{2 gap t}
};
/// By dense matrices: for operators of some hundred unknowns. Looks as far as 12/gap.
Prefactors prefactors(const Operator& A, const Pencil& pencil, double C, double C_hat, double gap);

}  // namespace hypofp
