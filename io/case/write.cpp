#include <fmt/format.h>

#include <sstream>

#include "io/case/reader.hpp"

namespace hypofp {
namespace {

toml::array list(const Eigen::VectorXd& v) {
  toml::array a;
  for (double e : v) a.push_back(e);
  return a;
}
toml::array rows(const Eigen::MatrixXd& m) {
  toml::array a;
  for (int i = 0; i < m.rows(); ++i) a.push_back(list(m.row(i).transpose()));
  return a;
}

toml::table initial_table(const Initial& initial) {
  const auto gaussian = [](const GaussianPart& g) {
    return toml::table{{"mean", list(g.mean)}, {"covariance", rows(g.covariance)}};
  };
  switch (initial.kind) {
    case InitialKind::deviation: return toml::table{{"kind", "deviation"}, {"h0", initial.h0}};
    case InitialKind::box: return toml::table{{"kind", "box"}, {"lower", list(initial.lower)}, {"upper", list(initial.upper)}};
    case InitialKind::file: return toml::table{{"kind", "file"}, {"path", initial.path}};
    case InitialKind::mixture: {
      toml::array components;
      for (const auto& c : initial.components) {
        toml::table t = gaussian(c);
        t.insert("weight", c.weight);
        components.push_back(std::move(t));
      }
      return toml::table{{"kind", "mixture"}, {"components", std::move(components)}};
    }
    case InitialKind::gaussian: break;
  }
  toml::table t = gaussian(initial.components.front());
  t.insert("kind", "gaussian");
  return t;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const unsigned char c : text) {
    if (c == '"' || c == '\\')
      out += '\\', out += static_cast<char>(c);
    else if (c < 0x20 || c == 0x7f)
      out += fmt::format("\\u{:04x}", c);
    else
      out += static_cast<char>(c);
  }
  return out + '"';
}

/// A table's keys, a line each, then its lists of tables as [[name.key]].
std::string lines(const toml::table& table, const std::string& name) {
  std::string keys, lists;
  for (const auto& [key, value] : table) {
    const auto list = value.as_array();
    if (!list || !list->is_homogeneous<toml::table>()) {
      keys += fmt::format("{} = {}\n", key.str(), toml_text(value));
      continue;
    }
    for (const auto& element : *list)
      lists += fmt::format("\n[[{0}.{1}]]\n{2}", name, key.str(), lines(*element.as_table(), ""));
  }
  return keys + lists;
}

}  // namespace

std::string toml_text(const toml::node& node) {
  if (node.is_table()) return "{...}";
  if (const auto text = node.as_string()) return quoted(text->get());
  if (const auto value = node.as_floating_point()) {
    const std::string digits = fmt::format("{}", value->get());
    return digits.find_first_of(".en") == std::string::npos ? digits + ".0"
                                                            : digits;  // e of an exponent, n of inf, nan
  }
  std::string out;
  if (const auto array = node.as_array()) {
    for (const auto& element : *array) out += (out.empty() ? "" : ", ") + toml_text(element);
    return "[" + out + "]";
  }
  std::ostringstream other;  // integers, booleans, dates
  node.visit([&](const auto& value) { other << toml::toml_formatter{value}; });
  return other.str();
}

std::string to_toml(const Case& c) {
  toml::table root;
  toml::table model{{"dimension", c.model.dimension}, {"omega0", c.model.omega0}};
  if (c.asgd) {
    root.insert("asgd", toml::table{{"learning_rate", c.asgd->learning_rate}, {"staleness", c.asgd->staleness}, {"noise", c.asgd->noise}});
  } else {
    model.insert("gamma", c.model.gamma);
    model.insert("beta", c.model.beta);
  }
  root.insert("model", std::move(model));
  if (!c.perturbation.potential.empty()) root.insert("perturbation", toml::table{{"potential", c.perturbation.potential}});
  if (!c.perturbation.epsilon.empty()) {
    toml::array epsilon;
    for (const auto& e : c.perturbation.epsilon) epsilon.push_back(e);
    root.insert("perturbation", toml::table{{"epsilon", std::move(epsilon)}});
  }
  root.insert("grid", toml::table{{"cells", toml::array{c.grid.x_cells, c.grid.v_cells}}, {"half_width", c.grid.half_width}, {"order", c.grid.order}});
  root.insert("initial", initial_table(c.initial));
  static constexpr const char* propagators[] = {"chebyshev", "ts", "mfn"};
  root.insert("time", toml::table{{"end", c.time.end}, {"interval", c.time.interval}, {"tolerance", c.time.tolerance},
                                  {"propagator", propagators[static_cast<int>(c.time.propagator)]}});
  root.insert("output", toml::table{{"fields_interval", c.output.fields_interval}, {"checkpoint_interval", c.output.checkpoint_interval}});
  toml::table lyapunov{{"delta", c.lyapunov.delta}};
  if (c.lyapunov.C) lyapunov.insert("C", *c.lyapunov.C);
  if (c.lyapunov.C_hat) lyapunov.insert("C_hat", *c.lyapunov.C_hat);
  root.insert("lyapunov", std::move(lyapunov));
  std::string out = lines(toml::table{{"title", c.title}}, "");
  for (const auto& [name, section] : root)
    out += fmt::format("\n[{}]\n{}", name.str(), lines(*section.as_table(), std::string(name.str())));
  return out;
}

}  // namespace hypofp
