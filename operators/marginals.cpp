#include "operators/marginals.hpp"

#include <algorithm>
#include <cmath>

namespace hypofp {
namespace {

double theta_reach(const PhaseGrid& grid) {
  const Model& m = grid.model;
  return grid.spec.half_width * std::hypot(m.sigma_v(), m.gamma * m.sigma_x()) / (m.omega0 * m.omega0);
}

/// Distribution function of the sum of two centred uniform variables of widths a >= b.
double trapezoid_cdf(double t, double a, double b) {
  if (a < b) std::swap(a, b);
  const double outer = 0.5 * (a + b), inner = 0.5 * (a - b);
  if (t <= -outer) return 0;
  if (t >= outer) return 1;
  if (t < -inner) return (t + outer) * (t + outer) / (2 * a * b);
  if (t > inner) return 1 - (outer - t) * (outer - t) / (2 * a * b);
  return 0.5 + t / a;
}

/// For one v-cell of one pair: to which theta cells the mass of (x_i, v) goes.
struct Deposit {
  int first;
  std::vector<double> share;
};
std::vector<Deposit> deposits(const PhaseGrid& grid, int jv) {
  const Model& m = grid.model;
  const int n = grid.spec.x_cells;
  const double w2 = m.omega0 * m.omega0, reach = theta_reach(grid), width = 2 * reach / n;
  const double a = m.gamma * m.sigma_x() * grid.x.spacing / w2, b = m.sigma_v() * grid.v.spacing / w2;
  std::vector<Deposit> result;
  for (double z : grid.x.z) {
    const double center = theta_of(m, m.sigma_x() * z, m.sigma_v() * grid.v.z[jv]), half = 0.5 * (a + b);
    const auto cell = [&](double t) { return std::clamp(static_cast<int>(std::floor((t + reach) / width)), 0, n - 1); };
    Deposit d{cell(center - half), {}};
    const int end = cell(center + half);
    double before = 0;
    for (int c = d.first; c <= end; ++c) {  // what lies beyond the axis goes to its end cells
      const double now = c == end ? 1 : trapezoid_cdf(-reach + (c + 1) * width - center, a, b);
      d.share.push_back(now - before);
      before = now;
    }
    result.push_back(std::move(d));
  }
  return result;
}

/// Replaces the x-axes of a block of masses by theta-axes, last axis first: [n]^d -> [n]^d.
std::vector<double> to_theta(const PhaseGrid& grid, std::vector<double> block, const Index3& jv,
                             const std::vector<std::vector<Deposit>>& table) {
  const int d = grid.d(), n = grid.spec.x_cells;
  std::size_t outer = grid.positions, inner = 1;
  for (int i = d - 1; i >= 0; --i) {
    outer /= n;
    std::vector<double> next(outer * n * inner, 0.0);
    for (std::size_t o = 0; o < outer; ++o)
      for (int x = 0; x < n; ++x) {
        const Deposit& to = table[jv[i]][x];
        for (std::size_t c = 0; c < to.share.size(); ++c)
          for (std::size_t k = 0; k < inner; ++k)
            next[(o * n + to.first + c) * inner + k] += to.share[c] * block[(o * n + x) * inner + k];
      }
    block = std::move(next);
    inner *= n;
  }
  return block;
}

void reduce(MPI_Comm comm, std::vector<double>& values, double scale) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  MPI_Reduce(rank == 0 ? MPI_IN_PLACE : values.data(), values.data(), static_cast<int>(values.size()), MPI_DOUBLE, MPI_SUM, 0, comm);
  if (rank != 0) values.clear();
  for (double& v : values) v *= scale;
}

}  // namespace

std::vector<double> theta_axis(const PhaseGrid& grid) {
  const int n = grid.spec.x_cells;
  std::vector<double> theta(n);
  for (int i = 0; i < n; ++i) theta[i] = theta_reach(grid) * ((2.0 * i + 1) / n - 1);
  return theta;
}

Marginals marginals(const PhaseGrid& grid, Vec phi) {
  const int d = grid.d(), nx = grid.spec.x_cells, nv = grid.spec.v_cells;
  Marginals m;
  m.planes.assign(d, std::vector<double>(static_cast<std::size_t>(nx) * nv, 0.0));
  m.x_space.assign(static_cast<std::size_t>(grid.positions), 0.0);
  m.theta_space.assign(static_cast<std::size_t>(grid.positions), 0.0);
  std::vector<std::vector<Deposit>> table;
  for (int j = 0; j < nv; ++j) table.push_back(deposits(grid, j));
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
    const std::vector<double> theta = to_theta(grid, mass, jv, table);
    for (std::size_t c = 0; c < theta.size(); ++c) m.theta_space[c] += theta[c];
  }
  const double dx = grid.model.sigma_x() * grid.x.spacing, dv = grid.model.sigma_v() * grid.v.spacing;
  for (auto& plane : m.planes) reduce(grid.comm, plane, 1 / (dx * dv));
  reduce(grid.comm, m.x_space, std::pow(dx, -d));
  reduce(grid.comm, m.theta_space, std::pow(2 * theta_reach(grid) / nx, -d));
  return m;
}

}  // namespace hypofp
