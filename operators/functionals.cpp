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

/// Gamma phi along every axis over one v-cell's block of positions; buffers are kept between cells.
template <int r>
class Gradient {
 public:
  explicit Gradient(const Generator& g)
      : grid_(g.grid()), halo_(g.halo()), st_(g.stencil()), gx_(grid_.positions), gv_(grid_.positions),
        padded_(grid_.positions + 2 * r * (grid_.positions / st_.nx)) {
    const double sx = grid_.model.sigma_x();
    for (int k = 0; k <= 2 * r; ++k)
      for (int i = 0; i < st_.nx; ++i) table_.push_back(st_.Q_x(i, k - r) + (k == r ? 0.5 * st_.x[i] / (sx * sx) : 0.0));
  }

  /// Adds |Gamma_x phi|^2, |Gamma_v phi|^2 and their product over v-cell `cell` to sums[0..2].
  void add(PetscInt cell, const double* phi, const double* ghosts, double* sums) {
    const Index3 jv = grid_.v_cell(cell);
    // r lines of zeros stand before and after the block: coefficients there are zero
    std::copy_n(phi + cell * grid_.block, grid_.positions, padded_.data() + r * (grid_.positions / st_.nx));
    for (int i = 0; i < st_.d; ++i) {
      along_v(cell, i, jv[i], phi, ghosts);
      along_x(i);
      const double *gx = gx_.data(), *gv = gv_.data();
      double xx = 0, vv = 0, xv = 0;
#pragma omp simd reduction(+ : xx, vv, xv)
      for (PetscInt b = 0; b < grid_.positions; ++b) xx += gx[b] * gx[b], vv += gv[b] * gv[b], xv += gx[b] * gv[b];
      sums[0] += xx, sums[1] += vv, sums[2] += xv;
    }
  }

 private:
  void along_v(PetscInt cell, int axis, int jv, const double* phi, const double* ghosts) {
    const double sv = grid_.model.sigma_v();
    const double* there[2 * r + 1];
    double q[2 * r + 1];
    for (int k = 0; k <= 2 * r; ++k) {
      const int at = halo_.neighbour(cell, axis, k - r);
      there[k] = at >= 0 ? phi + at * grid_.block : ghosts + ~at * grid_.block;
      q[k] = st_.Q_v(jv, k - r);
    }
    q[r] += 0.5 * st_.v[jv] / (sv * sv);
    double* out = gv_.data();
#pragma omp simd
    for (PetscInt b = 0; b < grid_.positions; ++b) {
      double sum = 0;
#pragma GCC unroll 9
      for (int k = 0; k <= 2 * r; ++k) sum += q[k] * there[k][b];
      out[b] = sum;
    }
  }

  void along_x(int axis) {
    const int nx = st_.nx;
    PetscInt inner = 1;  // cells between neighbours along the axis
    for (int i = axis + 1; i < st_.d; ++i) inner *= nx;
    const double* middle = padded_.data() + r * (grid_.positions / nx);
    const auto line = [&](PetscInt start, auto coefficient, PetscInt n) {
      const double* u = middle + start;
      double* out = gx_.data() + start;
#pragma omp simd
      for (PetscInt b = 0; b < n; ++b) {
        double sum = 0;
#pragma GCC unroll 9
        for (int k = 0; k <= 2 * r; ++k) sum += coefficient(k, b) * u[b + (k - r) * inner];
        out[b] = sum;
      }
    };
    for (PetscInt start = 0, n = inner == 1 ? nx : inner; start < grid_.positions; start += n) {
      const double* q = table_.data();
      if (inner == 1) {
        line(start, [q, nx](int k, PetscInt b) { return q[k * nx + b]; }, n);
      } else {
        double here[2 * r + 1];
        for (int k = 0; k <= 2 * r; ++k) here[k] = q[k * nx + start / inner % nx];
        line(start, [&here](int k, PetscInt) { return here[k]; }, n);
      }
    }
  }

  const PhaseGrid& grid_;
  const Halo& halo_;
  const Stencil& st_;
  std::vector<double> gx_, gv_, padded_, table_;  // table_: [2r+1][nx], along x
};

