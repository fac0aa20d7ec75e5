#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <cmath>
#include <filesystem>

#include "io/case/keys.hpp"

namespace hypofp {
namespace {

const std::vector<std::string> kinds{"gaussian", "mixture", "deviation", "box", "file"};
constexpr double default_weight = 1, default_scale = 0.8;
const Range weights = above(0, 1e6), scales = above(0, 1e6);

/// A key of the i-th Gaussian part, below `prefix`: "initial." or "initial.components[i].".
struct PartKey {
  std::string name, preset, allowed, help;
  void (*read)(CaseReader&, Case&, const std::string& prefix, std::size_t i);
  std::string (*write)(const Initial&, std::size_t i);  // empty where it is not given so
};

void read_weight(CaseReader& in, Case& c, const std::string& prefix, std::size_t i) {
  c.initial.components[i].weight = in.number(prefix + "weight", default_weight, weights);
}

void read_mean(CaseReader& in, Case& c, const std::string& prefix, std::size_t i) {
  const int n = 2 * c.model.dimension;
  Eigen::VectorXd& mean = c.initial.components[i].mean = Eigen::VectorXd::Zero(n);
  const auto given = in.numbers(prefix + "mean", n);
  if (given.empty())
    mean(0) = c.model.sigma_x();
  else
    mean = Eigen::Map<const Eigen::VectorXd>(given.data(), n);
}

void read_scale(CaseReader& in, Case& c, const std::string& prefix, std::size_t i) {
  const double scale = in.number(prefix + "covariance_scale", default_scale, scales);
  c.initial.components[i].covariance = scale * covariance_of_M(c.model);
  c.initial.covariance_scale[i] = scale;
}

/// The matrix, where it is given; then what holds for either.
void read_covariance(CaseReader& in, Case& c, const std::string& prefix, std::size_t i) {
  const std::string matrix = prefix + "covariance", scale = prefix + "covariance_scale";
  Eigen::MatrixXd& covariance = c.initial.components[i].covariance;
  if (const Eigen::MatrixXd given = in.matrix(matrix, 2 * c.model.dimension); given.size() > 0) {
    if (in.has(scale)) in.finding(matrix, "given beside covariance_scale; allowed: one of the two");
    const bool symmetric = (given - given.transpose()).norm() <= 1e-12 * given.norm();
    if (!symmetric || Eigen::LLT<Eigen::MatrixXd>(given).info() != Eigen::Success) {
      in.finding(matrix, "allowed: a symmetric, positive definite matrix");
      return;
    }
    covariance = given;
    c.initial.covariance_scale[i].reset();
  }
  const Eigen::MatrixXd M = covariance_of_M(c.model);
  if (!M.allFinite()) return;  // its parameters are missing, which is told
  const double ratio = Eigen::GeneralizedSelfAdjointEigenSolver<Eigen::MatrixXd>(covariance, M).eigenvalues().maxCoeff();
  if (ratio >= 2)
    in.finding(in.has(matrix) ? matrix : scale,
               fmt::format("the covariance is {:.4g} times M's in its widest direction, so ‖h‖_* is infinite; allowed: below 2 times", ratio));
}

const std::vector<PartKey>& part_keys() {
  static const std::vector<PartKey> keys{
      {"weight", fmt::format("{}", default_weight), weights.words(), "relative to the others'", read_weight,
       [](const Initial& in, std::size_t i) { return toml_text(in.components[i].weight); }},
      {"mean", "one standard deviation of M in x_1, 0 else", "2d numbers: x_1..x_d, v_1..v_d", "", read_mean,
       [](const Initial& in, std::size_t i) { return toml_text(in.components[i].mean); }},
      {"covariance_scale", fmt::format("{}", default_scale), scales.words() + ", below 2 for a finite ‖h‖_*", "covariance in units of M's", read_scale,
       [](const Initial& in, std::size_t i) { return in.covariance_scale[i] ? toml_text(*in.covariance_scale[i]) : ""; }},
      {"covariance", "covariance_scale's", "2d rows of 2d numbers: symmetric, positive definite, below 2 times M's", "in place of covariance_scale", read_covariance,
       [](const Initial& in, std::size_t i) { return in.covariance_scale[i] ? "" : toml_text(in.components[i].covariance); }}};
  return keys;
}

void read_components(CaseReader& in, Case& c) {
  in.known("initial.components");
  const toml::node* node = in.find("initial.components");
  const auto array = node ? node->as_array() : nullptr;
  if (!array || array->empty() || !array->is_homogeneous<toml::table>()) {
    in.finding("initial.components", "allowed: one or more [[initial.components]] with weight, mean and covariance");
    return;
  }
  c.initial.components.resize(array->size());
  c.initial.covariance_scale.resize(array->size());
  for (std::size_t i = 0; i < array->size(); ++i)
    for (const PartKey& key : part_keys()) key.read(in, c, fmt::format("initial.components[{}].", i), i);
}

Written written_components(const Case& c) {
  Written all;
  for (std::size_t i = 0; i < c.initial.components.size(); ++i)
    for (const PartKey& key : part_keys())
      if (const std::string value = key.write(c.initial, i); !value.empty()) all.emplace_back(fmt::format("initial.components[{}].{}", i, key.name), value);
  return all;
}

/// A key of this kind of initial data alone.
Key of_kind(InitialKind kind, Key key) {
  key.read = [kind, name = key.name, read = key.read](CaseReader& in, Case& c) {
    if (c.initial.kind == kind)
      read(in, c);
    else
      in.forbid(name, fmt::format("belongs to kind = \"{}\"; here kind = \"{}\"", kinds[static_cast<int>(kind)], kinds[static_cast<int>(c.initial.kind)]));
  };
  key.write = [kind, write = key.write](const Case& c) { return c.initial.kind == kind ? write(c) : Written{}; };
  key.help = fmt::format("{}{}{}", kinds[static_cast<int>(kind)], key.help.empty() ? "" : ": ", key.help);
  return key;
}

Key gaussian(const PartKey& key) {
  const std::string name = "initial." + key.name;
  return of_kind(InitialKind::gaussian, {name, key.preset, key.allowed, key.help,
                                         [read = key.read](CaseReader& in, Case& c) {
                                           c.initial.components.resize(1);
                                           c.initial.covariance_scale.resize(1);
                                           read(in, c, "initial.", 0);
                                         },
                                         [name, write = key.write](const Case& c) {
                                           const std::string value = write(c.initial, 0);
                                           return value.empty() ? Written{} : Written{{name, value}};
                                         }});
}

Key corner(const char* name, Eigen::VectorXd Initial::*member, const char* help) {
  return of_kind(InitialKind::box, {name, none, "2d numbers: x_1..x_d, v_1..v_d", help,
                                    [=](CaseReader& in, Case& c) {
                                      const int n = 2 * c.model.dimension;
                                      const auto given = in.numbers(name, n);
                                      if (!in.has(name)) in.finding(name, fmt::format("missing; allowed: {} numbers", n));
                                      c.initial.*member = Eigen::Map<const Eigen::VectorXd>(given.data(), static_cast<int>(given.size()));
                                    },
                                    [=](const Case& c) { return Written{{name, toml_text(c.initial.*member)}}; }});
}

void check_box(CaseReader& in, Case& c) {
  const Eigen::VectorXd &lower = c.initial.lower, &upper = c.initial.upper;
  if (lower.size() > 0 && lower.size() == upper.size() && !((upper - lower).minCoeff() > 0))
    in.finding("initial.upper", "allowed: above initial.lower in every entry");
}

void read_h0(CaseReader& in, Case& c) {
  c.initial.h0 = in.text("initial.h0", "");
  if (!in.has("initial.h0")) in.finding("initial.h0", "missing; allowed: an expression in x1..xd, v1..vd (g = M (1 + h0))");
}

void read_path(CaseReader& in, Case& c) {
  const std::string path = in.text("initial.path", "");
  if (!in.has("initial.path")) in.finding("initial.path", "missing; allowed: an HDF5 file with a dataset g");
  std::error_code failed;  // what can't be asked for (a name too long, a loop of links) is no file either
  c.initial.path = std::filesystem::absolute(std::filesystem::path(c.file).parent_path() / path, failed).lexically_normal().string();
  if (!path.empty() && !std::filesystem::is_regular_file(c.initial.path, failed)) in.finding("initial.path", "no such file: " + c.initial.path);
}

}  // namespace

std::vector<Key> initial_keys() {
  std::vector<Key> keys{choice("initial.kind", &Case::initial, &Initial::kind, kinds, "of the density g that the run starts from")};
  for (const PartKey& key : part_keys())
    if (key.name != "weight") keys.push_back(gaussian(key));
  keys.push_back(of_kind(InitialKind::mixture, {"initial.components", none, "one or more `[[initial.components]]`", "its Gaussian parts", read_components, written_components}));
  for (const PartKey& key : part_keys()) keys.push_back({"initial.components[]." + key.name, key.preset, key.allowed, "mixture" + (key.help.empty() ? "" : ": " + key.help)});
  keys.push_back(of_kind(InitialKind::deviation, {"initial.h0", none, "an expression in x1..xd, v1..vd", "g = M (1 + h0)", read_h0,
                                                  [](const Case& c) { return Written{{"initial.h0", toml_text(c.initial.h0)}}; }}));
  keys.push_back(corner("initial.lower", &Initial::lower, "g is uniform between two corners"));
  keys.push_back(with(corner("initial.upper", &Initial::upper, "above initial.lower"), check_box));
  keys.push_back(of_kind(InitialKind::file, {"initial.path", none, "an HDF5 file", "dataset `g` of shape `[n_x]*d + [n_v]*d`, cell-centre values; a path from the case's folder",
                                             read_path, [](const Case& c) { return Written{{"initial.path", toml_text(c.initial.path)}}; }}));
  return keys;
}

}  // namespace hypofp
