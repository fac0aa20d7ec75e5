#pragma once
#include <optional>

#include "solver/ensembles/ensemble.hpp"

namespace hypofp {

// What rows of moments, `steps` of the algorithm apart, say on their own and beside others.

/// The contraction per step in a series of states: the spectral radius of the matrix that takes, in least squares, each to the next.
/// Columns of a state share the matrix; `centred`: an offset is fitted to each entry as well. None where there is no such number.
std::optional<double> fitted_contraction(std::vector<Eigen::MatrixXd> series, int steps, bool centred);
/// Of the mean of (theta, y), whose components share the matrix; none where paths ran off. Where eps is zero the mean goes to zero, and
/// there is no offset to fit.
std::optional<double> mean_contraction(const std::vector<MomentRow>& rows, int steps, bool centred);
/// Of E|theta|^2, E theta.y, E|y|^2 of coupled paths' differences. Rows count that the paths know to 2 % (later ones hang on a few
/// paths), and the second half of those, where faster modes are gone.
std::optional<double> second_moment_contraction(const std::vector<MomentRow>& coupled, int steps);

/// The largest |a - b| over means and covariances of all rows, in standard errors of a.
double deviation(const std::vector<MomentRow>& a, const std::vector<MomentRow>& b);
/// The same in standard deviations of b.
double deviation_in_sd(const std::vector<MomentRow>& a, const std::vector<MomentRow>& b);

double most_ran_off(const std::vector<MomentRow>& rows);
double most_beyond(const std::vector<MomentRow>& rows);

}  // namespace hypofp
