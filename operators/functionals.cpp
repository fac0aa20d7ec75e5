#include "operators/functionals.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "operators/gradient.hpp"
#include "operators/theta_moments.hpp"

namespace hypofp {
namespace {

void sum_over_ranks(MPI_Comm comm, double* values, int n) { MPI_Allreduce(MPI_IN_PLACE, values, n, MPI_DOUBLE, MPI_SUM, comm); }

bool at_edge(const Index3& cell, int d, int n) {
  return std::any_of(cell.begin(), cell.begin() + d, [n](int c) { return c == 0 || c == n - 1; });
}

void add_gradients(const Generator& g, const double* h, const double* ghosts, double* sums) {
  with_gradient(g, Sense::forward, [&](auto gradient) {
    for (PetscInt a = 0; a < g.grid().v_cells; ++a) gradient.add(a, h, ghosts, sums);
  });
}

}  // namespace

double lyapunov(const Observation& o, double C, double C_hat) { return o.grad_x + C * o.grad_v + 2 * C_hat * o.cross; }

double product(const PhaseGrid& grid, const std::vector<double>& velocity, const std::vector<double>& position, Vec phi) {
  const ReadArray in(phi);
  double sum = 0;
  for (PetscInt a = 0; a < grid.v_cells; ++a) {
    double block = 0;
    const double *s = position.data(), *u = in + a * grid.block;
#pragma omp simd reduction(+ : block)
    for (PetscInt b = 0; b < grid.block; ++b) block += s[b] * u[b];
    sum += velocity[a] * block;
  }
  sum_over_ranks(grid.comm, &sum, 1);
  return sum;
}

double Generator::mass(Vec phi) const { return product(grid_, grid_.velocity_s, grid_.position_s, phi); }

void Generator::add_maxwellian(double amount, Vec phi) const {
  WriteArray out(phi);
  for (PetscInt a = 0; a < grid_.v_cells; ++a) {
    const double weight = amount * grid_.velocity_s[a];
    for (PetscInt b = 0; b < grid_.block; ++b) out[a * grid_.block + b] += weight * grid_.position_s[b];
  }
}

Observation Generator::observe(const SteadyState& steady, double mass_of_g, Vec phi_h) const {
  static const PetscLogEvent event = Logged::event("Functionals");
  const Logged logged(event);
  const PhaseGrid& grid = grid_;
  halo_.update(phi_h);
  const ReadArray h(phi_h), ghosts(halo_.ghosts());
  const double* F = nullptr;
  if (!steady.is_maxwellian()) petsc(VecGetArrayRead(steady.phi.get(), &F));
  double sums[6] = {};  // gradients, norm, edge, mass of h
  double g_min = 1e300;
  std::vector<double> outer(grid.positions), masses(grid.positions);
  ThetaMoments theta(grid);
  for (PetscInt b = 0; b < grid.positions; ++b) outer[b] = at_edge(grid.x_cell(b), grid.d(), grid.x.n);
  for (PetscInt a = 0; a < grid.v_cells; ++a) {
    const double* hb = h + a * grid.block;
    const bool v_outer = at_edge(grid.v_cell(a), grid.d(), grid.v.n);
    double norm = 0, edge = 0, total = 0, lowest = 1e300;
    const double *s = grid.position_s.data(), *Fb = F ? F + a * grid.block : s, scale = F ? mass_of_g : mass_of_g * grid.velocity_s[a];
#pragma omp simd reduction(+ : norm, edge, total) reduction(min : lowest)
    for (PetscInt b = 0; b < grid.positions; ++b) {
      const double square = hb[b] * hb[b], g = (scale * Fb[b] + hb[b]) * s[b];
      masses[b] = g;
      norm += square;
      edge += outer[b] * square;
      total += s[b] * hb[b];
      lowest = g < lowest ? g : lowest;
    }
    theta.add(a, masses.data());
    sums[3] += norm;
    sums[4] += v_outer ? norm : edge;
    sums[5] += total * grid.velocity_s[a];
    g_min = std::min(g_min, lowest * grid.velocity_s[a] / grid.cell_volume);
  }
  add_gradients(*this, h, ghosts, sums);
  if (F) petsc(VecRestoreArrayRead(steady.phi.get(), &F));
  sum_over_ranks(grid.comm, sums, 6);
  MPI_Allreduce(MPI_IN_PLACE, &g_min, 1, MPI_DOUBLE, MPI_MIN, grid.comm);
  Observation o{.mass = mass_of_g + sums[5],
                .h_norm = std::sqrt(sums[3]),
                .grad_x = sums[0],
                .grad_v = sums[1],
                .cross = sums[2],
                .g_min = g_min,
                .edge = sums[3] > 0 ? sums[4] / sums[3] : 0.0};
  theta.fill(o);
  return o;
}

void Generator::gradient(int axis, Sense sense, Vec phi, Vec y) const {
  halo_.update(phi);
  const ReadArray in(phi), ghosts(halo_.ghosts());
  const WriteArray out(y);
  with_gradient(*this, sense, [&](auto gradient) {
    for (PetscInt a = 0; a < grid_.v_cells; ++a) std::copy_n(gradient.along(axis, a, in, ghosts), grid_.positions, out + a * grid_.block);
  });
}

double Generator::edge_share(Vec phi) const {
  const PhaseGrid& grid = grid_;
  const ReadArray in(phi);
  double sums[2] = {};
  for (PetscInt a = 0; a < grid.v_cells; ++a) {
    const bool v_outer = at_edge(grid.v_cell(a), grid.d(), grid.v.n);
    for (PetscInt b = 0; b < grid.block; ++b) {
      const double square = in[a * grid.block + b] * in[a * grid.block + b];
      sums[0] += square;
      if (v_outer || at_edge(grid.x_cell(b), grid.d(), grid.x.n)) sums[1] += square;
    }
  }
  sum_over_ranks(grid.comm, sums, 2);
  return sums[0] > 0 ? sums[1] / sums[0] : 0.0;
}

Moments Generator::moments(Vec phi) const {
  const PhaseGrid& grid = grid_;
  const int d = grid.d(), n = 2 * d, terms = 1 + n + n * n;
  const double sx = grid.model.sigma_x(), sv = grid.model.sigma_v();
  const ReadArray in(phi);
  std::vector<double> sums(terms, 0.0), block(terms), at(n);
  for (PetscInt a = 0; a < grid.v_cells; ++a) {
    const Index3 jv = grid.v_cell(a);
    for (int i = 0; i < d; ++i) at[d + i] = sv * grid.v.z[jv[i]];
    std::fill(block.begin(), block.end(), 0.0);
    for (PetscInt b = 0; b < grid.block; ++b) {
      const Index3 ix = grid.x_cell(b);
      for (int i = 0; i < d; ++i) at[i] = sx * grid.x.z[ix[i]];
      const double w = in[a * grid.block + b] * grid.position_s[b];
      block[0] += w;
      for (int i = 0; i < n; ++i) {
        block[1 + i] += w * at[i];
        for (int j = 0; j <= i; ++j) block[1 + n + i * n + j] += w * at[i] * at[j];
      }
    }
    for (int t = 0; t < terms; ++t) sums[t] += block[t] * grid.velocity_s[a];
  }
  sum_over_ranks(grid.comm, sums.data(), terms);
  Moments m{sums[0], Eigen::VectorXd(n), Eigen::MatrixXd(n, n)};
  for (int i = 0; i < n; ++i) m.mean(i) = sums[1 + i] / sums[0];
  for (int i = 0; i < n; ++i)
    for (int j = 0; j <= i; ++j) m.covariance(i, j) = m.covariance(j, i) = sums[1 + n + i * n + j] / sums[0] - m.mean(i) * m.mean(j);
  return m;
}

std::vector<double> gradient_squares_by_K(const Generator& generator, Vec phi) {
  const PhaseGrid& grid = generator.grid();
  const int d = grid.d(), r = grid.x.r, nx = grid.x.n, nv = grid.v.n;
  generator.halo().update(phi);
  const ReadArray in(phi), ghosts(generator.halo().ghosts());
  std::vector<double> squares(2 * d, 0.0);
  PetscInt stride = grid.positions;
  for (int i = 0; i < d; ++i) {
    stride /= nx;
    for (PetscInt a = 0; a < grid.v_cells; ++a) {
      const double* here = in + a * grid.block;
      const int jv = grid.v_cell(a)[i];
      for (int k = -r; k <= r; ++k) {
        double along_x = 0, along_v = 0;
        for (PetscInt b = 0; b < grid.positions; ++b) {
          const int ix = grid.x_cell(b)[i];
          if (ix + k >= 0 && ix + k < nx) along_x += here[b] * grid.x.K(ix, k) * here[b + k * stride];
        }
        squares[i] -= along_x;
        if (jv + k < 0 || jv + k >= nv) continue;
        const int at = generator.halo().neighbour(a, i, k);
        const double* there = at >= 0 ? in + at * grid.block : ghosts + ~at * grid.block;
        for (PetscInt b = 0; b < grid.positions; ++b) along_v += here[b] * there[b];
        squares[d + i] -= grid.v.K(jv, k) * along_v;
      }
    }
  }
  sum_over_ranks(grid.comm, squares.data(), 2 * d);
  for (int axis = 0; axis < 2 * d; ++axis) squares[axis] /= grid.model.sigma(axis) * grid.model.sigma(axis);
  return squares;
}

Doubt Generator::doubt(Vec phi, const Observation& o, double C, double C_hat) const {
  const std::vector<double> squares = gradient_squares_by_K(*this, phi);
  const auto middle = squares.begin() + grid_.d();
  const double x = std::accumulate(squares.begin(), middle, 0.0), v = std::accumulate(middle, squares.end(), 0.0);
  const double dx = std::abs(x - o.grad_x), dv = std::abs(v - o.grad_v), H = lyapunov(o, C, C_hat);
  // of ‖grad u‖_*, whose square is known to d: for the product of both
  const auto root = [](double square, double d) { return std::min(std::sqrt(d), 0.5 * d / std::sqrt(square)); };
  const double cross = root(o.grad_x, dx) * std::sqrt(o.grad_v) + root(o.grad_v, dv) * std::sqrt(o.grad_x);
  return {0, o.grad_x + o.grad_v > 0 ? (dx + dv) / (o.grad_x + o.grad_v) : 0.0,
          H > 0 ? (dx + C * dv + 2 * std::abs(C_hat) * cross) / H : 0.0};
}

}  // namespace hypofp
