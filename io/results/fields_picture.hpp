#pragma once
#include <string>
#include <vector>

#include "grids/observation.hpp"
#include "io/results/fields.hpp"

namespace hypofp {

/// Draws g, h and F of a run's snapshots at the start, in the transient and at the end (d = 1), or its marginals, F's and their
/// difference. Empty, or in words why there is no picture. Throws UserError where a snapshot is none.
std::string draw_fields(const std::string& png, const std::string& title, const std::vector<XdmfStep>& snapshots,
                        const std::vector<Observation>& rows);
/// One GIF of all of them, a frame a snapshot.
std::string draw_animation(const std::string& gif, const std::string& title, const std::vector<XdmfStep>& snapshots,
                           const std::vector<Observation>& rows);

}  // namespace hypofp
