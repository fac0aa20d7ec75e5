#include "io/table_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>

#include "grids/errors.hpp"

namespace hypofp {
namespace {

constexpr int most_rows = 1000000;

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r"), last = text.find_last_not_of(" \t\r");
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

std::vector<std::string> split(const std::string& line, char at) {
  std::vector<std::string> fields;
  for (std::size_t begin = 0; begin <= line.size();) {
    const std::size_t end = std::min(line.find(at, begin), line.size());
    fields.push_back(trimmed(line.substr(begin, end - begin)));
    begin = end + 1;
  }
  return fields;
}

}  // namespace

TableFile::TableFile(const std::string& path) : path_(path) {
  std::error_code none;
  std::ifstream in(path);
  if (!std::filesystem::is_regular_file(path, none) || !in) throw UserError(path + ": can't be read as a file");
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    line = trimmed(line);
    if (line.empty() || line.starts_with('#')) continue;
    if (line.find('"') != std::string::npos) throw UserError(fmt::format("{}:{}: holds a quote; allowed: values without", path, number));
    std::vector<std::string> fields = split(line, ',');
    if (names_.empty()) {
      names_ = std::move(fields);
      continue;
    }
    if (fields.size() != names_.size())
      throw UserError(fmt::format("{}:{}: has {} values; allowed: {}, as its first line", path, number, fields.size(), names_.size()));
    if (rows_.size() == most_rows) throw UserError(fmt::format("{}:{}: allowed: at most {} rows", path, number, most_rows));
    rows_.push_back(std::move(fields)), lines_.push_back(number);
  }
  if (rows_.empty()) throw UserError(path + ": holds no rows; allowed: a line of names, then a line a row");
}

std::size_t TableFile::column(const std::string& name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) throw UserError(fmt::format("{}: has no column \"{}\"; allowed: {}", path_, name, fmt::join(names_, ", ")));
  return static_cast<std::size_t>(found - names_.begin());
}

Eigen::VectorXd TableFile::numbers(const std::string& name) const {
  const std::size_t at = column(name);
  Eigen::VectorXd values(static_cast<Eigen::Index>(rows_.size()));
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    const std::string& text = rows_[row][at];
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
      throw UserError(fmt::format("{}:{}: {} = \"{}\" is no number", path_, lines_[row], name, text));
    values(static_cast<Eigen::Index>(row)) = value;
  }
  return values;
}

Eigen::VectorXd TableFile::predictor(const std::string& text) const {
  const auto n = static_cast<Eigen::Index>(rows_.size());
  if (trimmed(text) == "1") return Eigen::VectorXd::Ones(n);
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) return numbers(trimmed(text));
  const std::size_t at = column(trimmed(text.substr(0, equals)));
  const std::vector<std::string> values = split(text.substr(equals + 1), '|');
  Eigen::VectorXd holds = Eigen::VectorXd::Zero(n);
  for (const std::string& value : values) {
    bool seen = false;
    for (Eigen::Index row = 0; row < n; ++row)
      if (rows_[row][at] == value) holds(row) = 1, seen = true;
    if (!seen) throw UserError(fmt::format("{}: no row has {} = \"{}\"", path_, names_[at], value));
  }
  return holds;
}

Records TableFile::records(const std::vector<std::string>& response, const std::vector<std::string>& predictors) const {
  const auto n = static_cast<Eigen::Index>(rows_.size()), d = static_cast<Eigen::Index>(predictors.size());
  Eigen::MatrixXd x(n, d);
  for (Eigen::Index i = 0; i < d; ++i) x.col(i) = predictor(predictors[i]);
  const bool counts = response.size() == 2;
  const Eigen::VectorXd yes = numbers(response[0]), no = counts ? numbers(response[1]) : Eigen::VectorXd(1 - yes.array());
  std::map<std::vector<double>, std::pair<double, double>> different;
  for (Eigen::Index row = 0; row < n; ++row) {
    if (yes(row) < 0 || no(row) < 0 || (!counts && yes(row) != 0 && yes(row) != 1))
      throw UserError(fmt::format("{}:{}: allowed as response: {}", path_, lines_[row], counts ? "counts from 0" : "0 or 1"));
    std::vector<double> key(d);
    for (Eigen::Index i = 0; i < d; ++i) key[i] = x(row, i);
    auto& [so_far_yes, so_far_no] = different[key];
    so_far_yes += yes(row), so_far_no += no(row);
  }
  Records r{Eigen::MatrixXd(different.size(), d), Eigen::VectorXd(different.size()), Eigen::VectorXd(different.size())};
  for (Eigen::Index row = 0; const auto& [key, both] : different) {
    r.predictors.row(row) = Eigen::Map<const Eigen::RowVectorXd>(key.data(), d);
    r.yes(row) = both.first, r.no(row++) = both.second;
  }
  return r;
}

}  // namespace hypofp
