#include "operators/assumption/steep.hpp"

#include <algorithm>
#include <cmath>

namespace hypofp {
namespace {

struct End {
  double at, value, slope;
};

/// A piece of a line along an axis, for one component.
struct Piece {
  int component, axis;
  std::vector<double> theta;  ///< of the line; its axis' coordinate is the ends'
  End a, b;

  double change() const { return std::abs(b.value - a.value); }
  double explained() const { return (b.at - a.at) * std::fmax(std::abs(a.slope), std::abs(b.slope)); }
  double excess() const { return change() - explained(); }
};

/// For each component the piece of a line with the largest excess.
void best_pieces(const Epsilon& epsilon, double reach, int axis, const std::vector<double>& through,
                 std::vector<Piece>& pieces) {
  constexpr int n = 256;
  const int d = epsilon.dimension();
  std::vector<double> theta(n * d), value(n), slope(n);
  for (int p = 0; p < n; ++p) {
    std::copy(through.begin(), through.end(), &theta[p * d]);
    theta[p * d + axis] = reach * (2 * p + 1 + through[axis] / reach - n) / n;
  }
  for (int i = 0; i < d; ++i) {
    epsilon.values(i, theta.data(), n, value.data());
    epsilon.jacobian(i, axis, theta.data(), n, slope.data());
    Piece best{};
    for (int p = 1; p < n; ++p) {
      const auto end = [&](int q) { return End{theta[q * d + axis], value[q], slope[q]}; };
      const Piece piece{i, axis, through, end(p - 1), end(p)};
      if (best.theta.empty() || piece.excess() > best.excess()) best = piece;
    }
    pieces.push_back(best);
  }
}

/// Each piece replaced by that half of it which has the larger excess.
void halve(const Epsilon& epsilon, std::vector<Piece>& pieces) {
  const int d = epsilon.dimension();
  for (Piece& p : pieces) {
    End middle{0.5 * (p.a.at + p.b.at), 0, 0};
    p.theta[p.axis] = middle.at;
    epsilon.values(p.component, p.theta.data(), 1, &middle.value);
    epsilon.jacobian(p.component, p.axis, p.theta.data(), 1, &middle.slope);
    Piece left = p, right = p;
    left.b = right.a = middle;
    p = left.excess() > right.excess() ? left : right;
  }
}

}  // namespace

std::vector<SteepPlace> steep_places(const Epsilon& epsilon, double reach, int lines, Sequence& sequence) {
  std::vector<Piece> pieces;
  for (int axis = 0; axis < epsilon.dimension(); ++axis)
    for (int line = 0; line < lines; ++line) best_pieces(epsilon, reach, axis, sequence.take(1, reach), pieces);
  const std::vector<Piece> whole = pieces;
  for (int round = 0; round < 24; ++round) halve(epsilon, pieces);
  std::vector<SteepPlace> places;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Piece &p = pieces[i], &w = whole[i];
    const bool jump = p.change() > 0.1 * w.excess() && w.excess() > 0 && p.excess() > 0.5 * p.change();
    places.push_back({p.component, p.theta, jump ? p.change() / (w.b.at - w.a.at) : 0});
  }
  return places;
}

}  // namespace hypofp
