#pragma once
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace hypofp {

/// A folder of results: what stands in it under which name, whose it is, and who may write. The folder says by itself what runs of ours
/// wrote in it: a list, `.hypofp`, of names relative to it. Nothing else is ever replaced or removed. One process uses it.
class ResultsFolder {
 public:
  /// Touches nothing. `fields`: names of the grids of a snapshot, the main one first; `snapshots`: how many there will be.
  ResultsFolder(std::filesystem::path folder, const std::vector<std::string>& fields, std::size_t snapshots);
  ~ResultsFolder();
  ResultsFolder(const ResultsFolder&) = delete;

  /// Makes the folder where there is none, and holds it until the end of this object or of the process. Throws UserError where another
  /// run holds it, or where a result would take the place of a file that no run wrote; OutputError where it can't be made.
  void claim();
  /// Throws UserError where a result would take the place of a file that no run of ours wrote, or of one of `inputs`. A resumed run, which
  /// a checkpoint of its own has let in, may replace the resolved case that it goes on from, and needs no list (one is lost where a folder
  /// is copied without its hidden files).
  void refuse_to_replace(const std::vector<std::string>& inputs, bool resumed) const;
  /// Lists what this run will write. A run that does not go on from an old one then removes what those before it wrote.
  void take(bool resumed);

  /// Names of the snapshots, this run's and those of runs before, whether they stand there or not.
  std::vector<std::string> snapshots() const;
  bool holds_results() const { return !written_.empty(); }
  const std::filesystem::path& path() const { return folder_; }
  std::string at(const char* name) const { return (folder_ / name).string(); }

 private:
  void read_list();

  std::filesystem::path folder_;
  std::set<std::string> names_;    // of this run
  std::set<std::string> written_;  // by runs before
  int lock_ = -1;
  std::vector<std::filesystem::path> made_;  // by claim(), the innermost first
};

}  // namespace hypofp
