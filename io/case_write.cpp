#include <toml++/toml.h>

#include <sstream>

#include "io/case.hpp"

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
  const auto gaussian = [](const GaussianComponent& g) {
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

}  // namespace

std::string to_toml(const Case& c) {
  toml::table root{{"title", c.title}};
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
  std::ostringstream out;
  out << root << "\n";
  return out.str();
}

}  // namespace hypofp
