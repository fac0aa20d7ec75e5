#pragma once
#include <string>
#include <vector>

namespace hypofp {

struct Drawing {
  std::vector<std::string> drawn;    // names of pictures in the folder
  std::vector<std::string> missing;  // "fields.png: why"
};

/// Draws a results folder's pictures from what it holds: of a run decay.png and theta.png from summary.json and series.h5, fields.png from
/// the snapshots where there are any; of a spectrum eigenvalues.png, of a certificate certificate.png, of optimal data growth.png, of
/// ensembles ensemble.png. A picture that can't be drawn is told, not thrown. Throws UserError where the folder does not hold the results
/// of a run.
Drawing draw_pictures(const std::string& folder);

/// Draws fields.gif of a run, a frame a snapshot, and notes it. Throws likewise.
void animate_fields(const std::string& folder, Drawing& drawing);

/// What a command says last: where its results are, which pictures were drawn, which not and why.
std::string ended(const std::string& folder, const Drawing& drawing);

}  // namespace hypofp
