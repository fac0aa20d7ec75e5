#pragma once
#include <string>

#include "operators/generator.hpp"

namespace hypofp {

/// Whether the question "how fast does g reach F in ‖.‖_*" has an answer for this eps: F must lie in the weighted space and
/// the generator must not have growing modes. Verdict and reason follow from the numbers.
struct Admissibility {
  bool perturbed = false;         ///< else F = M, and nothing is judged
  double mu = 0;                  ///< gap at eps = 0, the scale of rates
  double numerical_abscissa = 0;  ///< d/dt log ‖h‖_* <= it, on the judged lines; a run that knows the whole grid's puts it here
  double abscissa_wider = 0;      ///< of the lines, with a box wider by 1.5 standard deviations
  double abscissa_lines = 0;      ///< of the lines
  double edge_share_of_F = 0;     ///< of ‖F/M‖_*^2, in the outermost cells: the largest of lines and grid
  double edge_share_of_M = 0;     ///< the same of M: what the box cuts without eps
  double growth_of_F = 0;         ///< relative change of ‖F/M‖_* when the box grows, beyond the grid's noise
  double grid_noise = 0;          ///< what refining the cells does to it, where it changed at all
  bool diverging = false;         ///< and it changes more for the last 1.5 standard deviations than for the 1.5 before
  double growing_mode = 0;        ///< largest real part among the eigenvalues, 0 where none grows
  std::string unknown;            ///< what could not be found, and why; empty where all was

  struct Judgement {
    std::string verdict;  ///< admissible | doubtful | inadmissible
    std::string why;
  };
  Judgement judgement() const;
};

/// Judges eps on lines through the origin of theta-space (the axes and the diagonals: the equation keeps its form under
/// rotation), each a d = 1 problem on boxes of three widths. Cheap (a second at d = 3), before the grid of the case is allocated.
Admissibility judge(const Model& model, const GridSpec& spec, const EpsilonField& epsilon);

}  // namespace hypofp
