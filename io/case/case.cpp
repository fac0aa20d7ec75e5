#include "io/case/case.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "grids/errors.hpp"
#include "io/case/reader.hpp"

namespace hypofp {
namespace {

constexpr double least = 1e-6, most = 1e6;  // of omega0, gamma, beta

void read_model(CaseReader& in, Case& c) {
  in.table("model");
  in.table("asgd");
  c.model.dimension = in.integer("model.dimension", 1, 1, 3);
  c.model.omega0 = in.number("model.omega0", 1, least, most);
  if (!in.has("asgd")) {
    c.model.gamma = in.number("model.gamma", 1, least, most);
    c.model.beta = in.number("model.beta", 1, least, most);
    return;
  }
  in.forbid("model.gamma", "gamma follows from [asgd]: gamma = sqrt((1 - kappa)/eta); give one of the two");
  in.forbid("model.beta", "beta follows from [asgd]: beta = 2 gamma/(tau^2 omega0^4); give one of the two");
  Asgd a;
  a.learning_rate = in.number("asgd.learning_rate", 0.01, 0, most, true);
  a.staleness = in.number("asgd.staleness", 0.9, 0, 1 - 1e-9);
  a.noise = in.number("asgd.noise", 1, 0, most, true);
  c.model = model_of(a, c.model.dimension, c.model.omega0);
  for (const auto& [name, value] : {std::pair{"gamma", c.model.gamma}, {"beta", c.model.beta}})
    if (!(value >= least && value <= most)) in.finding("asgd", fmt::format("gives {} = {:.4g}; allowed: {} to {}", name, value, least, most));
  c.asgd = a;
}

void read_perturbation(CaseReader& in, Case& c) {
  in.table("perturbation");
  c.perturbation.potential = in.text("perturbation.potential", "");
  c.perturbation.epsilon = in.texts("perturbation.epsilon", c.model.dimension);
  if (in.has("perturbation.potential") && in.has("perturbation.epsilon"))
    in.finding("perturbation.epsilon", "given beside perturbation.potential; allowed: one of the two");
}

void read_grid(CaseReader& in, Case& c) {
  in.table("grid");
  c.grid.order = in.integer("grid.order", 6, 2, 8);
  if (c.grid.order % 2 != 0) in.finding("grid.order", "allowed: 2, 4, 6 or 8");
  const int fewest = std::max(4, c.grid.order + 2);
  const toml::node* cells = in.find("grid.cells");
  if (cells && cells->is_array()) {
    const auto both = in.numbers("grid.cells", 2);
    for (std::size_t i = 0; i < both.size(); ++i)
      if (both[i] != std::floor(both[i]) || !cells->as_array()->get(i)->is_integer() || both[i] < fewest || both[i] > 100000) {
        in.finding("grid.cells", fmt::format("allowed: integers from {} (order + 2) to 100000", fewest));
        return;
      }
    if (both.size() == 2) c.grid.x_cells = static_cast<int>(both[0]), c.grid.v_cells = static_cast<int>(both[1]);
  } else {
    c.grid.x_cells = c.grid.v_cells = in.integer("grid.cells", 24, fewest, 100000);
  }
  c.grid.half_width = in.number("grid.half_width", 6, 2, 12);
}

/// mean, covariance or covariance_scale below `prefix` ("initial." or "initial.components[0].").
GaussianPart read_gaussian(CaseReader& in, const Case& c, const std::string& prefix) {
  const int n = 2 * c.model.dimension;
  const Eigen::MatrixXd M = covariance_of_M(c.model);
  GaussianPart g;
  const auto mean = in.numbers(prefix + "mean", n);
  g.mean = Eigen::VectorXd::Zero(n);
  if (mean.empty())
    g.mean(0) = c.model.sigma_x();
  else
    g.mean = Eigen::Map<const Eigen::VectorXd>(mean.data(), n);
  const double scale = in.number(prefix + "covariance_scale", 0.8, 0, 1e6, true);
  const Eigen::MatrixXd given = in.matrix(prefix + "covariance", n);
  g.covariance = scale * M;
  const std::string key = prefix + (in.has(prefix + "covariance") ? "covariance" : "covariance_scale");
  if (given.size() > 0) {
    if (in.has(prefix + "covariance_scale")) in.finding(prefix + "covariance", "given beside covariance_scale; allowed: one of the two");
    const bool symmetric = (given - given.transpose()).norm() <= 1e-12 * given.norm();
    if (!symmetric || Eigen::LLT<Eigen::MatrixXd>(given).info() != Eigen::Success) {
      in.finding(key, "allowed: a symmetric, positive definite matrix");
      return g;
    }
    g.covariance = given;
  }
  const double ratio = Eigen::GeneralizedSelfAdjointEigenSolver<Eigen::MatrixXd>(g.covariance, M).eigenvalues().maxCoeff();
  if (ratio >= 2)
    in.finding(key, fmt::format("the covariance is {:.4g} times M's in its widest direction, so ‖h‖_* is infinite; allowed: below 2 times", ratio));
  return g;
}

void read_mixture(CaseReader& in, Case& c) {
  in.known("initial.components");
  const toml::node* node = in.find("initial.components");
  const auto array = node ? node->as_array() : nullptr;
  if (!array || array->empty() || !array->is_homogeneous<toml::table>()) {
    in.finding("initial.components", "allowed: one or more [[initial.components]] with weight, mean and covariance");
    return;
  }
  for (std::size_t i = 0; i < array->size(); ++i) {
    const std::string prefix = fmt::format("initial.components[{}].", i);
    const double weight = in.number(prefix + "weight", 1, 0, 1e6, true);
    c.initial.components.push_back(read_gaussian(in, c, prefix));
    c.initial.components.back().weight = weight;
  }
}

void read_initial(CaseReader& in, Case& c, const std::filesystem::path& folder) {
  in.table("initial");
  static const std::vector<std::string> kinds{"gaussian", "mixture", "deviation", "box", "file"};
  c.initial.kind = static_cast<InitialKind>(in.choice("initial.kind", 0, kinds));
  const InitialKind kind = c.initial.kind;
  const auto only_for = [&](InitialKind owner, std::initializer_list<const char*> keys) {
    if (kind == owner) return;
    for (const char* key : keys)
      in.forbid(std::string("initial.") + key, fmt::format("belongs to kind = \"{}\"; here kind = \"{}\"", kinds[static_cast<int>(owner)], kinds[static_cast<int>(kind)]));
  };
  only_for(InitialKind::gaussian, {"mean", "covariance", "covariance_scale"});
  only_for(InitialKind::mixture, {"components"});
  only_for(InitialKind::deviation, {"h0"});
  only_for(InitialKind::box, {"lower", "upper"});
  only_for(InitialKind::file, {"path"});
  const int n = 2 * c.model.dimension;
  if (kind == InitialKind::gaussian) c.initial.components = {read_gaussian(in, c, "initial.")};
  if (kind == InitialKind::mixture) read_mixture(in, c);
  if (kind == InitialKind::deviation) {
    c.initial.h0 = in.text("initial.h0", "");
    if (!in.has("initial.h0"))
      in.finding("initial.h0", "missing; allowed: an expression in x1..xd, v1..vd (g = M (1 + h0))");
  }
  if (kind == InitialKind::box) {
    const auto lower = in.numbers("initial.lower", n), upper = in.numbers("initial.upper", n);
    for (const char* key : {"initial.lower", "initial.upper"})
      if (!in.has(key)) in.finding(key, fmt::format("missing; allowed: {} numbers", n));
    if (lower.empty() || upper.empty()) return;
    c.initial.lower = Eigen::Map<const Eigen::VectorXd>(lower.data(), n);
    c.initial.upper = Eigen::Map<const Eigen::VectorXd>(upper.data(), n);
    if (!((c.initial.upper - c.initial.lower).minCoeff() > 0)) in.finding("initial.upper", "allowed: above initial.lower in every entry");
  }
  if (kind == InitialKind::file) {
    const std::string path = in.text("initial.path", "");
    if (!in.has("initial.path")) in.finding("initial.path", "missing; allowed: an HDF5 file with a dataset g");
    std::error_code none;  // what can't be asked for (a name too long, a loop of links) is no file either
    c.initial.path = std::filesystem::absolute(folder / path, none).lexically_normal().string();
    if (!path.empty() && !std::filesystem::is_regular_file(c.initial.path, none))
      in.finding("initial.path", "no such file: " + c.initial.path);
  }
}

void read_rest(CaseReader& in, Case& c) {
  for (const char* name : {"time", "output", "lyapunov"}) in.table(name);
  c.title = in.text("title", c.stem);
  c.time.end = in.number("time.end", 10, 0, 1e6, true);
  c.time.interval = in.number("time.interval", std::min(0.1, c.time.end), 0, 1e6, true);
  if (c.time.interval > c.time.end) in.finding("time.interval", fmt::format("allowed: at most time.end = {}", c.time.end));
  if (c.time.end / c.time.interval > 1e6) in.finding("time.interval", "gives more than 1000000 rows");
  c.time.tolerance = in.number("time.tolerance", 1e-9, 1e-14, 1e-2);
  c.time.propagator = static_cast<PropagatorKind>(in.choice("time.propagator", 0, {"chebyshev", "ts", "mfn"}));
  const auto multiple = [&](const char* key, double preset) {
    const double value = in.number(key, preset, 0, 1e6), whole = value / c.time.interval;
    if (value != 0 && value != c.time.end && (whole < 0.5 || std::abs(whole - std::round(whole)) > 1e-9 * whole))
      in.finding(key, fmt::format("allowed: 0 (off), time.end, or a whole multiple of time.interval = {}", c.time.interval));
    return value;
  };
  c.output.fields_interval = multiple("output.fields_interval", c.time.end);
  c.output.checkpoint_interval = multiple("output.checkpoint_interval", 0);
  const double C = in.number("lyapunov.C", 1, 0, 1e12, true), C_hat = in.number("lyapunov.C_hat", 0, -1e6, 1e6);
  if (in.has("lyapunov.C")) c.lyapunov.C = C;
  if (in.has("lyapunov.C_hat")) c.lyapunov.C_hat = C_hat;
  c.lyapunov.delta = in.number("lyapunov.delta", std::min(0.05, 0.25 * c.model.gamma), 0, 1e6, true);
  if (c.lyapunov.delta >= 0.5 * c.model.gamma) in.finding("lyapunov.delta", fmt::format("allowed: below gamma/2 = {:.6g}", 0.5 * c.model.gamma));
}

/// P > 0 with the theorem's constant where only one of the pair is given.
void check_lyapunov(CaseReader& in, const Case& c) {
  if (!c.lyapunov.C && !c.lyapunov.C_hat) return;
  const double g = c.model.gamma, w2 = c.model.omega0 * c.model.omega0;
  const double delta = c.lyapunov.delta;
  const bool critical = std::abs(g - 2 * c.model.omega0) <= 1e-12 * g;
  const double theorem = critical ? w2 + 4 * delta * delta : g > 2 * c.model.omega0 ? 0.5 * g * g - w2 : w2;
  const double C = c.lyapunov.C.value_or(theorem), C_hat = c.lyapunov.C_hat.value_or(0.5 * g);
  if (!(C > C_hat * C_hat))
    in.finding(c.lyapunov.C ? "lyapunov.C" : "lyapunov.C_hat", fmt::format("C = {:.6g}, C_hat = {:.6g}: H is no norm; allowed: C > C_hat^2", C, C_hat));
}

constexpr std::size_t largest_file = 1 << 20;

}  // namespace

std::string read_case_file(const std::string& path) {
  std::error_code none;
  if (std::filesystem::is_directory(path, none)) throw UserError(path + ": is a folder; allowed: a TOML case file");
  std::ifstream in(path, std::ios::binary);
  if (!in) throw UserError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  std::string text(largest_file + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) throw UserError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > largest_file) throw UserError(path + ": larger than 1 MiB; a case file is not");
  return text;
}

