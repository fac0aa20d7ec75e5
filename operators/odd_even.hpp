#pragma once
#include "operators/generator.hpp"

namespace hypofp {

/// How far neighbours along the worst axis differ, 0 to 1: (1 - correlation of phi with itself one cell on)/2, which is the mean of
/// sin^2(wavenumber/2). Above a half, neighbours tend to opposite signs: what is odd-even is the centred differences', not the equation's.
/// Collective.
double odd_even_content(const Generator& A, Vec phi);

}  // namespace hypofp