void add_gradients(const Generator& g, const double* h, const double* ghosts, double* sums) {
  const auto over_cells = [&](auto gradient) {
    for (PetscInt a = 0; a < g.grid().v_cells; ++a) gradient.add(a, h, ghosts, sums);
  };
  switch (g.stencil().r) {
    case 1: return over_cells(Gradient<1>(g));
    case 2: return over_cells(Gradient<2>(g));
    case 3: return over_cells(Gradient<3>(g));
    default: return over_cells(Gradient<4>(g));
  }
}

}  // namespace

double mass(const PhaseGrid& grid, Vec phi) {
  const ReadArray in(phi);
  double sum = 0;
  for (PetscInt a = 0; a < grid.v_cells; ++a) {
    double block = 0;
    const double *s = grid.position_s.data(), *u = in + a * grid.block;
#pragma omp simd reduction(+ : block)
    for (PetscInt b = 0; b < grid.block; ++b) block += s[b] * u[b];
    sum += grid.velocity_s[a] * block;
  }
  sum_over_ranks(grid.comm, &sum, 1);
  return sum;
}

void remove_mass(const PhaseGrid& grid, Vec phi, double amount) {
  WriteArray out(phi);
  for (PetscInt a = 0; a < grid.v_cells; ++a) {
    const double weight = amount * grid.velocity_s[a];
    for (PetscInt b = 0; b < grid.block; ++b) out[a * grid.block + b] -= weight * grid.position_s[b];
  }
}

Observation observe(const Generator& generator, Vec phi_F, double mass_of_g, Vec phi_h) {
  static const PetscLogEvent event = Logged::event("Functionals");
  const Logged logged(event);
  const PhaseGrid& grid = generator.grid();
  generator.halo().update(phi_h);
  const ReadArray h(phi_h), ghosts(generator.halo().ghosts());
  const double* F = nullptr;
  if (phi_F) petsc(VecGetArrayRead(phi_F, &F));
  double sums[6] = {};  // gradients, norm, edge, mass of h
  double g_min = 1e300;
  std::vector<double> outer(grid.positions);
  for (PetscInt b = 0; b < grid.positions; ++b) outer[b] = at_edge(grid.x_cell(b), grid.d(), grid.x.n);
  for (PetscInt a = 0; a < grid.v_cells; ++a) {
    const double* hb = h + a * grid.block;
    const bool v_outer = at_edge(grid.v_cell(a), grid.d(), grid.v.n);
    double norm = 0, edge = 0, total = 0, lowest = 1e300;
    const double *s = grid.position_s.data(), *Fb = F ? F + a * grid.block : s, scale = F ? mass_of_g : mass_of_g * grid.velocity_s[a];
#pragma omp simd reduction(+ : norm, edge, total) reduction(min : lowest)
    for (PetscInt b = 0; b < grid.positions; ++b) {
      const double square = hb[b] * hb[b], g = (scale * Fb[b] + hb[b]) * s[b];
      norm += square;
      edge += outer[b] * square;
      total += s[b] * hb[b];
      lowest = g < lowest ? g : lowest;
    }
    sums[3] += norm;
    sums[4] += v_outer ? norm : edge;
    sums[5] += total * grid.velocity_s[a];
    g_min = std::min(g_min, lowest * grid.velocity_s[a] / grid.cell_volume);
  }
  add_gradients(generator, h, ghosts, sums);
  if (phi_F) petsc(VecRestoreArrayRead(phi_F, &F));
  sum_over_ranks(grid.comm, sums, 6);
  MPI_Allreduce(MPI_IN_PLACE, &g_min, 1, MPI_DOUBLE, MPI_MIN, grid.comm);
  return {.mass = mass_of_g + sums[5], .h_norm = std::sqrt(sums[3]), .grad_x = sums[0], .grad_v = sums[1], .cross = sums[2], .g_min = g_min,
          .edge = sums[3] > 0 ? sums[4] / sums[3] : 0.0};
}

double edge_share(const PhaseGrid& grid, Vec phi) {
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

Moments moments(const PhaseGrid& grid, Vec phi) {
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
    for (int j = 0; j <= i; ++j)
      m.covariance(i, j) = m.covariance(j, i) = sums[1 + n + i * n + j] / sums[0] - m.mean(i) * m.mean(j);
  return m;
}

}  // namespace hypofp
