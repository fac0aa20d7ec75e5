#include "operators/hermite/space.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>
#include <unsupported/Eigen/MatrixFunctions>

namespace hypofp {

Eigen::MatrixXd hermite_functions(const std::vector<double>& z, int degree) {
  Eigen::MatrixXd psi(degree + 1, z.size());
  for (std::size_t j = 0; j < z.size(); ++j) {
    psi(0, j) = 1;
    if (degree > 0) psi(1, j) = z[j];
    for (int k = 1; k < degree; ++k) psi(k + 1, j) = (z[j] * psi(k, j) - std::sqrt(k) * psi(k - 1, j)) / std::sqrt(k + 1);
  }
  return psi;
}

GaussRule::GaussRule(int n) {
  // nodes: eigenvalues of multiplication by z in the basis psi (Golub and Welsch 1969); weights: Christoffel's, accurate where tiny too
  const Eigen::VectorXd diagonal = Eigen::VectorXd::Zero(n);
  Eigen::VectorXd off(std::max(0, n - 1));
  for (int k = 1; k < n; ++k) off(k - 1) = std::sqrt(k);
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
  solver.computeFromTridiagonal(diagonal, off, Eigen::EigenvaluesOnly);
  nodes.assign(solver.eigenvalues().data(), solver.eigenvalues().data() + n);
  const Eigen::MatrixXd psi = hermite_functions(nodes, n - 1);
  for (int j = 0; j < n; ++j) weights.push_back(1 / psi.col(j).squaredNorm());
}

int Simplex::count(int d, int degree) {
  if (degree < 0) return 0;
  std::int64_t n = 1;
  for (int i = 1; i <= d; ++i) n = n * (degree + i) / i;
  return static_cast<int>(n);
}

Simplex::Simplex(int d, int degree) : d_(d), side_(degree + 1) {
  int cube = 1;
  for (int i = 0; i < d; ++i) cube *= side_;
  ranks_.assign(cube, -1);
  for (int n = 0; n <= degree; ++n)
    for (int a = n; a >= 0; --a)
      for (int b = n - a; b >= 0; --b) {
        const Index k{a, b, n - a - b};
        if ((d < 3 && k[2] > 0) || (d < 2 && k[1] > 0)) continue;
        int place = 0;
        for (int i = 0; i < d; ++i) place = place * side_ + k[i];
        ranks_[place] = size();
        entries_.push_back(k);
        degrees_.push_back(n);
      }
  for (int r = 0; r < size(); ++r)
    for (int i = 0; i < d; ++i) {
      Index k = entries_[r];
      ++k[i];
      above_.push_back(degrees_[r] < degree ? rank(k) : -1);
      k[i] -= 2;
      below_.push_back(k[i] >= 0 ? rank(k) : -1);
    }
}

int Simplex::rank(const Index& k) const {
  int place = 0;
  for (int i = 0; i < d_; ++i) place = place * side_ + k[i];
  return ranks_[place];
}

HermiteSpace::HermiteSpace(const Model& m, int n) : model(m), degree(n), indices(m.dimension, n) {
  const double length = std::hypot(m.gamma * m.sigma_x(), m.sigma_v());
  c = m.gamma * m.sigma_x() / length;
  s = m.sigma_v() / length;
  theta_scale = length / (m.omega0 * m.omega0);
  starts_.push_back(0);
  for (int level = 0; level <= n; ++level) starts_.push_back(starts_.back() + count_of(level) * width(level));
}

Eigen::MatrixXd HermiteSpace::to_xv() const {
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(2 * d(), 2 * d());
  for (int i = 0; i < d(); ++i) {
    result(i, i) = model.sigma_x() * c, result(i, d() + i) = -model.sigma_x() * s;
    result(d() + i, i) = model.sigma_v() * s, result(d() + i, d() + i) = model.sigma_v() * c;
  }
  return result;
}

HermiteSpace::Sparse HermiteSpace::lowering(int axis) const {
  std::vector<Eigen::Triplet<double>> entries;
  const bool in_eta = axis >= d();
  const int i = in_eta ? axis - d() : axis;
  for (int q = 0; q < indices.size(); ++q)
    for (int p = 0; p < width(indices.degree(q)); ++p) {
      const int lower = indices.below(in_eta ? q : p, i);
      if (lower >= 0) entries.emplace_back(in_eta ? at(lower, p) : at(q, lower), at(q, p), std::sqrt(indices[in_eta ? q : p][i]));
    }
  Sparse result(size(), size());
  result.setFromTriplets(entries.begin(), entries.end());
  return result;
}

HermiteSpace::Sparse HermiteSpace::derivative(int axis) const {
  const int i = axis % d();
  const Sparse zeta = lowering(i), eta = lowering(d() + i);
  if (axis < d()) return (c * zeta - s * eta) / model.sigma_x();
  return (s * zeta + c * eta) / model.sigma_v();
}

std::vector<double> HermiteSpace::products_by_degree(const double* u, const double* w) const {
  std::vector<double> products(degree + 1, 0.0);
  for (int q = 0; q < indices.size(); ++q)
    for (int p = 0; p < width(indices.degree(q)); ++p) products[indices.degree(q) + indices.degree(p)] += u[at(q, p)] * w[at(q, p)];
  return products;
}

double beyond(const std::vector<double>& by_degree) {
  const int last = static_cast<int>(by_degree.size()) - 1, back = std::max(2, last / 3);
  std::vector<double> tail(by_degree.size() + 1, 0.0);  // from a degree on
  for (int n = last; n >= 0; --n) tail[n] = tail[n + 1] + std::abs(by_degree[n]);
  const double now = tail[last - 1], before = tail[std::max(0, last - 1 - back)];
  if (!(now > 0)) return 0;
  const double falls = std::pow(now / before, 2.0 / back);  // over two degrees
  constexpr double caution = 5;
  return caution * now * falls / std::max(1 - falls, 0.02);
}

void HermiteSpace::rotate(double* u, bool back) const {
  // within a pair the functions of degree n = p + q are turned among themselves by exp(angle (a_zeta^T a_eta - a_eta^T a_zeta))
  const double angle = back ? -std::atan2(s, c) : std::atan2(s, c);
  for (int n = 1; n <= degree; ++n) {
    Eigen::MatrixXd G = Eigen::MatrixXd::Zero(n + 1, n + 1);
    for (int p = 0; p < n; ++p) {
      G(p + 1, p) = angle * std::sqrt((p + 1.0) * (n - p));
      G(p, p + 1) = -G(p + 1, p);
    }
    const Eigen::MatrixXd turn = G.exp();
    Eigen::VectorXd fibre(n + 1), turned(n + 1);
    std::vector<int> places(n + 1);
    for (int i = 0; i < d(); ++i)
      for (int q = 0; q < indices.size(); ++q) {  // a fibre: p_i + q_i = n, the rest as it is; it starts where q_i = 0
        if (indices[q][i] > 0) continue;
        for (int p = 0; p < width(indices.degree(q)); ++p) {
          if (indices[p][i] != n) continue;
          for (int k = n, ql = q, pl = p; k >= 0; --k) {
            places[k] = at(ql, pl);
            fibre(k) = u[places[k]];
            if (k > 0) ql = indices.above(ql, i), pl = indices.below(pl, i);
          }
          turned.noalias() = turn * fibre;
          for (int k = 0; k <= n; ++k) u[places[k]] = turned(k);
        }
      }
  }
}

}  // namespace hypofp
