#include "operators/hermite/evaluation.hpp"

#include <cmath>
#include <numbers>

namespace hypofp {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// psi_k times the Gaussian's density at points of an axis of this standard deviation: [point][k].
RowMajor density_table(const std::vector<double>& points, double sigma, int degree) {
  std::vector<double> z(points);
  for (double& e : z) e /= sigma;
  RowMajor table = hermite_functions(z, degree).transpose();
  for (std::size_t j = 0; j < z.size(); ++j) table.row(j) *= std::exp(-0.5 * z[j] * z[j]) / (sigma * std::sqrt(2 * std::numbers::pi));
  return table;
}

/// sum_k u_k prod_i table(point_i, k_i) over the simplex, at every point of the lattice: axis after axis, the last first.
std::vector<double> on_lattice(const Simplex& indices, int d, int degree, const RowMajor& table, const double* u) {
  const int n = static_cast<int>(table.rows()), N = degree + 1;
  std::size_t size = 1;
  for (int i = 0; i < d; ++i) size *= N;
  std::vector<double> values(size, 0.0);
  for (int r = 0; r < indices.size(); ++r) {
    std::size_t at = 0;
    for (int i = 0; i < d; ++i) at = at * N + indices[r][i];
    values[at] = u[r];
  }
  for (int i = d - 1; i >= 0; --i) {  // axis i moves to the front, where it ends in its place after all have moved
    const Eigen::Index rest = static_cast<Eigen::Index>(values.size()) / N;
    const RowMajor moved = table * Eigen::Map<const RowMajor>(values.data(), rest, N).transpose();
    values.assign(moved.data(), moved.data() + n * rest);
  }
  return values;
}

}  // namespace

Marginals marginals(const HermiteSpace& space, const double* u, const MarginalAxes& axes) {
  const int d = space.d(), N = space.degree;
  const Model& m = space.model;
  const Simplex& k = space.indices;
  std::vector<double> turned(u, u + space.size());
  space.rotate(turned.data(), true);
  const RowMajor in_x = density_table(axes.x, m.sigma_x(), N), in_v = density_table(axes.v, m.sigma_v(), N);
  Marginals result;
  for (int i = 0; i < d; ++i) {  // what is of degree 0 in the other pairs
    RowMajor pair = RowMajor::Zero(N + 1, N + 1);
    for (int l = 0; l <= N; ++l)
      for (int j = 0; j + l <= N; ++j) {
        Simplex::Index of_x{}, of_v{};
        of_x[i] = j, of_v[i] = l;
        pair(j, l) = turned[space.at(k.rank(of_v), k.rank(of_x))];
      }
    const RowMajor plane = in_x * pair * in_v.transpose();
    result.planes.emplace_back(plane.data(), plane.data() + plane.size());
  }
  result.x_space = on_lattice(k, d, N, in_x, turned.data());  // degree 0 in v, and in eta: the first level
  std::vector<double> mirrored(axes.theta);                   // zeta = -theta/theta_scale
  for (double& point : mirrored) point = -point;
  result.theta_space = on_lattice(k, d, N, density_table(mirrored, space.theta_scale, N), u);
  return result;
}

Vector on_grid(const HermiteSpace& space, const double* u, const PhaseGrid& grid) {
  const int d = space.d(), N = space.degree;
  const Simplex& k = space.indices;
  std::vector<double> turned(u, u + space.size());
  space.rotate(turned.data(), true);
  const RowMajor in_x = hermite_functions(grid.x.z, N).transpose();
  const Eigen::MatrixXd in_v = hermite_functions(grid.v.z, N);
  Vector result = grid.vector();
  WriteArray phi(result.get());
  Eigen::VectorXd along_x(k.size());
  for (PetscInt a = 0; a < grid.v_cells; ++a) {
    const Index3 jv = grid.v_cell(a);
    along_x.setZero();
    for (int l = 0; l < k.size(); ++l) {
      double psi = 1;
      for (int i = 0; i < d; ++i) psi *= in_v(k[l][i], jv[i]);
      const int width = space.width(k.degree(l));
      along_x.head(width) += psi * Eigen::Map<const Eigen::VectorXd>(&turned[space.at(l, 0)], width);
    }
    const std::vector<double> values = on_lattice(k, d, N, in_x, along_x.data());
    for (PetscInt b = 0; b < grid.positions; ++b) phi[a * grid.block + b] = values[b] * grid.velocity_s[a] * grid.position_s[b];
  }
  return result;
}

Lattice::Lattice(const HermiteSpace& space) {
  const Simplex& indices = space.indices;
  const int d = space.d();
  const int points = d == 1 ? 25 : d == 2 ? 9 : 5;
  std::vector<double> z(points);
  for (int j = 0; j < points; ++j) z[j] = 3.6 * (2.0 * j / (points - 1) - 1);
  Eigen::MatrixXd psi = hermite_functions(z, space.degree);
  for (int j = 0; j < points; ++j) psi.col(j) *= std::exp(-0.5 * z[j] * z[j]) / std::sqrt(2 * std::numbers::pi);
  int size = 1;
  for (int i = 0; i < d; ++i) size *= points;
  table_ = Eigen::MatrixXd::Ones(size, indices.size());
  for (int row = 0; row < size; ++row)
    for (int p = 0; p < indices.size(); ++p)
      for (int i = 0, rest = row; i < d; ++i, rest /= points) table_(row, p) *= psi(indices[p][i], rest % points);
}

double Lattice::smallest(const HermiteSpace& space, const double* u) const {
  const Simplex& q = space.indices;
  Eigen::MatrixXd along_p(table_.rows(), q.size());
  for (int k = 0; k < q.size(); ++k) {
    const int width = space.width(q.degree(k));
    along_p.col(k).noalias() = table_.leftCols(width) * Eigen::Map<const Eigen::VectorXd>(u + space.at(k, 0), width);
  }
  return (along_p * table_.transpose()).minCoeff() / std::pow(space.model.sigma_x() * space.model.sigma_v(), space.d());
}

}  // namespace hypofp
