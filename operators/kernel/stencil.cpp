#include "operators/kernel/stencil.hpp"

#include <algorithm>

namespace hypofp {

Stencil::Stencil(const PhaseGrid& grid, double damping, Part part, Sense way)
    : d(grid.d()), r(grid.x.r), p(filter_width(grid.x.r)), nx(grid.x.n), nv(grid.v.n), gamma(grid.model.gamma), omega0(grid.model.omega0) {
  const double sx = grid.model.sigma_x(), sv = grid.model.sigma_v();
  const auto kept = [part](Part term) { return part == Part::whole || part == term ? 1.0 : 0.0; };
  const double transport = kept(Part::T), dissipation = kept(Part::L), filtering = damping * kept(Part::filter);
  const int sense = way == Sense::forward ? 1 : -1;
  for (double z : grid.x.z) x.push_back(transport * sx * z);
  for (double z : grid.v.z) v.push_back(transport * sv * z);
  for (int k = -p; k <= p; ++k)
    for (int i = 0; i < nx; ++i) {
      const bool inside = std::abs(k) <= r && i + k >= 0 && i + k < nx;
      const double q = inside ? grid.x.Q(i, k) / sx : 0.0;
      filter.push_back(filtering * grid.x.filter(i, k));
      Qx.push_back(sense * q);
      Wx.push_back(inside ? q * grid.x.s[i + k] / grid.x.s[i] : 0.0);
    }
  for (int j = 0; j < nv; ++j)
    for (int k = -r; k <= r; ++k) {
      const bool inside = j + k >= 0 && j + k < nv;
      const double q = inside ? grid.v.Q(j, k) / sv : 0.0;
      K.push_back(dissipation * gamma * grid.v.K(j, k));
      Qv.push_back(sense * q);
      Wv.push_back(inside ? q * grid.v.s[j + k] / grid.v.s[j] : 0.0);
    }
  for (auto* table : {&x, &filter, &Qx, &Wx}) table->resize(table->size() + 8, 0.0);  // the kernel reads whole vectors
}

}  // namespace hypofp
