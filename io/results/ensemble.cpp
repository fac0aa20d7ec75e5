#include "io/results/ensemble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "grids/errors.hpp"
#include "io/hdf5.hpp"

namespace hypofp {
namespace {

constexpr const char* group_names[] = {"algorithm", "sde", "pde", "exact_algorithm", "exact_sde"};

template <class Entry>
std::vector<double> flat(const std::vector<Entry>& rows) {
  std::vector<double> values;
  for (const Entry& row : rows)
    for (Eigen::Index i = 0; i < row.rows(); ++i)
      for (Eigen::Index j = 0; j < row.cols(); ++j) values.push_back(row(i, j));
  return values;
}

/// Datasets over `step` and, of more than one dimension, components.
class Writer {
 public:
  Writer(const std::string& path, const EnsembleTable& t, const Origin& origin)
      : file_(path, origin), rows_(t.step.size()), d_(t.dimension) {
    put("step", {rows_}, t.step, "steps of the algorithm", "1");
    put("time", {rows_}, t.time, "t = step delta_t", "t");
    std::vector<std::string> names;
    for (const char* name : {"theta", "y"})
      for (int i = 1; i <= t.dimension; ++i) names.push_back(fmt::format("{}{}", name, i));
    for (const char* scale : {"component", "component_2", "index"}) {
      std::vector<double> numbers(scale == std::string("index") ? d_ : 2 * d_);
      for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<double>(i);
      put(scale, {numbers.size()}, numbers, "number of a component", "1");
      if (numbers.size() > d_) file_.attribute(scale, "names", names);
    }
    for (const char* scale : {"step", "component", "component_2", "index"}) file_.make_scale(scale);
    file_.attach_scale("step", "time", 0);
  }
  void group(const EnsembleGroup& g) {
    file_.group(g.name);
    file_.attribute(g.name, "long_name", g.long_name);
    const std::string in = g.name + "/";
    series(in + "mean", flat(g.mean), 1, "mean of (theta, y)");
    series(in + "mean_se", flat(g.mean_se), 1, "standard errors of the mean");
    series(in + "covariance", flat(g.covariance), 2, "covariance of (theta, y)");
    series(in + "covariance_se", flat(g.covariance_se), 2, "standard errors of the covariance");
    series(in + "excess_loss", g.excess_loss, 0, "E f - min f");
    series(in + "excess_loss_se", g.excess_loss_se, 0, "standard error of the excess loss");
    series(in + "ran_off", g.ran_off, 0, "paths that have run off");
  }
  void distances(const EnsembleDistances& k) {
    const std::string in = k.group.empty() ? "" : k.group + "/", of = k.group.empty() ? "algorithm" : k.group;
    for (const auto& [name, values] : {std::pair{"ks_theta", &k.theta}, {"ks_y", &k.y}}) {
      put(in + name, {rows_, d_}, flat(*values), fmt::format("Kolmogorov-Smirnov distance of the {}'s paths to the PDE's marginal", of),
          "1");
      file_.attach_scale("step", in + name, 0), file_.attach_scale("index", in + name, 1);
    }
  }
  void commit() { file_.commit(); }

 private:
  void put(const std::string& name, const std::vector<hsize_t>& shape, const std::vector<double>& values, const std::string& long_name,
           const char* units) {
    file_.dataset(name, shape, values.data());
    file_.attribute(name, "long_name", long_name);
    file_.attribute(name, "units", std::string(units));
  }
  void series(const std::string& name, const std::vector<double>& values, unsigned tensor, const char* long_name) {
    if (values.empty()) return;
    std::vector<hsize_t> shape{rows_};
    shape.resize(1 + tensor, 2 * d_);
    put(name, shape, values, long_name, tensor == 0 ? "1" : "of theta and y");
    file_.attach_scale("step", name, 0);
    if (tensor > 0) file_.attach_scale("component", name, 1);
    if (tensor > 1) file_.attach_scale("component_2", name, 2);
  }

  H5Writer file_;
  hsize_t rows_, d_;
};

}  // namespace

void write_ensemble(const std::string& path, const EnsembleTable& table, const Origin& origin) {
  Writer file(path, table, origin);
  for (const EnsembleGroup& g : table.groups) file.group(g);
  for (const EnsembleDistances& k : table.distances) file.distances(k);
  file.commit();
}

EnsembleTable read_ensemble(const std::string& path) {
  EnsembleTable t;
  std::vector<hsize_t> shape;
  t.step = read_dataset(path, "step", shape);
  t.time = read_dataset(path, "time", shape);
  const std::vector<std::string> present = read_names(path, "/");
  for (const std::string name : group_names) {
    if (std::find(present.begin(), present.end(), name) == present.end()) continue;
    EnsembleGroup g{name, "", {}, {}, {}, {}, {}, {}, {}};
    const std::vector<std::string> held = read_names(path, name);
    const auto rows_of = [&](const std::string& quantity) {
      std::vector<double> values;
      if (std::find(held.begin(), held.end(), quantity) == held.end()) return values;
      values = read_dataset(path, name + "/" + quantity, shape);
      if (shape.empty() || shape[0] != t.step.size()) throw UserError(fmt::format("{}: {}/{} has not a row a step", path, name, quantity));
      return values;
    };
    const auto vectors = [&](const char* quantity) {
      const std::vector<double> values = rows_of(quantity);
      std::vector<Eigen::VectorXd> rows;
      const auto n = static_cast<Eigen::Index>(values.size() / std::max<std::size_t>(1, t.step.size()));
      for (std::size_t i = 0; n > 0 && i < t.step.size(); ++i) rows.emplace_back(Eigen::Map<const Eigen::VectorXd>(&values[i * n], n));
      return rows;
    };
    const auto matrices = [&](const char* quantity) {
      std::vector<Eigen::MatrixXd> rows;
      for (const Eigen::VectorXd& v : vectors(quantity)) {
        const auto n = static_cast<Eigen::Index>(std::lround(std::sqrt(static_cast<double>(v.size()))));
        if (n * n != v.size()) throw UserError(fmt::format("{}: {}/{} is no matrix a step", path, name, quantity));
        rows.emplace_back(v.reshaped<Eigen::RowMajor>(n, n));
      }
      return rows;
    };
    g.mean = vectors("mean"), g.mean_se = vectors("mean_se");
    g.covariance = matrices("covariance"), g.covariance_se = matrices("covariance_se");
    g.excess_loss = rows_of("excess_loss"), g.excess_loss_se = rows_of("excess_loss_se");
    if (g.mean.empty() || g.covariance.empty()) throw UserError(fmt::format("{}: {} holds no moments", path, name));
    t.dimension = static_cast<int>(g.mean.front().size()) / 2;
    t.groups.push_back(std::move(g));
  }
  return t;
}

}  // namespace hypofp
