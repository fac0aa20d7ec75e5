#include "solver/true_gap.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "solver/problem.hpp"
#include "solver/spectrum_json.hpp"

namespace hypofp {
namespace {

using Json = nlohmann::ordered_json;

constexpr int count = 3;  // the steady state, and the slowest mode or pair

/// Multiply-adds of both spectra; d = 1 factorises.
double work(int dimension, int degree) { return (dimension == 1 ? 300 : 2500) * HermiteGenerator::work(dimension, degree, true); }

}  // namespace

std::optional<TrueGap> true_gap(const Problem& problem, Witness& witness, std::string& why) {
  const int d = problem.input.model.dimension;
  const double most = std::max(5e7, 0.05 * problem.estimate.multiply_adds);
  int degree = witness.generator.space().degree;
  while (degree > 4 && work(d, degree) > most) --degree;
  if (work(d, degree) > most) {
    why = "the witness's spectrum would take more than a twentieth of the run's work";
    return std::nullopt;
  }
  const auto at = [&](int n) {
    if (n == witness.generator.space().degree) return find_spectrum(witness.A(), witness.range(), count);
    Witness lower(problem.setting(), n, false);
    return find_spectrum(lower.A(), lower.range(), count);
  };
  try {
    TrueGap gap{at(degree), degree, 0};
    gap.doubt = std::abs(gap.value() - at(std::min(3 * degree / 4, degree - 2)).gap()) + gap.spectrum.gap_scatter();
    return gap;
  } catch (const ComputationError& e) {
    why = fmt::format("the witness's spectrum at degree {}: {}", degree, e.what());
    return std::nullopt;
  }
}

Json TrueGap::json() const {
  Json out = spectrum_json(spectrum);
  out["by"] = fmt::format("witness, degree {}", degree);
  out["gap_doubt"] = doubt;
  return out;
}

}  // namespace hypofp
