#include "operators/marginals.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

namespace hypofp {
namespace {

using Table = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Entries = Eigen::Map<Table>;
using ConstEntries = Eigen::Map<const Table>;

/// Lagrange's polynomials through the cell centres next to z, at z: weight[k] belongs to cell first + k.
struct Interpolation {
  int first;
  std::vector<double> weight;
};
Interpolation interpolate(const GaussianAxis& axis, double z) {
  const int points = std::min(8, axis.n);
  const double at = (z - axis.z[0]) / axis.spacing;
  Interpolation result{std::clamp(static_cast<int>(std::floor(at)) - points / 2 + 1, 0, axis.n - points), std::vector<double>(points, 1.0)};
  for (int k = 0; k < points; ++k)
    for (int l = 0; l < points; ++l)
      if (l != k) result.weight[k] *= (at - result.first - l) / (k - l);
  return result;
}

/// The density at theta is the integral of omega0^2 g along the line v + gamma x = -omega0^2 theta. For each v-cell j of a pair, what the
/// phi of its x-cells gives to each theta (rows x, columns theta). One variable is summed over its cells (the
/// trapezoidal rule, of any order where g is smooth); along the other u = g/M is interpolated, which is smoother than g. The one whose
/// cells are wider in theta is interpolated: along the line the other's are the finer. What lies beyond the box is not known, and left out.
std::vector<Table> line_integrals(const PhaseGrid& grid) {
  const Model& m = grid.model;
  const double w2 = m.omega0 * m.omega0, dv = m.sigma_v() * grid.v.spacing, gamma_dx = m.gamma * m.sigma_x() * grid.x.spacing;
  const bool along_v = dv >= gamma_dx;
  const GaussianAxis &along = along_v ? grid.v : grid.x, &across = along_v ? grid.x : grid.v;
  const std::vector<double> theta = MarginalAxes(m, grid.spec).theta;
  std::vector<Table> result(grid.v.n, Table::Zero(grid.x.n, static_cast<int>(theta.size())));
  for (std::size_t k = 0; k < theta.size(); ++k)
    for (int c = 0; c < across.n; ++c) {
      const double z = along_v ? -(w2 * theta[k] + m.gamma * m.sigma_x() * across.z[c]) / m.sigma_v()
                               : -(w2 * theta[k] + m.sigma_v() * across.z[c]) / (m.gamma * m.sigma_x());
      if (std::abs(z) > along.half_width) continue;
      const Interpolation near = interpolate(along, z);
      for (std::size_t l = 0; l < near.weight.size(); ++l) {
        const int a = near.first + static_cast<int>(l);
        const double M_ratio = std::exp(0.5 * (along.z[a] * along.z[a] - z * z));  // M on the line over M at the cell
        (along_v ? result[a](c, k) : result[c](a, k)) = w2 / std::max(dv, gamma_dx) * across.s[c] * along.s[a] * M_ratio * near.weight[l];
      }
    }
  return result;
}

/// after += before with axis i (x_i) of n^d values replaced by theta_i.
void add_line_integral(const Table& integral, int i, int d, const double* before, std::vector<double>& after) {
  const int n = static_cast<int>(integral.rows());
  int inner = 1;
  for (int k = i + 1; k < d; ++k) inner *= n;
  const int outer = static_cast<int>(after.size()) / (n * inner);
  if (inner == 1)
    Entries(after.data(), outer, n).noalias() += ConstEntries(before, outer, n) * integral;
  else
    for (int o = 0; o < outer; ++o)
      Entries(after.data() + o * n * inner, n, inner).noalias() += integral.transpose() * ConstEntries(before + o * n * inner, n, inner);
}

void reduce(MPI_Comm comm, std::vector<double>& values, double scale) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  MPI_Reduce(rank == 0 ? MPI_IN_PLACE : values.data(), values.data(), static_cast<int>(values.size()), MPI_DOUBLE, MPI_SUM, 0, comm);
  if (rank != 0) values.clear();
  for (double& v : values) v *= scale;
}

}  // namespace

MarginalAxes::MarginalAxes(const Model& m, const GridSpec& spec)
    : x(cell_centres(spec.x_cells, spec.half_width * m.sigma_x())),
      v(cell_centres(spec.v_cells, spec.half_width * m.sigma_v())),
      theta(cell_centres(spec.x_cells, spec.half_width * std::hypot(m.sigma_v(), m.gamma * m.sigma_x()) / (m.omega0 * m.omega0))) {}

Marginals marginals(const PhaseGrid& grid, Vec phi) {
  const int d = grid.d(), nx = grid.spec.x_cells, nv = grid.spec.v_cells;
  Marginals m;
  m.planes.assign(d, std::vector<double>(static_cast<std::size_t>(nx) * nv, 0.0));
  m.x_space.assign(static_cast<std::size_t>(grid.positions), 0.0);
  m.theta_space.assign(static_cast<std::size_t>(grid.positions), 0.0);
  const std::vector<Table> integrals = line_integrals(grid);
  // sums[i]: x_1..x_i, theta_{i+1}..theta_d, summed over the v-cells of the components after i; component d is the fastest
  std::vector<std::vector<double>> sums(d, m.theta_space);
  const ReadArray in(phi);
  std::vector<double> mass(grid.positions);
  for (PetscInt a = 0; a < grid.v_cells; ++a) {
    const Index3 jv = grid.v_cell(a);
    for (PetscInt b = 0; b < grid.positions; ++b) {
      mass[b] = in[a * grid.block + b] * grid.velocity_s[a] * grid.position_s[b];
      const Index3 ix = grid.x_cell(b);
      for (int i = 0; i < d; ++i) m.planes[i][ix[i] * nv + jv[i]] += mass[b];
      m.x_space[b] += mass[b];
    }
    add_line_integral(integrals[jv[d - 1]], d - 1, d, in + a * grid.block, sums[d - 1]);
    for (int i = d - 1; i > 0 && jv[i] == grid.first[i] + grid.count[i] - 1; --i) {  // the last v_i: on to v_{i-1}
      add_line_integral(integrals[jv[i - 1]], i - 1, d, sums[i].data(), sums[i - 1]);
      std::fill(sums[i].begin(), sums[i].end(), 0.0);
    }
  }
  const double dx = grid.model.sigma_x() * grid.x.spacing, dv = grid.model.sigma_v() * grid.v.spacing;
  for (auto& plane : m.planes) reduce(grid.comm, plane, 1 / (dx * dv));
  reduce(grid.comm, m.x_space, std::pow(dx, -d));
  m.theta_space = std::move(sums.front());
  reduce(grid.comm, m.theta_space, 1);
  return m;
}

}  // namespace hypofp
