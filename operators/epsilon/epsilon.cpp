#include "operators/epsilon/epsilon.hpp"

#include <algorithm>

namespace hypofp {
namespace {

std::vector<std::string> theta_names(int dimension) {
  std::vector<std::string> names;
  for (int i = 1; i <= dimension; ++i) names.push_back("theta" + std::to_string(i));
  return names;
}

}  // namespace

Epsilon Epsilon::from_components(const std::vector<std::string>& components) {
  const int d = static_cast<int>(components.size());
  const std::vector<std::string> theta = theta_names(d);
  Epsilon epsilon;
  for (int i = 0; i < d; ++i) try {
      epsilon.components_.emplace_back(components[i], theta);
      for (const std::string& name : theta) epsilon.jacobian_.push_back(epsilon.components_[i].derivative(name));
    } catch (ExpressionError& error) {
      error.component = i;
      throw;
    }
  return epsilon;
}

Epsilon Epsilon::from_potential(const std::string& potential, int dimension, Limits limits) {
  const std::vector<std::string> theta = theta_names(dimension);
  const Expression V(potential, theta, limits);
  Epsilon epsilon;
  for (const std::string& name : theta) epsilon.components_.push_back(V.derivative(name));
  for (const Expression& component : epsilon.components_)
    for (const std::string& name : theta) epsilon.jacobian_.push_back(component.derivative(name));
  return epsilon;
}

void Epsilon::jacobian(int i, int j, const double* theta, std::size_t n, double* out) const {
  jacobian_[i * dimension() + j].evaluate(theta, n, out);
}

bool Epsilon::linear() const {
  const auto every_step = [](const std::vector<Expression>& expressions, const auto& is) {
    return std::all_of(expressions.begin(), expressions.end(),
                       [&](const Expression& e) { return std::all_of(e.program().steps().begin(), e.program().steps().end(), is); });
  };
  return every_step(jacobian_, [](const Step& step) { return step.variable < 0; }) &&
         every_step(components_, [](const Step& step) { return !step.function || std::string_view(step.function->name).size() == 1; });
}

std::vector<Program> Epsilon::peaked_parts() const {
  std::vector<Program> parts;
  for (const Expression& component : components_)
    for (Program& part : component.program().peaked_parts())
      if (std::none_of(parts.begin(), parts.end(), [&](const Program& p) { return p.steps() == part.steps(); }))
        parts.push_back(std::move(part));
  return parts;
}

}  // namespace hypofp
