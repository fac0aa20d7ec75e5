#include "operators/assumption/steep.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace hypofp {
namespace {

/// What is followed along a line: a component of eps, with its derivative by the line's axis, or a part, without.
struct Followed {
  std::function<void(const double* theta, std::size_t n, double* values)> value;
  std::function<void(int axis, const double* theta, std::size_t n, double* slopes)> slope;
};

struct End {
  double at, value, slope;
};

std::vector<End> ends(const Followed& f, int axis, std::vector<double> line, const std::vector<double>& at) {
  const std::size_t n = at.size(), d = line.size();
  std::vector<double> theta, value(n), slope(n, 0.0);
  for (const double t : at) {
    line[axis] = t;
    theta.insert(theta.end(), line.begin(), line.end());
  }
  f.value(theta.data(), n, value.data());
  if (f.slope) f.slope(axis, theta.data(), n, slope.data());
  std::vector<End> result;
  for (std::size_t p = 0; p < n; ++p) result.push_back({theta[p * d + axis], value[p], slope[p]});
  return result;
}

struct Piece {
  End a, b;

  double width() const { return b.at - a.at; }
  double change() const { return std::abs(b.value - a.value); }
  double excess() const { return change() - width() * std::fmax(std::abs(a.slope), std::abs(b.slope)); }
};

/// The piece of the line with the largest excess.
Piece steepest(const Followed& f, int axis, const std::vector<double>& line, double reach) {
  constexpr int n = 256;
  std::vector<double> at(n);
  for (int p = 0; p < n; ++p) at[p] = reach * (2 * p + 1 + line[axis] / reach - n) / n;
  const std::vector<End> end = ends(f, axis, line, at);
  Piece best{end[0], end[1]};
  for (int p = 2; p < n; ++p)
    if (Piece{end[p - 1], end[p]}.excess() > best.excess()) best = {end[p - 1], end[p]};
  return best;
}

/// The half of the half ... of it with the larger excess.
Piece closed_in(const Followed& f, int axis, const std::vector<double>& line, Piece piece) {
  for (int round = 0; round < 24; ++round) {
    const End middle = ends(f, axis, line, {0.5 * (piece.a.at + piece.b.at)})[0];
    const Piece left{piece.a, middle}, right{middle, piece.b};
    piece = left.excess() > right.excess() ? left : right;
  }
  return piece;
}

}  // namespace

std::vector<SteepPlace> steep_places(const Epsilon& epsilon, const std::vector<Program>& parts, double reach, int lines,
                                     Sequence& sequence) {
  const int d = epsilon.dimension();
  std::vector<Followed> followed;  // the components first
  for (int i = 0; i < d; ++i)
    followed.push_back(
        {[&epsilon, i](auto... at) { epsilon.values(i, at...); }, [&epsilon, i](auto... at) { epsilon.jacobian(i, at...); }});
  for (const Program& part : parts) followed.push_back({[&part](auto... at) { part.evaluate(at...); }, nullptr});
  std::vector<SteepPlace> places;
  for (int k = 0; k < d * lines; ++k) {
    const int axis = k % d;
    const std::vector<double> line = sequence.take(1, reach);
    for (const Followed& f : followed) {
      const Piece whole = steepest(f, axis, line, reach), piece = closed_in(f, axis, line, whole);
      SteepPlace place{line, std::vector<double>(d, 0.0)};
      place.theta[axis] = piece.a.at;
      for (int i = 0; i < d && whole.excess() > 0 && piece.change() > 0.1 * whole.excess(); ++i) {
        const std::vector<End> end = ends(followed[i], axis, line, {piece.a.at, piece.b.at});
        const Piece own{end[0], end[1]};
        const double rounding = 1e-9 * (std::abs(own.a.value) + std::abs(own.b.value));
        if (own.excess() > 0.5 * own.change() && own.change() > rounding) place.jump[i] = own.change() / whole.width();
      }
      places.push_back(place);
    }
  }
  return places;
}

}  // namespace hypofp
