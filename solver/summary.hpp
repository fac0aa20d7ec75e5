#pragma once
#include <nlohmann/json.hpp>

#include "solver/companion.hpp"
#include "solver/judgement/verdicts.hpp"
#include "solver/problem.hpp"

namespace hypofp {

/// What a run took.
struct Cost {
  double seconds, peak_bytes;
  std::int64_t applications;
  std::string propagator;  ///< its description
};

// The parts of summary.json, and the whole.
nlohmann::ordered_json case_json(const Case& c);
nlohmann::ordered_json theory_json(const Theory& theory);
nlohmann::ordered_json admissibility_json(const Admissibility& a);
/// What every command's summary begins with: case, discretisation, versions, ranks, theory, admissibility.
nlohmann::ordered_json summary_head(const Problem& problem, const std::string& discretisation);
nlohmann::ordered_json summarize(const Problem& problem, const Admissibility& a, const Findings& found, System& system,
                                 const Companion& companion, const Cost& cost);

/// Peak memory of all ranks together, bytes. Collective.
double peak_bytes(MPI_Comm comm);

}  // namespace hypofp
