#pragma once
#include "operators/numerical_range.hpp"
#include "solver/problem.hpp"
#include "solver/flow/propagator.hpp"

namespace hypofp {

// What follows from a case once its grid stands; shared by the commands. All collective.

/// phi of g(0). Throws UserError where a file or expression does not give one of positive mass.
Vector initial_state(const PhaseGrid& grid, const Problem& problem);
/// No expansion and no stretch of samples spans more.
double longest_span(const Problem& problem);
/// Settings of the case's propagator; `support` is the generator's (operators/numerical_range.hpp).
PropagatorSettings propagator_settings(const Problem& problem, const std::vector<double>& support);
/// Support function of the generator's numerical range, its abscissa first.
std::vector<double> support_of(const Generator& generator);

}  // namespace hypofp
