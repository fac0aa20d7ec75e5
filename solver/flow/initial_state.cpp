#include "solver/flow/initial_state.hpp"

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <cmath>
#include <functional>
#include <numbers>

namespace hypofp {
namespace {

/// phi = g (cell volume)/sqrt(W) with g given at (x, v) = point, block after block.
Vector state_of(const PhaseGrid& grid, const std::function<void(PetscInt cell, const Index3& jv, double* g)>& density) {
  Vector result = grid.vector();
  WriteArray phi(result.get());
  for (PetscInt a = 0; a < grid.v_cells; ++a) {
    double* block = phi + a * grid.block;
    density(a, grid.v_cell(a), block);
    for (PetscInt b = 0; b < grid.positions; ++b) block[b] *= grid.cell_volume / (grid.velocity_s[a] * grid.position_s[b]);
  }
  return result;
}

}  // namespace

std::vector<double> density_of(const PhaseGrid& grid, Vec state) {
  const int d = grid.d();
  const auto n = static_cast<std::size_t>(grid.cells());
  std::vector<double> g(n, 0.0);
  const ReadArray phi(state);
  const auto velocities = static_cast<std::size_t>(grid.v_cells_total);
  for (PetscInt a = 0; a < grid.v_cells; ++a) {
    const Index3 jv = grid.v_cell(a);
    std::size_t cell = 0;
    for (int i = 0; i < d; ++i) cell = cell * grid.v.n + jv[i];
    for (PetscInt b = 0; b < grid.positions; ++b)
      g[b * velocities + cell] = phi[a * grid.block + b] * grid.velocity_s[a] * grid.position_s[b] / grid.cell_volume;
  }
  int rank = 0;
  MPI_Comm_rank(grid.comm, &rank);
  MPI_Reduce(rank == 0 ? MPI_IN_PLACE : g.data(), g.data(), static_cast<int>(n), MPI_DOUBLE, MPI_SUM, 0, grid.comm);
  if (rank != 0) g.clear();
  return g;
}

Vector gaussian_state(const PhaseGrid& grid, const std::vector<GaussianPart>& parts) {
  const int d = grid.d();
  const double sx = grid.model.sigma_x(), sv = grid.model.sigma_v();
  double total = 0;
  for (const auto& part : parts) total += part.weight;
  struct Prepared {
    Eigen::MatrixXd precision;
    double front;
    std::vector<double> position;  // the exponent's part in x alone, over the block
  };
  std::vector<Prepared> prepared;
  const auto x_at = [&](PetscInt b, int i) { return sx * grid.x.z[grid.x_cell(b)[i]]; };
  for (const auto& part : parts) {
    Prepared p{part.covariance.inverse(), 0, std::vector<double>(grid.positions)};
    p.front = part.weight / total / std::sqrt(part.covariance.determinant() * std::pow(2 * std::numbers::pi, 2 * d));
    for (PetscInt b = 0; b < grid.positions; ++b)
      for (int i = 0; i < d; ++i)
        for (int j = 0; j < d; ++j) p.position[b] -= 0.5 * p.precision(i, j) * (x_at(b, i) - part.mean(i)) * (x_at(b, j) - part.mean(j));
    prepared.push_back(std::move(p));
  }
  return state_of(grid, [&](PetscInt, const Index3& jv, double* g) {
    for (std::size_t k = 0; k < parts.size(); ++k) {
      const auto& part = parts[k];
      Eigen::VectorXd v(d);
      for (int i = 0; i < d; ++i) v(i) = sv * grid.v.z[jv[i]] - part.mean(d + i);
      const double own = -0.5 * v.dot(prepared[k].precision.bottomRightCorner(d, d) * v);
      const Eigen::VectorXd slope = -prepared[k].precision.topRightCorner(d, d) * v;
      for (PetscInt b = 0; b < grid.positions; ++b) {
        double exponent = own + prepared[k].position[b];
        for (int i = 0; i < d; ++i) exponent += slope(i) * (x_at(b, i) - part.mean(i));
        g[b] += prepared[k].front * std::exp(exponent);
      }
    }
  });
}

Vector deviation_state(const PhaseGrid& grid, const Expression& h0) {
  const int d = grid.d();
  const double sx = grid.model.sigma_x(), sv = grid.model.sigma_v();
  std::vector<double> points(grid.positions * 2 * d), value(grid.positions);
  bool finite = true;
  Vector phi = state_of(grid, [&](PetscInt a, const Index3& jv, double* g) {
    for (PetscInt b = 0; b < grid.positions; ++b) {
      const Index3 ix = grid.x_cell(b);
      for (int i = 0; i < d; ++i) points[b * 2 * d + i] = sx * grid.x.z[ix[i]], points[b * 2 * d + d + i] = sv * grid.v.z[jv[i]];
    }
    h0.evaluate(points.data(), grid.positions, value.data());
    for (PetscInt b = 0; b < grid.positions; ++b) {
      const double s = grid.velocity_s[a] * grid.position_s[b];
      g[b] = (1 + value[b]) * s * s / grid.cell_volume;
      finite = finite && std::isfinite(value[b]);
    }
  });
  int bad = !finite;
  MPI_Allreduce(MPI_IN_PLACE, &bad, 1, MPI_INT, MPI_MAX, grid.comm);
  if (bad) throw UserError("h0 is not finite at a cell centre");
  return phi;
}

Vector box_state(const PhaseGrid& grid, const Eigen::VectorXd& lower, const Eigen::VectorXd& upper) {
  const int d = grid.d();
  double volume = 1;
  for (int i = 0; i < 2 * d; ++i) volume *= upper(i) - lower(i);
  const auto share = [&](int axis, double center, double width) {  // of the cell's interval inside [lower, upper]
    const double lo = std::max(lower(axis), center - 0.5 * width), hi = std::min(upper(axis), center + 0.5 * width);
    return std::max(0.0, hi - lo) / width;
  };
  const double sx = grid.model.sigma_x(), sv = grid.model.sigma_v();
  return state_of(grid, [&](PetscInt, const Index3& jv, double* g) {
    double v_share = 1 / volume;
    for (int i = 0; i < d; ++i) v_share *= share(d + i, sv * grid.v.z[jv[i]], sv * grid.v.spacing);
    for (PetscInt b = 0; b < grid.positions; ++b) {
      g[b] = v_share;
      for (int i = 0; i < d; ++i) g[b] *= share(i, sx * grid.x.z[grid.x_cell(b)[i]], sx * grid.x.spacing);
    }
  });
}

Vector tabulated_state(const PhaseGrid& grid, const std::vector<double>& g0) {
  return state_of(grid, [&](PetscInt a, const Index3&, double* g) {
    std::copy(g0.begin() + a * grid.positions, g0.begin() + (a + 1) * grid.positions, g);
  });
}

double gaussian_share_outside(const Model& m, double half_width, const std::vector<GaussianPart>& parts) {
  const int d = m.dimension;
  Eigen::VectorXd sigma(2 * d);
  for (int i = 0; i < d; ++i) sigma(i) = m.sigma_x(), sigma(d + i) = m.sigma_v();
  double worst = 0;
  for (const auto& part : parts) {
    const Eigen::MatrixXd inverse = part.covariance.inverse();
    Eigen::MatrixXd precision = 2 * inverse;
    for (int i = 0; i < 2 * d; ++i) precision(i, i) -= 1 / (sigma(i) * sigma(i));
    const Eigen::MatrixXd spread = precision.inverse();
    const Eigen::VectorXd center = spread * (2 * inverse * part.mean);
    double outside = 0;
    for (int i = 0; i < 2 * d; ++i) {
      const double s = std::sqrt(2 * spread(i, i)), l = half_width * sigma(i);
      outside += 0.5 * (std::erfc((l - center(i)) / s) + std::erfc((l + center(i)) / s));
    }
    worst = std::max(worst, outside);
  }
  return worst;
}

}  // namespace hypofp
