#pragma once

namespace hypofp {

/// Of the noise in a gradient sample, of covariance Sigma^2 I either way: normal, or +-Sigma in each component.
enum class GradientNoise { gaussian, two_point };

/// Paths of the algorithm below (2.1) and of (2.2).
struct EnsembleSettings {
  int paths = 100000;
  int steps = 100, interval = 1;  ///< of the algorithm; between rows
  int seed = 1;
  GradientNoise noise = GradientNoise::gaussian;
  int sde_substeps = 4;  ///< of the splitting of (2.2) in each step of the algorithm, where eps is not zero
};

}  // namespace hypofp
