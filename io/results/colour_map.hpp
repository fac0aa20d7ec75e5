#pragma once
#include <string>
#include <vector>

#include "io/results/snapshot.hpp"

namespace hypofp {

/// A name of ours in the paper's letters: theta1 is θ₁.
std::string in_letters(const std::string& name);

/// A field over two axes, values at cell centres of an affine mesh.
struct Plane {
  std::vector<std::string> axes;
  std::size_t rows = 0, columns = 0;
  std::vector<double> points, values;  ///< (a, b) of each value; nan: not known there
};
/// A field as a plane; of three axes the marginal on the first two. Empty (no rows) where it is none.
Plane plane_of(const FieldGrid& grid, const FieldGrid::Field& field);

/// One scale of colours, shared by the panels of a row. Diverging: zero in the middle.
struct Colours {
  bool diverging = false;
  double largest = 0;
};

struct Panel {
  std::string title;
  Plane plane;
  Colours colours;
  bool shows_scale = true;  ///< beside it
};

/// Leaves of panels on one mesh the cells, and one around them, where any of them has more than a thousandth of its largest value.
void crop(std::vector<Panel>& panels);

/// Rows of panels that share their axes, under a heading: size in pixels, and the commands that draw it as one page.
struct Sheet {
  int width = 0, height = 0;
  std::string commands;
};
Sheet sheet_of(const std::vector<std::vector<Panel>>& rows, const std::string& heading);

}  // namespace hypofp
