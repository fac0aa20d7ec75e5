#pragma once
#include <string>
#include <vector>

#include "io/results/fields.hpp"
#include "io/results/series.hpp"

namespace hypofp {

struct DecayLines {            // what the decay picture holds beside the data
  std::string title;
  double mu = 0, mu_as_printed = 0;   // ||h||_* ~ e^{-mu t}, H ~ e^{-2 mu t}
  double rate_h = 0, rate_H = 0;      // measured; 0 = none
  double window_begin = 0, window_end = 0;
};

/// Both draw a PNG with gnuplot. They return false (and remove nothing) where gnuplot is missing or fails: a picture never ends a run.
bool draw_decay(const std::string& png, const std::vector<Observation>& rows, const DecayLines& lines);
/// The 2-D grids' fields as colour maps, a panel each ("x1-v1: g"). Where a field "h" is drawn it is masked where its "mask" would be noise: NaN values are left blank.
bool draw_fields(const std::string& png, const std::string& title, const std::vector<FieldGrid>& grids);

}  // namespace hypofp
