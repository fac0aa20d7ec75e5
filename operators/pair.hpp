#pragma once
#include "operators/generator.hpp"

namespace hypofp {

/// One pair (x_i, v_i): the d = 1 problem on a case's axes, on this rank alone. At eps = 0 the generator is the Kronecker sum of d of
/// these; along a line through the origin of theta-space (2.4) is one of them with eps on.
struct Pair {
  Pair(const Model& model, const GridSpec& spec, const EpsilonField& epsilon = {})
      : grid(PETSC_COMM_SELF, {1, model.omega0, model.gamma, model.beta}, spec), generator(grid, epsilon) {}

  PhaseGrid grid;
  Generator generator;
};

}  // namespace hypofp
