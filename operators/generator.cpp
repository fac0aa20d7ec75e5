#include "operators/generator.hpp"

#include <fmt/format.h>

#include <cmath>
#include <random>

#include "operators/functionals.hpp"

namespace hypofp {

Generator::Generator(const PhaseGrid& grid, const EpsilonField& epsilon)
    : grid_(grid),
      halo_(grid, grid.x.r),
      whole_(grid, damping(grid.model), Part::whole, Sense::forward),
      adjoint_(grid, damping(grid.model), Part::whole, Sense::adjoint) {
  if (epsilon) tabulate(epsilon);
}

void Generator::tabulate(const EpsilonField& epsilon) {
  const int d = grid_.d();
  std::vector<double> theta(grid_.block * d), value(grid_.block);
  std::string trouble;
  for (int i = 0; i < d; ++i) half_eps_.push_back(grid_.vector());
  for (PetscInt a = 0; a < grid_.v_cells && trouble.empty(); ++a) {
    const Index3 jv = grid_.v_cell(a);
    for (PetscInt b = 0; b < grid_.positions; ++b)
      for (int i = 0; i < d; ++i) theta[b * d + i] = theta_of(grid_.model, whole_.x[grid_.x_cell(b)[i]], whole_.v[jv[i]]);
    for (int i = 0; i < d && trouble.empty(); ++i) {
      epsilon(i, theta.data(), grid_.positions, value.data());
      WriteArray half(half_eps_[i].get());
      for (PetscInt b = 0; b < grid_.positions; ++b) {
        half[a * grid_.block + b] = 0.5 * value[b];
        if (!std::isfinite(value[b]) && trouble.empty())
          trouble = fmt::format("epsilon[{}] is {} at theta = ({:.6g})", i, value[b], fmt::join(&theta[b * d], &theta[b * d] + d, ", "));
      }
    }
  }
  int bad = !trouble.empty(), any = 0;
  MPI_Allreduce(&bad, &any, 1, MPI_INT, MPI_MAX, grid_.comm);
  if (any) throw UserError(trouble.empty() ? "epsilon is not finite on another rank's cells" : trouble);
  for (int i = 0; i < d; ++i) {
    halo_.update(half_eps_[i].get());
    PetscInt n = 0;
    petsc(VecGetLocalSize(halo_.ghosts(), &n));
    const ReadArray ghosts(halo_.ghosts());
    half_eps_ghosts_.emplace_back(n + 2 * grid_.guard, 0.0);
    std::copy_n(ghosts + 0, n, half_eps_ghosts_.back().data() + grid_.guard);
  }
}

const Stencil& Generator::stencil_of(Part part, Sense sense) const {
  if (part == Part::whole) return sense == Sense::forward ? whole_ : adjoint_;
  return parts_.try_emplace({part, sense}, grid_, damping(grid_.model), part, sense).first->second;
}

void Generator::act(Part part, Sense sense, Vec phi, Vec y, double a, double b, double c, const std::vector<Sum>& sums) const {
  static const PetscLogEvent event = Logged::event("Application");
  const Logged logged(event);
  halo_.update(phi);
  const ReadArray in(phi), ghosts(halo_.ghosts());
  const WriteArray out(y);
  const double *eps[3] = {}, *eps_ghosts[3] = {};
  for (std::size_t i = 0; i < half_eps_.size(); ++i) {
    petsc(VecGetArrayRead(half_eps_[i].get(), &eps[i]));
    eps_ghosts[i] = half_eps_ghosts_[i].data() + grid_.guard;
  }
  std::vector<Application::LocalSum> added;
  for (const Sum& s : sums) {
    added.push_back({nullptr, s.of_y, s.of_phi});
    petsc(VecGetArray(s.out, &added.back().out));
  }
  const bool with_eps = perturbed() && (part == Part::whole || part == Part::R);
  apply_stencil(grid_, halo_, stencil_of(part, sense),
                {in, ghosts, with_eps ? eps : nullptr, with_eps ? eps_ghosts : nullptr, out, part == Part::T ? -a : a, b, c, added.data(),
                 static_cast<int>(added.size()), &ends_});
  for (std::size_t i = 0; i < sums.size(); ++i) petsc(VecRestoreArray(sums[i].out, &added[i].out));
  for (std::size_t i = 0; i < half_eps_.size(); ++i) petsc(VecRestoreArrayRead(half_eps_[i].get(), &eps[i]));
  ++applications_;
}

NumericalRange Generator::numerical_range() const {
  return hypofp::numerical_range(*this, numerical_abscissa(*this, grid_.d() == 1 ? 400 : 60));
}

Vector Generator::rough(double phase) const {
  Vector result = vector();
  WriteArray out(result.get());
  for (PetscInt a = 0; a < grid_.v_cells; ++a) {
    double place = phase;
    for (int i = 0; i < grid_.d(); ++i) place = place * 7.13 + grid_.v_cell(a)[i];
    for (PetscInt b = 0; b < grid_.positions; ++b) out[a * grid_.block + b] = std::sin(1.7 * place * place + 12.9898 * b + phase);
  }
  return result;
}

std::function<double(Vec)> Generator::rough_product() const {  // a product of random tables, one for each axis
  std::vector<double> velocity(grid_.v_cells, 1.0), position(grid_.block, 0.0);
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  for (int i = 0; i < grid_.d(); ++i) {
    std::vector<double> x(grid_.spec.x_cells), v(grid_.spec.v_cells);
    for (double& value : x) value = normal(random);
    for (double& value : v) value = normal(random);
    for (PetscInt a = 0; a < grid_.v_cells; ++a) velocity[a] *= v[grid_.v_cell(a)[i]];
    for (PetscInt b = 0; b < grid_.positions; ++b) position[b] = (i == 0 ? 1 : position[b]) * x[grid_.x_cell(b)[i]];
  }
  return [this, velocity, position](Vec phi) { return product(grid_, velocity, position, phi); };
}

Vector Generator::perturbation_diagonal() const {
  Vector result = grid_.vector();
  if (!perturbed()) return result;
  const int d = grid_.d(), r = grid_.x.r, nx = grid_.x.n;
  WriteArray diagonal(result.get());
  for (int i = 0; i < d; ++i) {
    const ReadArray eps(half_eps_[i].get());
    PetscInt stride = grid_.positions;
    for (int k = 0; k <= i; ++k) stride /= nx;
    for (PetscInt a = 0; a < grid_.v_cells; ++a)
      for (PetscInt b = 0; b < grid_.positions; ++b) {
        const int ix = grid_.x_cell(b)[i], jv = grid_.v_cell(a)[i];
        const double mine = eps[a * grid_.block + b];
        for (int k = -r; k <= r; ++k) {
          const int at = halo_.neighbour(a, i, k);
          const double there = at >= 0 ? eps[at * grid_.block + b] : half_eps_ghosts_[i][grid_.guard + ~at * grid_.block + b];
          diagonal[a * grid_.block + b] -= whole_.gamma * whole_.W_v(jv, k) * (mine + there);
          if (ix + k >= 0 && ix + k < nx)
            diagonal[a * grid_.block + b] += whole_.W_x(ix, k) * (mine + eps[a * grid_.block + b + k * stride]);
        }
      }
  }
  return result;
}

double Generator::norm_bound() const {
  const auto row_sum = [](const std::vector<double>& table, int rows, int width, int row_stride, int step) {
    double largest = 0;
    for (int i = 0; i < rows; ++i) {
      double sum = 0;
      for (int k = 0; k < width; ++k) sum += std::abs(table[i * row_stride + k * step]);
      largest = std::max(largest, sum);
    }
    return largest;
  };
  const Stencil& s = whole_;
  const int x_width = 2 * s.p + 1, v_width = 2 * s.r + 1;
  const double Qx = row_sum(s.Qx, s.nx, x_width, 1, s.nx), Qv = row_sum(s.Qv, s.nv, v_width, v_width, 1);
  double bound = s.d * (row_sum(s.filter, s.nx, x_width, 1, s.nx) + row_sum(s.K, s.nv, v_width, v_width, 1) + s.v[s.nv - 1] * Qx +
                        s.omega0 * s.omega0 * s.x[s.nx - 1] * Qv);
  for (double e : largest_epsilon()) bound += 2 * e * (Qx + s.gamma * Qv);
  return bound;
}

std::vector<double> Generator::largest_epsilon() const {
  std::vector<double> largest;
  for (const Vector& half : half_eps_) {
    PetscReal norm = 0;
    petsc(VecNorm(half.get(), NORM_INFINITY, &norm));
    largest.push_back(2 * norm);
  }
  return largest;
}

Matrix Generator::assemble() const {
  const int d = grid_.d(), r = grid_.x.r, p = filter_width(r), nv = grid_.v.n, nx = grid_.x.n;
  const Model& m = grid_.model;
  const double gap = damping(m), sx = m.sigma_x(), sv = m.sigma_v();
  const PetscInt local = grid_.v_cells * grid_.block;
  Mat mat = nullptr;
  petsc(
      MatCreateAIJ(grid_.comm, local, local, PETSC_DETERMINE, PETSC_DETERMINE, d * (2 * p + 2 * r) + 1, nullptr, d * 2 * r, nullptr, &mat));
  Matrix owner(mat);
  Vector diagonal = perturbation_diagonal();
  const ReadArray diag(diagonal.get());
  std::vector<const double*> eps(half_eps_.size());
  for (std::size_t i = 0; i < eps.size(); ++i) petsc(VecGetArrayRead(half_eps_[i].get(), &eps[i]));
  for (PetscInt a = 0; a < grid_.v_cells; ++a) {
    const Index3 jv = grid_.v_cell(a);
    const PetscInt home = grid_.global_v_cell(jv) * grid_.block;
    for (PetscInt b = 0; b < grid_.positions; ++b) {
      const Index3 ix = grid_.x_cell(b);
      const PetscInt row = home + b;
      std::vector<PetscInt> column{row};
      std::vector<double> value{diag[a * grid_.block + b]};
      PetscInt stride = grid_.positions;
      for (int i = 0; i < d; ++i) {
        const double x = sx * grid_.x.z[ix[i]], v = sv * grid_.v.z[jv[i]];
        const auto e = [&](PetscInt cell, PetscInt in_block) {  // mean of eps_i over the pair
          if (!perturbed()) return 0.0;
          const double mine = eps[i][a * grid_.block + b];
          return mine +
                 (cell >= 0 ? eps[i][cell * grid_.block + in_block] : half_eps_ghosts_[i][grid_.guard + ~cell * grid_.block + in_block]);
        };
        stride /= nx;
        for (int k = -p; k <= p; ++k) {
          if (ix[i] + k < 0 || ix[i] + k >= nx) continue;
          const double q = std::abs(k) <= r ? grid_.x.Q(ix[i], k) / sx : 0.0;
          column.push_back(row + k * stride);
          value.push_back(gap * grid_.x.filter(ix[i], k) - q * (v - e(a, b + k * stride)));
        }
        for (int k = -r; k <= r; ++k) {
          if (jv[i] + k < 0 || jv[i] + k >= nv) continue;
          Index3 there = jv;
          there[i] += k;
          const double q = grid_.v.Q(jv[i], k) / sv;
          column.push_back(grid_.global_v_cell(there) * grid_.block + b);
          value.push_back(m.gamma * grid_.v.K(jv[i], k) + q * (m.omega0 * m.omega0 * x - m.gamma * e(halo_.neighbour(a, i, k), b)));
        }
      }
      petsc(MatSetValues(mat, 1, &row, static_cast<PetscInt>(column.size()), column.data(), value.data(), ADD_VALUES));
    }
  }
  for (std::size_t i = 0; i < eps.size(); ++i) petsc(VecRestoreArrayRead(half_eps_[i].get(), &eps[i]));
  petsc(MatAssemblyBegin(mat, MAT_FINAL_ASSEMBLY));
  petsc(MatAssemblyEnd(mat, MAT_FINAL_ASSEMBLY));
  return owner;
}

}  // namespace hypofp
