#include "solver/snapshot.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "operators/marginals.hpp"

namespace hypofp {
namespace {

std::vector<double> scaled(const std::vector<double>& z, double sigma) {
  std::vector<double> x(z);
  for (double& e : x) e *= sigma;
  return x;
}

/// A vector over the grid, whole, on rank 0. For d = 1 its order is (v, x), x fastest.
std::vector<double> on_first_rank(Vec v) {
  VecScatter scatter = nullptr;
  Vec all = nullptr;
  petsc(VecScatterCreateToZero(v, &scatter, &all));
  const PetscOwner<VecScatter, VecScatterDestroy> scatter_owner(scatter);
  const Vector owner(all);
  petsc(VecScatterBegin(scatter, v, all, INSERT_VALUES, SCATTER_FORWARD));
  petsc(VecScatterEnd(scatter, v, all, INSERT_VALUES, SCATTER_FORWARD));
  PetscInt n = 0;
  petsc(VecGetLocalSize(all, &n));
  const ReadArray in(all);
  return std::vector<double>(in + 0, in + n);
}

}  // namespace

std::vector<std::string> field_grid_names(int dimension) {
  if (dimension == 1) return {"x-v", "theta-y"};
  std::vector<std::string> names;
  for (int i = 1; i <= dimension; ++i) names.push_back(fmt::format("x{}-v{}", i, i));
  names.insert(names.end(), {"x-space", "theta-space"});
  return names;
}

FieldGrids::FieldGrids(const PhaseGrid& grid, const SteadyState& F) : grid_(grid) {
  const Vector state = F.is_maxwellian() ? F.state() : Vector();
  const Vec phi_F = state ? state.get() : F.phi.get();
  if (grid.d() == 1)
    F_ = on_first_rank(phi_F);
  else
    F_marginals_ = marginals(grid, phi_F);
}

std::vector<FieldGrid> FieldGrids::operator()(double mass_of_g, Vec phi_h) const {
  return grid_.d() == 1 ? full_fields(mass_of_g, phi_h) : marginal_fields(mass_of_g, phi_h);
}

std::vector<FieldGrid> FieldGrids::full_fields(double mass_of_g, Vec phi_h) const {
  const PhaseGrid& grid = grid_;
  const std::vector<double> h_state = on_first_rank(phi_h);
  if (h_state.empty()) return {};
  const Model& m = grid.model;
  const std::size_t nx = grid.x.n, nv = grid.v.n;
  const std::vector<double> x = scaled(grid.x.z, m.sigma_x()), v = scaled(grid.v.z, m.sigma_v());
  std::vector<double> g(nx * nv), h(nx * nv), F(nx * nv), psi(nx * nv), points;
  points.reserve(2 * nx * nv);
  for (std::size_t i = 0; i < nx; ++i)
    for (std::size_t j = 0; j < nv; ++j) {
      const std::size_t c = i * nv + j, state = j * nx + i;
      const double s = grid.x.s[i] * grid.v.s[j];
      F[c] = F_[state] * s / grid.cell_volume;
      g[c] = mass_of_g * F[c] + h_state[state] * s / grid.cell_volume;
      h[c] = grid.x.z[i] * grid.x.z[i] + grid.v.z[j] * grid.v.z[j] > 2 * std::log(1e12) ? std::numeric_limits<double>::quiet_NaN()
                                                                                        : h_state[state] / s;
      psi[c] = m.omega0 * m.omega0 * g[c];
      points.push_back(theta_of(m, x[i], v[j]));  // y = x
      points.push_back(x[i]);
    }
  std::vector<FieldGrid> result(2);
  result[0] = {"x-v", {"x", "v"}, {nx, nv}, {x, v}, {}, std::vector<FieldGrid::Field>(3)};
  result[1] = {"theta-y", {"theta", "y"}, {nx, nv}, {}, std::move(points), std::vector<FieldGrid::Field>(1)};
  result[0].fields[0] = {"g", std::move(g)}, result[0].fields[1] = {"h", std::move(h)}, result[0].fields[2] = {"F", std::move(F)};
  result[1].fields[0] = {"psi", std::move(psi)};
  return result;
}

std::vector<FieldGrid> FieldGrids::marginal_fields(double mass_of_g, Vec phi_h) const {
  const PhaseGrid& grid = grid_;
  const Marginals& F = F_marginals_;
  Marginals g = marginals(grid, phi_h);  // those of g = mass F + M h from their sum: no state of g is formed
  if (g.x_space.empty()) return {};
  const auto add = [mass_of_g](std::vector<double>& sum, const std::vector<double>& part) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += mass_of_g * part[i];
  };
  for (int i = 0; i < grid.d(); ++i) add(g.planes[i], F.planes[i]);
  add(g.x_space, F.x_space);
  add(g.theta_space, F.theta_space);
  const Model& m = grid.model;
  const std::size_t nx = grid.x.n, nv = grid.v.n;
  const std::vector<double> x = scaled(grid.x.z, m.sigma_x()), v = scaled(grid.v.z, m.sigma_v()), theta = theta_axis(grid);
  std::vector<FieldGrid> result;
  std::vector<std::string> x_names, theta_names;
  for (int i = 1; i <= grid.d(); ++i) {
    x_names.push_back(fmt::format("x{}", i));
    theta_names.push_back(fmt::format("theta{}", i));
    result.push_back({fmt::format("x{}-v{}", i, i),
                      {x_names.back(), fmt::format("v{}", i)},
                      {nx, nv},
                      {x, v},
                      {},
                      {{"g", g.planes[i - 1]}, {"F", F.planes[i - 1]}}});
  }
  const std::vector<std::size_t> shape(grid.d(), nx);
  result.push_back({"x-space", x_names, shape, std::vector<std::vector<double>>(grid.d(), x), {}, {{"g", g.x_space}, {"F", F.x_space}}});
  result.push_back({"theta-space",
                    theta_names,
                    shape,
                    std::vector<std::vector<double>>(grid.d(), theta),
                    {},
                    {{"g", g.theta_space}, {"F", F.theta_space}}});
  return result;
}

}  // namespace hypofp
