#include "solver/density.hpp"

#include <algorithm>
#include <cmath>

#include "operators/marginals.hpp"
#include "solver/ensembles/start.hpp"

namespace hypofp {
namespace {

constexpr int most_bins = 64;

Bins bins_of(const std::vector<double>& centres) {
  const int n = static_cast<int>(centres.size()), cells = (n + most_bins - 1) / most_bins;
  const double spacing = centres[1] - centres[0];
  return {centres[0] - 0.5 * spacing, cells * spacing, n / cells};
}

/// The density of component i out of n^d values, the last component fastest.
std::vector<double> density_of(const std::vector<double>& values, int i, int d, std::size_t n, double spacing) {
  std::vector<double> density(n, 0.0);
  std::size_t inner = 1;
  for (int k = i + 1; k < d; ++k) inner *= n;
  for (std::size_t c = 0; c < values.size(); ++c) density[c / inner % n] += values[c] * std::pow(spacing, d - 1);
  return density;
}

/// Its integral up to the edges of the bins: cells by the midpoint rule, and the term of Euler and Maclaurin at the edge.
Eigen::VectorXd below(const std::vector<double>& density, const Bins& bins, double spacing) {
  const int n = static_cast<int>(density.size()), cells = static_cast<int>(std::lround(bins.width / spacing));
  Eigen::VectorXd shares = Eigen::VectorXd::Zero(bins.count + 1);
  double sum = 0;
  for (int c = 0; c < n; ++c) {
    sum += density[c] * spacing;
    if ((c + 1) % cells != 0 || (c + 1) / cells > bins.count) continue;
    shares((c + 1) / cells) = sum + (c + 1 < n ? spacing * (density[c + 1] - density[c]) / 24 : 0);
  }
  return shares;
}

}  // namespace

double excess_loss(const PhaseGrid& grid, const Loss& loss, Vec phi) {
  const int d = grid.d();
  const ReadArray in(phi);
  std::vector<double> theta(static_cast<std::size_t>(grid.positions) * d), f(grid.positions);
  double sums[2] = {0, 0};  // of f, of the mass
  for (PetscInt a = 0; a < grid.v_cells; ++a) {
    const Index3 jv = grid.v_cell(a);
    for (PetscInt b = 0; b < grid.positions; ++b)
      for (int i = 0; i < d; ++i)
        theta[b * d + i] = theta_of(grid.model, grid.model.sigma_x() * grid.x.z[grid.x_cell(b)[i]], grid.model.sigma_v() * grid.v.z[jv[i]]);
    loss.excess(theta.data(), f.size(), f.data());
    for (PetscInt b = 0; b < grid.positions; ++b) {
      const double mass = in[a * grid.block + b] * grid.velocity_s[a] * grid.position_s[b];
      sums[0] += mass * f[b], sums[1] += mass;
    }
  }
  MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_DOUBLE, MPI_SUM, grid.comm);
  return sums[0] / sums[1];
}

namespace {

MomentRow row_of(const GridSystem& system, const Loss& loss, const std::vector<Bins>& bins, Vec g) {
  const PhaseGrid& grid = system.grid;
  const Moments moments = system.generator.moments(g);
  const Eigen::MatrixXd T = theta_y_of_x_v(grid.model);
  MomentRow row{{T * moments.mean, T * moments.covariance * T.transpose()}, {}, 0, 0, {}, 0};
  if (loss.quadratic())
    row.excess_loss = excess_loss(*loss.quadratic(), row.law);
  else if (loss.has_value())
    row.excess_loss = excess_loss(grid, loss, g);
  const Marginals m = marginals(grid, g);
  if (m.x_space.empty()) return row;
  const MarginalAxes axes(grid.model, grid.spec);
  for (int i = 0; i < 2 * grid.d(); ++i) {
    const std::vector<double>& axis = i < grid.d() ? axes.theta : axes.x;  // y = x
    const double spacing = axis[1] - axis[0];
    row.below.push_back(
        below(density_of(i < grid.d() ? m.theta_space : m.x_space, i % grid.d(), grid.d(), axis.size(), spacing), bins[i], spacing));
  }
  return row;
}

}  // namespace

std::vector<Bins> bins_of(const PhaseGrid& grid) {
  const MarginalAxes axes(grid.model, grid.spec);
  std::vector<Bins> bins(grid.d(), bins_of(axes.theta));
  bins.resize(2 * grid.d(), bins_of(axes.x));
  return bins;
}

std::vector<MomentRow> density_rows(GridSystem& system, const Problem& problem, const Loss& loss, int count, double span,
                                    const std::function<void(double)>& progress) {
  const std::vector<Bins> bins = bins_of(system.grid);
  Vector g = system.initial_state(problem), next = system.grid.vector();
  std::vector<MomentRow> rows{row_of(system, loss, bins, g.get())};
  const int at_once = static_cast<int>(system.propagator().outputs_at_once(span));
  while (static_cast<int>(rows.size()) < count) {
    std::vector<double> offsets;
    for (int i = 1; i <= std::min(at_once, count - static_cast<int>(rows.size())); ++i) offsets.push_back(i * span);
    system.propagator().advance(g.get(), next.get(), offsets,
                                [&](std::size_t, Vec state) { rows.push_back(row_of(system, loss, bins, state)); });
    std::swap(g, next);
    progress(static_cast<double>(rows.size()) / count);
  }
  return rows;
}

}  // namespace hypofp
