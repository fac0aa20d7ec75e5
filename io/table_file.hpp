#pragma once
#include <string>
#include <vector>

#include "grids/logistic.hpp"

namespace hypofp {

/// A table of comma-separated values: a line of names, then a line a row; lines that begin with # are left out.
class TableFile {
 public:
  /// Throws UserError with the path, and the line where one is wrong.
  explicit TableFile(const std::string& path);

  const std::vector<std::string>& names() const { return names_; }
  /// "1": the intercept; "column": its numbers; "column=value" or "column=value|value": 1 where it holds, else 0.
  Eigen::VectorXd predictor(const std::string& text) const;
  /// A column of 0 and 1, or two of counts: of yes, of no. Equal rows of predictors become one.
  Records records(const std::vector<std::string>& response, const std::vector<std::string>& predictors) const;

 private:
  std::size_t column(const std::string& name) const;
  Eigen::VectorXd numbers(const std::string& name) const;

  std::string path_;
  std::vector<std::string> names_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<int> lines_;
};

}  // namespace hypofp
