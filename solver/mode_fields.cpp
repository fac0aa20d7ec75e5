#include "solver/mode_fields.hpp"

#include <fmt/format.h>

#include "solver/snapshot.hpp"

namespace hypofp {

std::vector<std::string> mode_grid_names(int dimension) {
  std::vector<std::string> names = field_grid_names(dimension);
  names.resize(dimension);  // the planes
  return names;
}

std::vector<FieldGrid> mode_fields(const System& system, const Mode& mode) {
  const int d = system.setting().model.dimension;
  const MarginalAxes axes(system.setting().model, system.setting().grid);
  const Marginals re = system.marginals(mode.re.get()), im = mode.im ? system.marginals(mode.im.get()) : Marginals{},
                  M = d == 1 ? system.marginals(system.A().maxwellian().get()) : Marginals{};
  if (re.planes.empty() || re.planes[0].empty()) return {};
  const auto names = mode_grid_names(d);
  const auto shown = [&](const Marginals& part, int i) {
    const std::vector<double> values = part.planes.empty() ? std::vector<double>(re.planes[i].size(), 0.0) : part.planes[i];
    return d > 1 ? values : over_M(values, M.planes[0]);
  };
  std::vector<FieldGrid> grids;
  for (int i = 0; i < d; ++i) {
    const std::string number = d == 1 ? "" : fmt::format("{}", i + 1), what = d == 1 ? "h" : "Mh";
    grids.push_back({names[i],
                     {"x" + number, "v" + number},
                     {axes.x.size(), axes.v.size()},
                     {axes.x, axes.v},
                     {},
                     {{what + "_re", shown(re, i)}, {what + "_im", shown(im, i)}}});
  }
  return grids;
}

}  // namespace hypofp
