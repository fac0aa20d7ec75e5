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
  FaberPropagator(const Generator& generator, const PropagatorSettings& settings);
  void advance(Vec start, Vec phi, const std::vector<double>& offsets, const At& at) override;
  std::vector<double> state() const override { return {ellipse_.center, ellipse_.real_axis, ellipse_.imag_axis, tau_, static_cast<double>(widened_)}; }
  void restore(const std::vector<double>& state) override;
  void release() override { other_.reset(), outputs_.clear(); }
  std::string description() const override;

  const Ellipse& ellipse() const { return ellipse_; }
  double longest() const { return tau_; }

 private:
  struct Coefficients {
    std::vector<std::vector<double>> c;  // [output][k]
    std::vector<std::size_t> first, end;  // terms [first, end) matter to each output
    std::size_t terms = 0;
  };
  const Coefficients& coefficients(const std::vector<double>& times);
  bool expand(Vec phi, const std::vector<double>& times);
  void widen();

  const Generator& generator_;
  double tolerance_;
  std::size_t most_outputs_;
  Ellipse ellipse_;
  double tau_, growth_;
  int widened_ = 0;
  Vector other_;  // of the recurrence, beside phi
  std::vector<Vector> outputs_;
  std::map<std::vector<double>, Coefficients> known_;
};

}  // namespace hypofp
