#pragma once
#include "operators/operator.hpp"

namespace hypofp {

/// Adds to an observation of h the quadratic forms that Prop. 4.1, Lemmas 4.2, 4.3 and (4.4) compare: Observation's d_grad_x to L_h_h, with
/// grad as Gamma, and ‖grad_v .‖_*^2 as -(beta/gamma) L, on any discretisation. Cost: 4 + 6d applications (3 + 4d at eps = 0) and 6d
/// derivatives (4d); 5 vectors meanwhile. Collective.
void add_proof_forms(const Operator& A, Vec phi_h, Observation& o);

}  // namespace hypofp
