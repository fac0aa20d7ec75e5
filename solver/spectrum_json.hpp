#pragma once
#include <complex>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "solver/modes/spectrum.hpp"

namespace hypofp {

/// [re, im] of each.
nlohmann::ordered_json eigenvalues_json(const std::vector<std::complex<double>>& eigenvalues);
/// As summary.json holds it.
nlohmann::ordered_json spectrum_json(const Spectrum& spectrum);

}  // namespace hypofp