namespace {

/// Last character of the string that opens at `i`; an unclosed one reaches to its line's end, or to the text's.
std::size_t string_end(std::string_view text, std::size_t i) {
  const char quote = text[i];
  const std::string three(3, quote);
  const bool lines = text.substr(i, 3) == three;
  for (std::size_t j = i + (lines ? 3 : 1); j < text.size(); ++j) {
    if (quote == '"' && text[j] == '\\')
      ++j;
    else if (lines ? text.substr(j, 3) == three : text[j] == quote)
      return lines ? std::min(text.find_first_not_of(quote, j), text.size()) - 1 : j;
    else if (!lines && text[j] == '\n')
      return j - 1;
  }
  return text.size();
}

/// Where a key of more than 16 parts stands, or npos. toml++ bounds nested values but not dotted keys, whose tables
/// would overflow the stack.
std::size_t deep_key(std::string_view text) {
  for (std::size_t i = 0, dots = 0; i < text.size(); ++i) {
    if (text[i] == '#')
      i = std::min(text.find('\n', i), text.size()) - 1;
    else if (text[i] == '"' || text[i] == '\'')
      i = string_end(text, i);
    else if (std::string_view("\n=,[]{}").find(text[i]) != std::string_view::npos)
      dots = 0;
    else if (text[i] == '.' && ++dots >= 16)
      return i;
  }
  return std::string_view::npos;
}

toml::table parse(const std::string& text, const std::string& name) {
  if (const std::size_t at = deep_key(text); at != std::string::npos) {
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    const std::size_t before = text.rfind('\n', at);
    throw UserError(fmt::format("{}:{}:{}: a key of more than 16 parts", name, line,
                                before == std::string::npos ? at + 1 : at - before));
  }
  try {
    return toml::parse(std::string_view(text), std::string_view(name));
  } catch (const toml::parse_error& e) {
    throw UserError(fmt::format("{}:{}:{}: {}", name, e.source().begin.line, e.source().begin.column, e.description()));
  }
}

/// An override's value: TOML, or a bare word taken as a string. Throws UserError.
toml::table parse_value(const std::string& value) {
  try {
    return parse("value = " + value, "--set");
  } catch (const UserError&) {
    if (value.find_first_of("\n\"'[]{}=,") != std::string::npos) throw;
    return parse("value = '" + value + "'", "--set");  // not UTF-8: refused as in a file
  }
}

/// "section.key=value" put into the table. Returns the key.
std::string override_key(toml::table& root, const std::string& text) {
  const std::size_t equals = text.find('=');
  const auto usage = [&] { return UserError(fmt::format("--set {}: allowed: section.key=value, the value as in the case file", text)); };
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) throw usage();
  const std::string key = text.substr(0, equals), value = text.substr(equals + 1);
  if (deep_key(key) != std::string::npos) throw usage();
  toml::table parsed;
  try {
    parsed = parse_value(value);
  } catch (const UserError&) {
    throw usage();
  }
  if (parsed.size() != 1) throw usage();
  toml::table* table = &root;
  std::size_t begin = 0;
  for (std::size_t dot; (dot = key.find('.', begin)) != std::string::npos; begin = dot + 1) {
    const std::string name = key.substr(begin, dot - begin);
    if (name.empty()) throw usage();
    if (!table->contains(name)) table->insert(name, toml::table{});
    table = table->get_as<toml::table>(name);
    if (!table) throw usage();
  }
  if (key.substr(begin).empty()) throw usage();
  parsed.begin()->second.visit([&](auto& node) { table->insert_or_assign(key.substr(begin), node); });
  return key;
}

}  // namespace

