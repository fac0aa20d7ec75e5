#pragma once
#include <complex>
#include <functional>
#include <string>
#include <vector>

#include "operators/operator.hpp"

namespace hypofp {

/// An eigenvalue of A with its mode h = re + i im, of norm 1. Of a pair, the one above the real axis.
struct Mode {
  std::complex<double> value;
  double residual = 0;  ///< ‖A h - value h‖ / ‖A‖, ‖A‖ as its numerical radius
  double odd_even = 0;  ///< share of it that is the grid's own
  int cluster = -1;     ///< of Spectrum::clusters
  Vector re, im;        ///< im is null where the eigenvalue is real
};

/// Eigenvalues near a defective one, whose vectors are nearly parallel: each is off by a root of the discretisation's error, their mean by
/// the error itself.
struct Cluster {
  int size = 0;
  std::complex<double> mean;
  double scatter = 0;  ///< farthest of them from the mean
};

struct Spectrum {
  std::vector<Mode> modes;  ///< slowest first; the steady state is the first
  std::vector<Cluster> clusters;
  std::vector<std::complex<double>> spurious;  ///< slow eigenvalues left out, as their modes are odd-even
  std::string method;

  /// All eigenvalues: of a pair, the one above the real axis first.
  std::vector<std::complex<double>> eigenvalues() const;
  double gap() const;          ///< -Re of the slowest but the steady state's; of its cluster's mean where it is in one
  double gap_scatter() const;  ///< how far the members of that cluster are from its mean; 0 where it is in none
};

/// Share of a vector that is the grid's own (operators/odd_even.hpp); empty where there is no grid.
using OddEven = std::function<double(Vec)>;
/// Told how many eigenvalues are found, of how many that are sought.
using SpectrumProgress = std::function<void(int found, int sought)>;

/// The `count` slowest eigenvalues (one more where a pair is cut), by Krylov-Schur: on (A - sigma)^-1 where a sparse direct solve pays,
/// else on exp(tau A). Eigenvalues are those of A on the invariant subspace found, so no logarithm is taken. What multiplicity hides is
/// sought again, with what is found deflated, until the rest is faster. Throws ComputationError where they do not converge. Collective.
Spectrum find_spectrum(const Operator& A, const NumericalRange& range, int count, const OddEven& odd_even = {},
                       const SpectrumProgress& progress = {});

/// Vectors held meanwhile, matrix-free: a Krylov basis, what was found, what propagates.
inline double vectors_of_spectrum(int count) { return 4.0 * count + 60; }

/// The `count` slowest at eps = 0 (one more where a pair is cut), in the same order: -(sum_i p_i lambda_+ + q_i lambda_-), with
/// multiplicity.
std::vector<std::complex<double>> unperturbed_eigenvalues(const Model& model, int count);

}  // namespace hypofp
