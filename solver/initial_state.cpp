#include "solver/initial_state.hpp"

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <cmath>
#include <functional>
#include <numbers>

namespace hypofp {
namespace {

/// phi = g (cell volume)/sqrt(W) with g given at (x, v) = point, block after block.
Vector state_of(const PhaseGrid& grid, const std::function<void(PetscInt cell, const Index3& ix, double* g)>& density) {
  Vector result = grid.vector();
  WriteArray phi(result.get());
  for (PetscInt a = 0; a < grid.x_cells; ++a) {
    double* block = phi + a * grid.block;
    density(a, grid.x_cell(a), block);
    for (PetscInt b = 0; b < grid.velocities; ++b) block[b] *= grid.cell_volume / (grid.position_s[a] * grid.velocity_s[b]);
  }
  return result;
}

}  // namespace

Vector gaussian_state(const PhaseGrid& grid, const std::vector<GaussianPart>& parts) {
  const int d = grid.d();
  const double sx = grid.model.sigma_x(), sv = grid.model.sigma_v();
  double total = 0;
  for (const auto& part : parts) total += part.weight;
  struct Prepared {
    Eigen::MatrixXd precision;
    double front;
    std::vector<double> velocity;  // the exponent's part in v alone, over the block
  };
  std::vector<Prepared> prepared;
  const auto v_at = [&](PetscInt b, int i) { return sv * grid.v.z[grid.v_cell(b)[i]]; };
  for (const auto& part : parts) {
    Prepared p{part.covariance.inverse(), 0, std::vector<double>(grid.velocities)};
    p.front = part.weight / total / std::sqrt(part.covariance.determinant() * std::pow(2 * std::numbers::pi, 2 * d));
    for (PetscInt b = 0; b < grid.velocities; ++b)
      for (int i = 0; i < d; ++i)
        for (int j = 0; j < d; ++j)
          p.velocity[b] -= 0.5 * p.precision(d + i, d + j) * (v_at(b, i) - part.mean(d + i)) * (v_at(b, j) - part.mean(d + j));
    prepared.push_back(std::move(p));
  }
  return state_of(grid, [&](PetscInt, const Index3& ix, double* g) {
    for (std::size_t k = 0; k < parts.size(); ++k) {
      const auto& part = parts[k];
      Eigen::VectorXd x(d);
      for (int i = 0; i < d; ++i) x(i) = sx * grid.x.z[ix[i]] - part.mean(i);
      const double own = -0.5 * x.dot(prepared[k].precision.topLeftCorner(d, d) * x);
      const Eigen::VectorXd slope = -prepared[k].precision.bottomLeftCorner(d, d) * x;
      for (PetscInt b = 0; b < grid.velocities; ++b) {
        double exponent = own + prepared[k].velocity[b];
        const Index3 jv = grid.v_cell(b);
        for (int i = 0; i < d; ++i) exponent += slope(i) * (sv * grid.v.z[jv[i]] - part.mean(d + i));
        g[b] += prepared[k].front * std::exp(exponent);
      }
    }
  });
}

Vector deviation_state(const PhaseGrid& grid, const Expression& h0) {
  const int d = grid.d();
  const double sx = grid.model.sigma_x(), sv = grid.model.sigma_v();
  std::vector<double> points(grid.velocities * 2 * d), value(grid.velocities);
  bool finite = true;
  Vector phi = state_of(grid, [&](PetscInt a, const Index3& ix, double* g) {
    for (PetscInt b = 0; b < grid.velocities; ++b) {
      const Index3 jv = grid.v_cell(b);
      for (int i = 0; i < d; ++i) points[b * 2 * d + i] = sx * grid.x.z[ix[i]], points[b * 2 * d + d + i] = sv * grid.v.z[jv[i]];
    }
    h0.evaluate(points.data(), grid.velocities, value.data());
    for (PetscInt b = 0; b < grid.velocities; ++b) {
      const double s = grid.position_s[a] * grid.velocity_s[b];
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
  return state_of(grid, [&](PetscInt, const Index3& ix, double* g) {
    double x_share = 1 / volume;
    for (int i = 0; i < d; ++i) x_share *= share(i, sx * grid.x.z[ix[i]], sx * grid.x.spacing);
    for (PetscInt b = 0; b < grid.velocities; ++b) {
      g[b] = x_share;
      for (int i = 0; i < d; ++i) g[b] *= share(d + i, sv * grid.v.z[grid.v_cell(b)[i]], sv * grid.v.spacing);
    }
  });
}

Vector tabulated_state(const PhaseGrid& grid, const std::vector<double>& g0) {
  return state_of(grid, [&](PetscInt a, const Index3&, double* g) {
    std::copy(g0.begin() + a * grid.velocities, g0.begin() + (a + 1) * grid.velocities, g);
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

DeviationCheck check_deviation(const Model& m, double half_width, const Expression& h0) {
  const int axes = 2 * m.dimension, per_axis = m.dimension == 1 ? 64 : m.dimension == 2 ? 16 : 8;
  std::size_t n = 1;
  for (int i = 0; i < axes; ++i) n *= per_axis;
  std::vector<double> points(n * axes), value(n), weight(n, 1.0);
  std::vector<char> outer(n, 0);
  for (std::size_t p = 0; p < n; ++p) {
    std::size_t rest = p;
    for (int i = 0; i < axes; ++i, rest /= per_axis) {
      const int at = static_cast<int>(rest % per_axis);
      const double z = half_width * ((2.0 * at + 1) / per_axis - 1);
      points[p * axes + i] = z * (i < m.dimension ? m.sigma_x() : m.sigma_v());
      weight[p] *= std::exp(-0.5 * z * z);
      outer[p] |= at == 0 || at == per_axis - 1;
    }
  }
  h0.evaluate(points.data(), n, value.data());
  double all = 0, edge = 0;
  for (std::size_t p = 0; p < n; ++p) {
    if (!std::isfinite(value[p])) return {0, false};
    all += value[p] * value[p] * weight[p];
    if (outer[p]) edge += value[p] * value[p] * weight[p];
  }
  return {all > 0 ? edge / all : 0.0, true};
}

}  // namespace hypofp
