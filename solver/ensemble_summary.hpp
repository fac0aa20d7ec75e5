#pragma once
#include <nlohmann/json.hpp>
#include <vector>

#include "io/results/ensemble.hpp"
#include "solver/ensembles/ensemble.hpp"
#include "solver/ensembles/exact.hpp"
#include "solver/problem.hpp"

namespace hypofp {

/// What `hypofp asgd` found, by rows; the exact ones empty where f is not quadratic.
struct EnsembleFindings {
  std::vector<MomentRow> algorithm, sde, pde, exact_algorithm, exact_sde;
};

/// The content of ensemble.h5; on rank 0, which has the PDE's marginals.
EnsembleTable ensemble_table(const Problem& problem, const Loss& loss, const EnsembleFindings& found);
/// "ensemble" of summary.json.
nlohmann::ordered_json ensemble_json(const Problem& problem, const Loss& loss, const EnsembleFindings& found);
/// What a person reads at the end, from that.
std::string ensemble_text(const nlohmann::ordered_json& ensemble);
/// What must not be averaged in silence: paths that ran off, second moments without bound; from that too.
std::vector<std::string> ensemble_warnings(const nlohmann::ordered_json& ensemble);

}  // namespace hypofp
