#include "solver/system.hpp"

#include <algorithm>

namespace hypofp {

const NumericalRange& System::range() {
  if (!range_) range_ = A().numerical_range();
  return *range_;
}

Propagator& System::propagator() {
  if (!propagator_) propagator_ = make_propagator(setting_.propagator, A(), range(), propagator_settings());
  return *propagator_;
}

const SteadyState& System::F(const SteadyProgress& progress) {
  if (!F_) F_ = find_steady_state(A(), range().radius(), propagator(), progress, std::move(guess_));
  return *F_;
}

void System::adopt_F(const std::vector<double>& phi_F) {
  F_.emplace(A());
  F_->phi = A().vector();
  {
    const WriteArray out(F_->phi.get());
    std::copy(phi_F.begin(), phi_F.end(), out + 0);
  }
  measure_steady_state(range().radius(), *F_);
  F_->method = "from the checkpoint";
}

double System::longest_span() const { return std::min(2 / gap(setting_.model), std::max(4.0, setting_.interval)); }

PropagatorSettings System::propagator_settings() const {
  PetscInt size = 0;
  petsc(VecGetSize(A().vector().get(), &size));
  return {expansion_tolerance(setting_.tolerance), longest_span(), outputs_per_expansion(static_cast<double>(size))};
}

std::size_t outputs_per_expansion(double cells) { return static_cast<std::size_t>(std::clamp(4e6 / cells, 2.0, 32.0)); }

}  // namespace hypofp
