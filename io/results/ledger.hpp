#pragma once
#include <optional>
#include <string>

#include "grids/ledger.hpp"
#include "io/hdf5.hpp"

namespace hypofp {

/// ledger.h5: `time`; groups `quantities`, `identity_defects` (one dataset [n] a name) and `inequalities` ([n, 3] a name: lhs, right side
/// as printed, right side as derived; `slack`, [n, 2], is their difference), attribute `by`. `beside`, where there is one, stands in a
/// group `witness` with the same. eps_0 of the inequalities is that of the box of `half_width` standard deviations.
void write_ledger(const std::string& path, const Ledger& ledger, const std::optional<Ledger>& beside, double half_width,
                  const Origin& origin = {});

}  // namespace hypofp
