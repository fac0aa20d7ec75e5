#pragma once
#include <vector>

#include "io/fields.hpp"
#include "operators/generator.hpp"

namespace hypofp {

/// What a snapshot shows. d = 1: g, h, F on (x, v) and psi = omega0^{2d} g on the sheared (theta, y) mesh (h masked where M is
/// below 1e-12 of its maximum: 0/0 up to rounding). d > 1: marginals of g and F on every (x_i, v_i), on x- and on theta-space.
/// Filled on rank 0. Collective. phi_F null means F = M.
std::vector<FieldGrid> field_grids(const PhaseGrid& grid, Vec phi_F, double mass_of_g, Vec phi_h);

}  // namespace hypofp