Case read_case(const std::string& path, const std::vector<std::string>& overrides) {
  return read_case_text(path.empty() ? "" : read_case_file(path), path, overrides);
}

Case read_case_text(const std::string& text, const std::string& path, const std::vector<std::string>& overrides) {
  toml::table root = parse(text, path);
  std::vector<std::string> overridden;
  for (const auto& o : overrides) overridden.push_back(override_key(root, o));

  Case c;
  c.file = path;
  c.stem = std::filesystem::path(path).stem().string();
  CaseReader in(path, root, overridden);
  read_model(in, c);
  read_perturbation(in, c);
  read_grid(in, c);
  read_initial(in, c, std::filesystem::path(path).parent_path());
  read_rest(in, c);
  check_lyapunov(in, c);
  in.finish(c.where);
  try {
    static_cast<void>(toml::parse(to_toml(c)));  // the file's name and folder are in it, and need not be UTF-8
  } catch (const toml::parse_error&) {
    throw UserError(
        path + ": title or initial.path would not be UTF-8; allowed: file and folder names in UTF-8, or a title given");
  }
  for (std::size_t i = 0; i < c.perturbation.epsilon.size(); ++i) {
    const std::string element = fmt::format("perturbation.epsilon[{}]", i);
    c.where[element] = in.has(element) ? in.where(element) : c.where["perturbation.epsilon"];
  }
  return c;
}

std::string located(const Case& c, const std::string& key, const std::string& value, const std::string& what) {
  const auto found = c.where.find(key);
  return fmt::format("{}: {}{}: {}", found == c.where.end() ? c.file : found->second, key, value.empty() ? "" : " = " + value, what);
}

}  // namespace hypofp
