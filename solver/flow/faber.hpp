#pragma once
#include <map>

#include "solver/flow/ellipse.hpp"
#include "solver/flow/propagator.hpp"

namespace hypofp {

/// exp(t A) phi = sum_k c_k(t) F_k(A) phi, F_k the Faber polynomials of an ellipse that holds the numerical range W(A):
/// scaled Chebyshev polynomials, F_{k+1} = ((A - c)/rho) F_k - d F_{k-1}, twice d at k = 1. ||F_k(A)|| <= 2 (Beckermann
/// 2005), so cutting the series costs at most 2 sum |c_k| ||phi||. One expansion serves several output times: the
/// coefficients differ, the F_k phi don't. Holds a vector, and one for each output time it was asked for, from its first use on.
class FaberPropagator : public Propagator {
 public:
  /// Both ends of an advance, one more of the recurrence, and the outputs.
  static double vectors(std::size_t outputs) { return 3 + static_cast<double>(outputs); }

  FaberPropagator(const Operator& A, const NumericalRange& range, const PropagatorSettings& settings);
  using Propagator::advance;
  void advance(Sense sense, Vec start, Vec phi, const std::vector<double>& offsets, const At& at) override;
  std::size_t outputs_at_once(double spacing) const override { return best_outputs({ellipse_, tau_}, tolerance_, spacing, most_outputs_); }
  std::vector<double> state() const override {
    return {ellipse_.center, ellipse_.real_axis, ellipse_.imag_axis, tau_, static_cast<double>(widened_)};
  }
  void restore(const std::vector<double>& state) override;
  void release() override { other_.reset(), outputs_.clear(); }
  std::string description() const override;

  const Ellipse& ellipse() const { return ellipse_; }
  double longest() const { return tau_; }

 private:
  struct Coefficients {
    std::vector<std::vector<double>> c;   // [output][k]
    std::vector<std::size_t> first, end;  // terms [first, end) matter to each output
    std::size_t terms = 0;
  };
  const Coefficients& coefficients(const std::vector<double>& times);
  bool expand(Sense sense, Vec phi, const std::vector<double>& times);
  void widen();

  const Operator& A_;
  double tolerance_;
  std::size_t most_outputs_;
  Ellipse ellipse_;
  double tau_, abscissa_;
  int widened_ = 0;
  Vector other_;  // of the recurrence, beside phi
  std::vector<Vector> outputs_;
  std::map<std::vector<double>, Coefficients> known_;
};

}  // namespace hypofp
