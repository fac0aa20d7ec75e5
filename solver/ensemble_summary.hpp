#pragma once
#include <nlohmann/json.hpp>
#include <vector>

#include "io/results/ensemble.hpp"
#include "solver/ensembles/ensemble.hpp"
#include "solver/ensembles/exact.hpp"
#include "solver/problem.hpp"

namespace hypofp {

/// The loss of a case, of a table's the one without taper; the problem outlives it.
Loss loss_of(const Problem& problem);

/// R, beyond which a table's V is tapered for the PDE; infinite where there is no table.
double table_radius(const Case& c);

/// What `hypofp asgd` found, by rows; the exact ones empty where f is not quadratic.
struct EnsembleFindings {
  std::vector<MomentRow> algorithm, sde, pde, exact_algorithm, exact_sde;
  std::vector<MomentRow> coupled;  ///< differences of coupled paths of the algorithm
};

/// The content of ensemble.h5; on rank 0, which has the PDE's marginals.
EnsembleTable ensemble_table(const Problem& problem, const Loss& loss, const EnsembleFindings& found);
/// What is known of the algorithm of an [asgd] case before any path is run: part of the next.
nlohmann::ordered_json forecast_json(const Problem& problem, const Loss& loss);
/// "ensemble" of summary.json.
nlohmann::ordered_json ensemble_json(const Problem& problem, const Loss& loss, const EnsembleFindings& found);
/// What a person reads, from either.
std::string ensemble_text(const nlohmann::ordered_json& ensemble);
/// What must not be averaged in silence: paths that ran off, second moments without bound; from either.
std::vector<std::string> ensemble_warnings(const nlohmann::ordered_json& ensemble);

}  // namespace hypofp
