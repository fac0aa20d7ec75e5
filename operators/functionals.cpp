#include "operators/functionals.hpp"

#include <algorithm>
#include <cmath>

namespace hypofp {
namespace {

void sum_over_ranks(MPI_Comm comm, double* values, int n) {
  MPI_Allreduce(MPI_IN_PLACE, values, n, MPI_DOUBLE, MPI_SUM, comm);
}

bool at_edge(const Index3& cell, int d, int n) {
  return std::any_of(cell.begin(), cell.begin() + d, [n](int c) { return c == 0 || c == n - 1; });
}

/// Gamma phi along every axis over one x-cell's velocity block; buffers are kept between cells.
class Gradient {
 public:
  explicit Gradient(const Generator& g)
      : grid_(g.grid()), halo_(g.halo()), st_(g.stencil()), gx_(grid_.block), gv_(grid_.block) {}

  /// Adds |Gamma_x phi|^2, |Gamma_v phi|^2 and their product over x-cell `cell` to sums[0..2].
  void add(PetscInt cell, const double* phi, const double* ghosts, double* sums) {
    const Index3 ix = grid_.x_cell(cell);
    for (int i = 0; i < st_.d; ++i) {
      along_x(cell, i, ix[i], phi, ghosts);
      along_v(i, phi + cell * grid_.block);
      double xx = 0, vv = 0, xv = 0;
      for (PetscInt b = 0; b < grid_.block; ++b) {
        xx += gx_[b] * gx_[b];
        vv += gv_[b] * gv_[b];
        xv += gx_[b] * gv_[b];
      }
      sums[0] += xx, sums[1] += vv, sums[2] += xv;
    }
  }

 private:
  void along_x(PetscInt cell, int axis, int ix, const double* phi, const double* ghosts) {
    const PetscInt n = grid_.block;
    const double sx = grid_.model.sigma_x(), own = 0.5 * st_.x[ix] / (sx * sx);
    for (PetscInt b = 0; b < n; ++b) gx_[b] = own * phi[cell * n + b];
    for (int k = -st_.r; k <= st_.r; ++k) {
      const int at = halo_.neighbour(cell, axis, k);
      const double* there = at >= 0 ? phi + at * n : ghosts + ~at * n;
      const double q = st_.Qx[ix * (2 * st_.p + 1) + k + st_.p];
      for (PetscInt b = 0; b < n; ++b) gx_[b] += q * there[b];
    }
  }

  void along_v(int axis, const double* phi) {
    const int nv = st_.nv;
    const double sv = grid_.model.sigma_v();
    PetscInt inner = 1;  // cells between neighbours along the axis
    for (int i = axis + 1; i < st_.d; ++i) inner *= nv;
    for (PetscInt start = 0; start < grid_.velocities; start += inner * nv) {
      for (int j = 0; j < nv; ++j)
        for (PetscInt b = 0; b < inner; ++b)
          gv_[start + j * inner + b] = 0.5 * st_.v[j] / (sv * sv) * phi[start + j * inner + b];
      for (int k = -st_.r; k <= st_.r; ++k) {
        const double* q = &st_.Qv[(k + st_.r) * nv];
        for (int j = std::max(0, -k); j < std::min(nv, nv - k); ++j)
          for (PetscInt b = 0; b < inner; ++b)
            gv_[start + j * inner + b] += q[j] * phi[start + (j + k) * inner + b];
      }
    }
  }

