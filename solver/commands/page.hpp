#pragma once
#include <chrono>

#include "io/progress.hpp"
#include "io/results/folder.hpp"
#include "solver/commands/commands.hpp"
#include "solver/commands/on_root.hpp"
#include "solver/summary.hpp"

namespace hypofp {

/// What the commands that follow no evolution share: the case, a folder of their own (results/<case file stem>-<name> where none is named),
/// the end. What may be wrong with the case or the folder is found before anything in the folder changes. All members are collective.
class Page {
 public:
  /// `fields`: names of the grids of a snapshot of `snapshots`.
  Page(MPI_Comm comm, const RunOptions& options, const char* name,
       const std::function<std::vector<std::string>(int dimension)>& fields = {}, std::size_t snapshots = 0);

  MPI_Comm comm() const { return comm_; }
  const std::string& directory() const { return directory_; }
  void tell(const std::string& line) const;  ///< on rank 0, unless --quiet
  /// From here on the folder is this command's.
  void take_folder();
  /// Adds the cost to the summary, writes it, draws, prints the table.
  void finish(nlohmann::ordered_json& summary, const std::string& table);

  Problem problem;
  Progress progress;

 private:
  const MPI_Comm comm_;
  const bool quiet_, table_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::optional<ResultsFolder> folder_;
  std::string directory_;
};

}  // namespace hypofp
