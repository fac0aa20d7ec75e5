#pragma once
#include <mpi.h>

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace hypofp {

// A page each. All throw UserError, ComputationError, OutputError; all are collective over their communicator.

struct RunOptions {
  std::string case_file, directory;      ///< directory empty: results/<case file stem>
  std::optional<std::string> case_text;  ///< the file's, where it is read already
  std::vector<std::string> overrides;
  bool resume = false, quiet = false, by_witness = false;
  bool table = true;  ///< printed at the end
};

/// `hypofp run`. Returns what summary.json holds, on every rank.
nlohmann::ordered_json run(MPI_Comm comm, const RunOptions& options);
/// `hypofp spectrum`: the `count` slowest eigenvalues and their modes. Returns what summary.json holds, on every rank.
nlohmann::ordered_json spectrum(MPI_Comm comm, const RunOptions& options, int count);
/// `hypofp certify`: mu_cert for the case's (C, C_hat) and for the best pair, by growing the degree. Returns what summary.json holds, on
/// every rank.
nlohmann::ordered_json certify(MPI_Comm comm, const RunOptions& options);
/// `hypofp optimal`: the h0 that ‖h‖_* of `time` (none: 2/omega0) is largest for, the growth curve, sharp prefactors. Returns what
/// summary.json holds, on every rank.
nlohmann::ordered_json optimal(MPI_Comm comm, const RunOptions& options, std::optional<double> time);
/// `hypofp sweep`: the points of [sweep], or the share `index` of `shares` of them (from 1), each in a folder of its own; the table of all
/// that are done. Throws ComputationError where a point failed, at the end.
void sweep(MPI_Comm comm, const RunOptions& options, int index, int shares);
/// `hypofp check`: everything that can be said without running.
void check(MPI_Comm comm, const std::string& case_file, const std::vector<std::string>& overrides);
/// `hypofp asgd`: ensembles of the algorithm and of the SDE beside the PDE. Returns what summary.json holds, on every rank.
nlohmann::ordered_json asgd(MPI_Comm comm, const RunOptions& options);
/// `hypofp bench`: prints one JSON object. An empty case_file means a case of its own, d = 2, 48 cells, order 4.
void bench(MPI_Comm comm, const std::string& case_file, const std::vector<std::string>& overrides);
/// `hypofp plot`: draws a results folder's pictures again, on rank 0.
void plot(const std::string& folder, bool animate);

}  // namespace hypofp