  const PhaseGrid& grid_;
  const Halo& halo_;
  const Stencil& st_;
  std::vector<double> gx_, gv_;
};

}  // namespace

double mass(const PhaseGrid& grid, Vec phi) {
  const ReadArray in(phi);
  double sum = 0;
  for (PetscInt a = 0; a < grid.x_cells; ++a) {
    double block = 0;
    for (PetscInt b = 0; b < grid.block; ++b) block += grid.velocity_s[b] * in[a * grid.block + b];
    sum += grid.position_s[a] * block;
  }
  sum_over_ranks(grid.comm, &sum, 1);
  return sum;
}

void remove_mass(const PhaseGrid& grid, Vec phi, double amount) {
  WriteArray out(phi);
  for (PetscInt a = 0; a < grid.x_cells; ++a) {
    const double weight = amount * grid.position_s[a];
    for (PetscInt b = 0; b < grid.block; ++b) out[a * grid.block + b] -= weight * grid.velocity_s[b];
  }
}

Observation observe(const Generator& generator, Vec phi_F, double mass_of_g, Vec phi_h) {
  const PhaseGrid& grid = generator.grid();
  generator.halo().update(phi_h);
  const ReadArray h(phi_h), ghosts(generator.halo().ghosts());
  const double* F = nullptr;
  if (phi_F) petsc(VecGetArrayRead(phi_F, &F));
  Gradient gradient(generator);
  double sums[6] = {};  // gradients, norm, edge, mass of h
  double g_min = 1e300;
  std::vector<char> outer(grid.block);
  for (PetscInt b = 0; b < grid.block; ++b) outer[b] = at_edge(grid.v_cell(b), grid.d(), grid.v.n);
  for (PetscInt a = 0; a < grid.x_cells; ++a) {
    const double* hb = h + a * grid.block;
    const bool x_outer = at_edge(grid.x_cell(a), grid.d(), grid.x.n);
    double norm = 0, edge = 0, total = 0, lowest = 1e300;
    for (PetscInt b = 0; b < grid.velocities; ++b) {
      const double s = grid.velocity_s[b], f = F ? F[a * grid.block + b] : s * grid.position_s[a];
      norm += hb[b] * hb[b];
      edge += outer[b] ? hb[b] * hb[b] : 0.0;
      total += s * hb[b];
      lowest = std::min(lowest, (mass_of_g * f + hb[b]) * s);
    }
    sums[3] += norm;
    sums[4] += x_outer ? norm : edge;
    sums[5] += total * grid.position_s[a];
    g_min = std::min(g_min, lowest * grid.position_s[a] / grid.cell_volume);
    gradient.add(a, h, ghosts, sums);
  }
  if (phi_F) petsc(VecRestoreArrayRead(phi_F, &F));
  sum_over_ranks(grid.comm, sums, 6);
  MPI_Allreduce(MPI_IN_PLACE, &g_min, 1, MPI_DOUBLE, MPI_MIN, grid.comm);
  return {mass_of_g + sums[5], std::sqrt(sums[3]), sums[0], sums[1], sums[2], g_min, sums[3] > 0 ? sums[4] / sums[3] : 0.0};
}

double edge_share(const PhaseGrid& grid, Vec phi) {
  const ReadArray in(phi);
  double sums[2] = {};
  for (PetscInt a = 0; a < grid.x_cells; ++a) {
    const bool x_outer = at_edge(grid.x_cell(a), grid.d(), grid.x.n);
    for (PetscInt b = 0; b < grid.block; ++b) {
      const double square = in[a * grid.block + b] * in[a * grid.block + b];
      sums[0] += square;
      if (x_outer || at_edge(grid.v_cell(b), grid.d(), grid.v.n)) sums[1] += square;
    }
  }
  sum_over_ranks(grid.comm, sums, 2);
  return sums[0] > 0 ? sums[1] / sums[0] : 0.0;
}

Moments moments(const PhaseGrid& grid, Vec phi) {
  const int d = grid.d(), n = 2 * d, terms = 1 + n + n * n;
  const double sx = grid.model.sigma_x(), sv = grid.model.sigma_v();
  const ReadArray in(phi);
  std::vector<double> sums(terms, 0.0), block(terms), at(n);
  for (PetscInt a = 0; a < grid.x_cells; ++a) {
    const Index3 ix = grid.x_cell(a);
    for (int i = 0; i < d; ++i) at[i] = sx * grid.x.z[ix[i]];
    std::fill(block.begin(), block.end(), 0.0);
    for (PetscInt b = 0; b < grid.block; ++b) {
      const Index3 jv = grid.v_cell(b);
      for (int i = 0; i < d; ++i) at[d + i] = sv * grid.v.z[jv[i]];
      const double w = in[a * grid.block + b] * grid.velocity_s[b];
      block[0] += w;
      for (int i = 0; i < n; ++i) {
        block[1 + i] += w * at[i];
        for (int j = 0; j <= i; ++j) block[1 + n + i * n + j] += w * at[i] * at[j];
      }
    }
    for (int t = 0; t < terms; ++t) sums[t] += block[t] * grid.position_s[a];
  }
  sum_over_ranks(grid.comm, sums.data(), terms);
  Moments m{sums[0], Eigen::VectorXd(n), Eigen::MatrixXd(n, n)};
  for (int i = 0; i < n; ++i) m.mean(i) = sums[1 + i] / sums[0];
  for (int i = 0; i < n; ++i)
    for (int j = 0; j <= i; ++j)
      m.covariance(i, j) = m.covariance(j, i) = sums[1 + n + i * n + j] / sums[0] - m.mean(i) * m.mean(j);
  return m;
}

}  // namespace hypofp
