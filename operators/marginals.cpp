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

/// For one x-cell of one pair: to which theta cells the mass of (x, v_j) goes.
struct Deposit {
  int first;
  std::vector<double> share;
};
std::vector<Deposit> deposits(const PhaseGrid& grid, int ix) {
  const Model& m = grid.model;
  const int n = grid.spec.x_cells;
  const double w2 = m.omega0 * m.omega0, reach = theta_reach(grid), width = 2 * reach / n;
  const double a = m.gamma * m.sigma_x() * grid.x.spacing / w2, b = m.sigma_v() * grid.v.spacing / w2;
  std::vector<Deposit> result;
  for (double z : grid.v.z) {
    const double center = theta_of(m, m.sigma_x() * grid.x.z[ix], m.sigma_v() * z), half = 0.5 * (a + b);
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

/// Replaces the v-axes of a block of masses by theta-axes, last axis first: [nv]^d -> [n]^d.
std::vector<double> to_theta(const PhaseGrid& grid, std::vector<double> block, const Index3& ix,
                             const std::vector<std::vector<Deposit>>& table) {
  const int d = grid.d(), nv = grid.spec.v_cells, n = grid.spec.x_cells;
  std::size_t outer = grid.velocities, inner = 1;
  for (int i = d - 1; i >= 0; --i) {
    outer /= nv;
    std::vector<double> next(outer * n * inner, 0.0);
    for (std::size_t o = 0; o < outer; ++o)
      for (int j = 0; j < nv; ++j) {
        const Deposit& to = table[ix[i]][j];
        for (std::size_t c = 0; c < to.share.size(); ++c)
          for (std::size_t k = 0; k < inner; ++k)
            next[(o * n + to.first + c) * inner + k] += to.share[c] * block[(o * nv + j) * inner + k];
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
  m.x_space.assign(grid.x_cells_total, 0.0);
  m.theta_space.assign(grid.x_cells_total, 0.0);
  std::vector<std::vector<Deposit>> table;
  for (int i = 0; i < nx; ++i) table.push_back(deposits(grid, i));
  const ReadArray in(phi);
  std::vector<double> mass(grid.velocities);
  for (PetscInt a = 0; a < grid.x_cells; ++a) {
    const Index3 ix = grid.x_cell(a);
    std::size_t place = 0;
    for (int i = 0; i < d; ++i) place = place * nx + ix[i];
    for (PetscInt b = 0; b < grid.velocities; ++b) {
      mass[b] = in[a * grid.block + b] * grid.position_s[a] * grid.velocity_s[b];
      const Index3 jv = grid.v_cell(b);
      for (int i = 0; i < d; ++i) m.planes[i][ix[i] * nv + jv[i]] += mass[b];
      m.x_space[place] += mass[b];
    }
    const std::vector<double> theta = to_theta(grid, mass, ix, table);
    for (std::size_t c = 0; c < theta.size(); ++c) m.theta_space[c] += theta[c];
  }
  const double dx = grid.model.sigma_x() * grid.x.spacing, dv = grid.model.sigma_v() * grid.v.spacing;
  for (auto& plane : m.planes) reduce(grid.comm, plane, 1 / (dx * dv));
  reduce(grid.comm, m.x_space, std::pow(dx, -d));
  reduce(grid.comm, m.theta_space, std::pow(2 * theta_reach(grid) / nx, -d));
  return m;
}

}  // namespace hypofp
