#pragma once
#include <string>
#include <vector>

namespace hypofp {

struct RunOptions {
  std::string case_file, directory;   ///< directory empty: results/<case file stem>
  std::vector<std::string> overrides;
  bool resume = false, quiet = false;
};

/// `hypofp run`. Throws UserError, ComputationError, OutputError.
void run(const RunOptions& options);
/// `hypofp check`: everything that can be said without running.
void check(const std::string& case_file, const std::vector<std::string>& overrides);

/// `hypofp bench`: prints one JSON object (interface.md). An empty case_file means a case of its own, d = 2, 48 cells, order 4.
void bench(const std::string& case_file, const std::vector<std::string>& overrides);

/// `hypofp plot`: draws a results folder's pictures again, and prints which.
void plot(const std::string& folder);

}  // namespace hypofp
