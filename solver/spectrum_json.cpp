#include "solver/spectrum_json.hpp"

#include <nlohmann/json.hpp>

namespace hypofp {
namespace {

using Json = nlohmann::ordered_json;

Json pair(std::complex<double> z) { return {z.real(), z.imag()}; }

}  // namespace

Json eigenvalues_json(const std::vector<std::complex<double>>& eigenvalues) {
  Json out = Json::array();
  for (const auto z : eigenvalues) out.push_back(pair(z));
  return out;
}

Json spectrum_json(const Spectrum& s) {
  Json residuals = Json::array(), odd_even = Json::array(), cluster = Json::array(), clusters = Json::array();
  for (const Mode& mode : s.modes)
    for (int i = 0; i < (mode.im ? 2 : 1); ++i) {
      residuals.push_back(mode.residual), odd_even.push_back(mode.odd_even);
      cluster.push_back(mode.cluster < 0 ? Json(nullptr) : Json(mode.cluster));
    }
  for (const Cluster& c : s.clusters) clusters.push_back({{"size", c.size}, {"mean", pair(c.mean)}, {"scatter", c.scatter}});
  return {{"eigenvalues", eigenvalues_json(s.eigenvalues())},
          {"residuals", residuals},
          {"gap", s.gap()},
          {"gap_scatter", s.gap_scatter()},
          {"cluster", cluster},
          {"clusters", clusters},
          {"odd_even", odd_even},
          {"left_out_as_odd_even", eigenvalues_json(s.spurious)},
          {"method", s.method}};
}

}  // namespace hypofp
