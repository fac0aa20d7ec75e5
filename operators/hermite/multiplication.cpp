#include "operators/hermite/multiplication.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hypofp {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// eps_i at the nodes: [nodes]^d, component d fastest.
std::vector<double> at_nodes(const HermiteSpace& space, const EpsilonField& epsilon, int component, const GaussRule& rule) {
  const int d = space.d(), n = static_cast<int>(rule.nodes.size());
  int lines = 1;
  for (int i = 1; i < d; ++i) lines *= n;
  std::vector<double> values(static_cast<std::size_t>(lines) * n), theta(static_cast<std::size_t>(n) * d);
  for (int line = 0; line < lines; ++line) {
    for (int j = 0; j < n; ++j) {
      theta[j * d + d - 1] = -space.theta_scale * rule.nodes[j];
      for (int i = d - 2, rest = line; i >= 0; --i, rest /= n) theta[j * d + i] = -space.theta_scale * rule.nodes[rest % n];
    }
    double* out = values.data() + static_cast<std::size_t>(line) * n;
    epsilon(component, theta.data(), n, out);
    for (int j = 0; j < n; ++j)
      if (!std::isfinite(out[j]))
        throw UserError(fmt::format("epsilon[{}] is {} at theta = ({:.6g}), where the witness's quadrature asks for it", component, out[j],
                                    fmt::join(&theta[j * d], &theta[j * d] + d, ", ")));
  }
  return values;
}

/// The matrix of one component. Products psi_p psi_p' of one axis are summed over its nodes, axis after axis, the first first.
Eigen::MatrixXd matrix_of(const HermiteSpace& space, const GaussRule& rule, const std::vector<double>& values) {
  const int d = space.d(), N = space.degree, n = static_cast<int>(rule.nodes.size());
  Eigen::MatrixXd psi = hermite_functions(rule.nodes, N);
  for (int j = 0; j < n; ++j)
    for (int k = 0; k <= N; ++k) psi(k, j) = rule.weights[j] > 0 ? psi(k, j) * std::sqrt(rule.weights[j]) : 0.0;
  const auto pair = [](int p, int k) { return p >= k ? p * (p + 1) / 2 + k : k * (k + 1) / 2 + p; };
  RowMajor products((N + 1) * (N + 2) / 2, n);
  for (int p = 0; p <= N; ++p)
    for (int k = 0; k <= p; ++k) products.row(pair(p, k)) = psi.row(p).cwiseProduct(psi.row(k));
  const Simplex& indices = space.indices;
  std::vector<std::vector<int>> members(N + 1);  // of the simplex, by their first entry
  for (int p = 0; p < indices.size(); ++p) members[indices[p][0]].push_back(p);
  const Eigen::Map<const RowMajor> eps(values.data(), n, static_cast<Eigen::Index>(values.size()) / n);
  const RowMajor one = products * eps;  // [pair of axis 1][nodes of the rest]
  RowMajor two, three;                  // for one pair of axis 1: [pair of axis 2][nodes of axis 3]; [pair of axis 2][pair of axis 3]
  Eigen::MatrixXd result(indices.size(), indices.size());
  for (int a = 0; a <= N; ++a)
    for (int b = 0; b <= a; ++b) {
      if (d > 1) two.noalias() = products * Eigen::Map<const RowMajor>(one.row(pair(a, b)).data(), n, one.cols() / n);
      if (d > 2) three.noalias() = two * products.transpose();
      for (int p : members[a])
        for (int k : members[b]) {
          const int second = pair(indices[p][1], indices[k][1]), third = pair(indices[p][2], indices[k][2]);
          result(p, k) = result(k, p) = d == 1 ? one(pair(a, b), 0) : d == 2 ? two(second, 0) : three(second, third);
        }
    }
  return result;
}

double weighted_square(const GaussRule& rule, const std::vector<double>& values) {
  const std::size_t n = rule.nodes.size();
  double sum = 0;
  for (std::size_t at = 0; at < values.size(); ++at) {
    double weight = 1;
    for (std::size_t rest = at, line = values.size(); line > 1; rest /= n, line /= n) weight *= rule.weights[rest % n];
    sum += weight * values[at] * values[at];
  }
  return sum;
}

}  // namespace

Multiplication::Multiplication(const HermiteSpace& space, const EpsilonField& epsilon) {
  const int d = space.d(), most = d == 1 ? 512 : d == 2 ? 200 : 90;
  nodes = std::min(most, space.degree + 16);
  for (bool last = false; !last;) {
    const GaussRule rule(nodes);
    std::vector<Eigen::MatrixXd> now;
    double largest = 0, change = 0, norm2 = 0, held = 0;
    for (int i = 0; i < d; ++i) {
      const std::vector<double> values = at_nodes(space, epsilon, i, rule);
      now.push_back(matrix_of(space, rule, values));
      norm2 += weighted_square(rule, values);
      held += now.back().col(0).squaredNorm();
      largest = std::max(largest, now.back().cwiseAbs().maxCoeff());
      change = std::max(change, matrices.empty() ? now.back().cwiseAbs().maxCoeff() : (now[i] - matrices[i]).cwiseAbs().maxCoeff());
    }
    matrices = std::move(now);
    missing = norm2 > 0 ? std::max(0.0, 1 - held / norm2) : 0.0;
    error = largest > 0 ? change / largest : 0.0;
    last = error <= 1e-13 || nodes == most;
    if (!last) nodes = std::min(most, nodes + nodes / 2);
  }
}

}  // namespace hypofp
