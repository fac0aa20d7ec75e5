#include "solver/snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace hypofp {
std::vector<std::string> field_grid_names(int dimension) {
  if (dimension == 1) return {"x-v", "theta-y"};
  std::vector<std::string> names;
  for (int i = 1; i <= dimension; ++i) names.push_back(fmt::format("x{}-v{}", i, i));
  names.insert(names.end(), {"x-space", "theta-space"});
  return names;
}

std::vector<double> over_M(const std::vector<double>& Mh, const std::vector<double>& M) {
  const double masked = 1e-12 * *std::max_element(M.begin(), M.end());
  std::vector<double> h(M.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t c = 0; c < M.size(); ++c)
    if (M[c] > masked) h[c] = Mh[c] / M[c];
  return h;
}

FieldGrids::FieldGrids(System& system, std::vector<double> excess_loss)
    : system_(system),
      axes_(system.setting().model, system.setting().grid),
      excess_(std::move(excess_loss)),
      F_(system.marginals(system.F().state().get())) {
  if (system.setting().model.dimension == 1) M_ = system.marginals(system.A().maxwellian().get());
}

double FieldGrids::mean_excess(const std::vector<double>& density) const {
  if (excess_.empty()) return Snapshot::unknown;
  return std::inner_product(density.begin(), density.end(), excess_.begin(), 0.0) / std::accumulate(density.begin(), density.end(), 0.0);
}

Snapshot FieldGrids::operator()(double time, double mass_of_g, Vec phi_h) const {
  const Marginals h = system_.marginals(phi_h);
  Marginals g = h;  // those of g = mass F + M h from their sum: no state of g is formed
  if (g.x_space.empty()) return {time, {}};
  const auto add = [mass_of_g](std::vector<double>& sum, const std::vector<double>& part) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += mass_of_g * part[i];
  };
  for (std::size_t i = 0; i < g.planes.size(); ++i) add(g.planes[i], F_.planes[i]);
  add(g.x_space, F_.x_space);
  add(g.theta_space, F_.theta_space);
  return {time, g.planes.size() == 1 ? full_fields(g, h) : marginal_fields(g), mean_excess(g.theta_space), mean_excess(F_.theta_space)};
}

std::vector<FieldGrid> FieldGrids::full_fields(const Marginals& g, const Marginals& Mh) const {
  const Model& m = system_.setting().model;
  const std::vector<double>&x = axes_.x, &v = axes_.v;
  const std::size_t nx = x.size(), nv = v.size();
  std::vector<double> psi(nx * nv), points;
  points.reserve(2 * nx * nv);
  for (std::size_t i = 0; i < nx; ++i)
    for (std::size_t j = 0; j < nv; ++j) {
      const std::size_t c = i * nv + j;
      psi[c] = m.omega0 * m.omega0 * g.planes[0][c];
      points.push_back(theta_of(m, x[i], v[j]));  // y = x
      points.push_back(x[i]);
    }
  std::vector<FieldGrid::Field> fields{{"g", g.planes[0]}, {"h", over_M(Mh.planes[0], M_.planes[0])}, {"F", F_.planes[0]}};
  if (system_.A().perturbed()) fields.push_back({"F_over_M", over_M(F_.planes[0], M_.planes[0])});
  return {{"x-v", {"x", "v"}, {nx, nv}, {x, v}, {}, std::move(fields)},
          {"theta-y", {"theta", "y"}, {nx, nv}, {}, std::move(points), {{"psi", std::move(psi)}}}};
}

std::vector<FieldGrid> FieldGrids::marginal_fields(const Marginals& g) const {
  const int d = system_.setting().model.dimension;
  const std::size_t nx = axes_.x.size(), nv = axes_.v.size();
  std::vector<FieldGrid> result;
  std::vector<std::string> x_names, theta_names;
  for (int i = 1; i <= d; ++i) {
    x_names.push_back(fmt::format("x{}", i));
    theta_names.push_back(fmt::format("theta{}", i));
    result.push_back({fmt::format("x{}-v{}", i, i),
                      {x_names.back(), fmt::format("v{}", i)},
                      {nx, nv},
                      {axes_.x, axes_.v},
                      {},
                      {{"g", g.planes[i - 1]}, {"F", F_.planes[i - 1]}}});
  }
  const std::vector<std::size_t> shape(d, nx);
  const auto cube = [&](const std::vector<double>& axis) { return std::vector<std::vector<double>>(d, axis); };
  result.push_back({"x-space", x_names, shape, cube(axes_.x), {}, {{"g", g.x_space}, {"F", F_.x_space}}});
  result.push_back({"theta-space", theta_names, shape, cube(axes_.theta), {}, {{"g", g.theta_space}, {"F", F_.theta_space}}});
  return result;
}

}  // namespace hypofp
