#pragma once
#include <vector>

#include "solver/problem.hpp"

namespace hypofp {

/// f - min f at the points of theta-space (operators/marginals.hpp), component d fastest. Empty where f is not known: a coupled eps that is
/// given without its potential.
std::vector<double> excess_loss_on_theta_space(const Problem& problem);

}  // namespace hypofp
