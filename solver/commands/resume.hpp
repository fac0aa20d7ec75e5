#pragma once
#include <functional>

#include "io/results/checkpoint.hpp"
#include "io/results/folder.hpp"
#include "solver/flow/evolution.hpp"
#include "solver/problem.hpp"

namespace hypofp {

/// What a resumed run must share with the one it goes on from: model, eps, grid, initial data, tolerance, propagator. Its length, its
/// name and what it writes, H's constants among them (H is made anew of its parts), may change.
std::string fingerprint(const Problem& p);

/// Row of a schedule at a time; its size where there is none.
std::size_t row_at(const Schedule& schedule, double time);

/// The checkpoint that --resume goes on from; none where the folder holds nothing yet. `tell` gets what is worth a line. Throws UserError
/// (agreed) where the folder holds what is not this run's. Collective over `comm`.
std::optional<Checkpoint> checkpoint_to_resume(MPI_Comm comm, const Problem& problem, const System& system, const Schedule& schedule,
                                               const ResultsFolder& folder, const std::function<void(const std::string&)>& tell);

/// The checkpoint's rows at the schedule's times, to that of `row`, with this problem's H. Throws UserError (agreed) where one is missing.
std::vector<Observation> rows_to(std::size_t row, const Checkpoint& checkpoint, const Schedule& schedule, const Problem& problem);

}  // namespace hypofp
