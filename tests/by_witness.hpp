#pragma once
#include "grids/entries.hpp"
#include "solver/witness.hpp"
#include "tests/support.hpp"

namespace hypofp::testing_support {

/// A Gaussian of `scale` times M's covariance.
inline GaussianPart part_of(const Model& m, const std::vector<double>& mean, double scale) {
  return {1, Eigen::Map<const Eigen::VectorXd>(mean.data(), static_cast<Eigen::Index>(mean.size())), scale * covariance_of_M(m)};
}

/// h of a Gaussian g, by the witness.
inline Vector h_of(Witness& w, const std::vector<double>& mean, double scale) {
  Vector h = w.A().vector();
  put(project(w.generator.space(), std::vector<GaussianPart>{part_of(w.A().model(), mean, scale)}).coefficients, h.get());
  w.F().take_out(1, h.get());
  return h;
}

/// A whole solve by the witness.
struct Solved {
  std::vector<double> h_norm, H;
  Moments F;
  Doubt doubt;  // the largest
  double tail_of_F;
};
inline Solved by_witness(const Model& m, int degree, std::shared_ptr<Epsilon> eps, const GaussianPart& part,
                         const std::vector<double>& times, double C, double C_hat) {
  Witness w({m, {}, field(eps), PropagatorKind::chebyshev, 2e-11, 0.1}, degree, false);
  const Eigen::VectorXd u = project(w.generator.space(), std::vector<GaussianPart>{part}).coefficients;
  Vector h = w.A().vector(), later = w.A().vector();
  std::copy(u.data(), u.data() + u.size(), WriteArray(h.get()) + 0);
  w.F().take_out(1, h.get());
  Solved s;
  const auto look = [&](Vec state) {
    const Observation o = w.A().observe(w.F(), 1, state);
    const Doubt doubt = w.A().doubt(state, o, C, C_hat);
    s.h_norm.push_back(o.h_norm);
    s.H.push_back(lyapunov(o, C, C_hat));
    s.doubt.h_norm = std::max(s.doubt.h_norm, doubt.h_norm), s.doubt.H = std::max(s.doubt.H, doubt.H);
  };
  std::vector<double> after;
  for (double t : times)
    if (t > 0) after.push_back(t);
  if (times.front() == 0) look(h.get());
  w.propagator().advance(h.get(), later.get(), after, [&](std::size_t, Vec state) { look(state); });
  const Vector F = w.F().state();
  s.F = w.A().moments(F.get());
  const ReadArray values(F.get());
  s.tail_of_F = beyond(w.generator.space().products_by_degree(values, values)) / std::pow(w.F().norm, 2);
  return s;
}

}  // namespace hypofp::testing_support
