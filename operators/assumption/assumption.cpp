#include "operators/assumption/assumption.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "operators/assumption/quantities.hpp"
#include "operators/assumption/steep.hpp"
#include "operators/assumption/suprema.hpp"

namespace hypofp {
namespace {

struct Supremum {
  double value = NAN;
  bool resolved = false;

  /// What another search found: where it agrees, both are believed, unless it knows that it missed something.
  void meet(double found, bool complete) {
    if (found >= value * (1 - 1e-3)) resolved = found <= value * (1 + 1e-3);
    if (!(found <= value)) value = found;
    resolved = resolved && complete;
  }
};

/// Corners, middles of edges and faces, and the centre: where users put poles, and maxima stand.
std::vector<double> marked_points(int d, double reach) {
  std::vector<double> theta;
  for (int p = 0; p < std::pow(3, d); ++p)
    for (int i = 0, rest = p; i < d; ++i, rest /= 3) theta.push_back(reach * (rest % 3 - 1));
  return theta;
}

void append(std::vector<double>& points, const std::vector<double>& more) { points.insert(points.end(), more.begin(), more.end()); }

/// Searches for the suprema over the box |x_i| <= X, |v_i| <= V, each on points of its own.
class Search {
 public:
  Search(const Model& m, double X, double V, const Epsilon& epsilon)
      : d_(m.dimension),
        epsilon_(epsilon),
        parts_(epsilon.peaked_parts()),
        quantities_(m, X, V, epsilon),
        sequence_(d_),
        jump_(d_, 0.0),
        suprema_(quantities_.count()) {}

  /// Until two agree on each quantity.
  std::vector<Supremum> run() {
    for (std::size_t points = 1024; points <= 8192 && !settled(); points *= 2) search(points);
    if (!quantities_.finite())
      for (int k : {Quantities::eps, Quantities::eps_x, Quantities::eps_v}) suprema_[k] = {};
    for (int i = 0; i < d_; ++i) {
      if (jump_[i] == 0) continue;
      Supremum& slope = suprema_[Quantities::derivative + i];
      slope = {std::fmax(slope.value, jump_[i]), false};
      suprema_[Quantities::derivative_x].resolved = suprema_[Quantities::derivative_v].resolved = false;
    }
    return suprema_;
  }

 private:
  bool settled() const {
    for (int k = 0; k < quantities_.count(); ++k) {
      const int i = k - Quantities::derivative;
      if (!suprema_[k].resolved && (i < 0 || jump_[i] == 0)) return false;
    }
    return true;
  }

  void search(std::size_t points) {
    const double reach = quantities_.reach();
    const std::vector<Peak> peaks = peaks_of_parts(4 * points);
    std::vector<std::vector<double>> batches{marked_points(d_, reach), steep()};
    for (int batch = 0; batch < 4; ++batch) batches.push_back(sequence_.take(points, reach));
    for (int batch = 0; batch < 12 && !peaks.empty(); ++batch) {  // a bump at d = 3 is about as steep on six sides
      batches.emplace_back();
      const std::size_t n = std::clamp<std::size_t>(1000 / peaks.size(), 8, 80);
      for (const Peak& peak : peaks) append(batches.back(), cloud(peak.theta, n, reach, sequence_));
    }
    const std::vector<Peak> found = climb({d_, quantities_.count(), reach, std::ref(quantities_)}, batches, sequence_);
    const bool complete = peaks.size() == parts_.size();
    for (std::size_t k = 0; k < found.size(); ++k) suprema_[k].meet(found[k].value, complete);
  }

  std::vector<double> steep() {
    std::vector<double> theta;
    for (const SteepPlace& place : steep_places(epsilon_, parts_, quantities_.reach(), 16, sequence_)) {
      append(theta, place.theta);
      for (int i = 0; i < d_; ++i) jump_[i] = std::max(jump_[i], place.jump[i]);
    }
    return theta;
  }

  /// The highest points of eps' parts: in a sum a narrow one does not show from afar. Without those that vanish
  /// wherever they were looked at.
  std::vector<Peak> peaks_of_parts(std::size_t points) {
    const double reach = quantities_.reach();
    std::vector<Peak> peaks;
    for (const Program& part : parts_) {
      const Program guide = part.seen_from_afar();
      const Field field{d_, 1, reach, [&](const std::vector<double>& theta, std::vector<double>& q) {
                          guide.evaluate(theta.data(), q.size(), q.data());
                          for (double& value : q) value = std::abs(value);
                        }};
      Peak peak = climb(field, {marked_points(d_, reach), sequence_.take(points, reach)}, sequence_)[0];
      if (!(peak.value > 0)) continue;
      part.evaluate(peak.theta.data(), 1, &peak.value);
      if (peak.value != 0) peaks.push_back(peak);
    }
    return peaks;
  }

  int d_;
  const Epsilon& epsilon_;
  std::vector<Program> parts_;
  Quantities quantities_;
  Sequence sequence_;
  std::vector<double> jump_;  ///< of each component, as a slope; 0 where none was met
  std::vector<Supremum> suprema_;
};

/// In the order of the table.
std::vector<Supremum> rows_of(const std::vector<Supremum>& s) {
  using Q = Quantities;
  Supremum largest{0, true}, sum{0, true};
  for (auto slope = s.begin() + Q::derivative; slope != s.end(); ++slope) {
    largest = {std::max(largest.value, slope->value), largest.resolved && slope->resolved};
    sum = {sum.value + slope->value, sum.resolved && slope->resolved};
  }
  largest.value *= s.size() - Q::derivative;
  return {s[Q::eps], s[Q::eps_x], s[Q::eps_v], largest, sum, s[Q::derivative_x], s[Q::derivative_v]};
}

}  // namespace

std::vector<AssumptionRow> assumption_table(const Model& m, const GridSpec& g, const Epsilon* epsilon) {
  const std::array names{"max_i |eps_i|", "|eps . x|", "|eps . v|", "d max_i |eps_i'|", "sum_i |eps_i'|", "|eps' . x|", "|eps' . v|"};
  const auto over_box = [&](double half_width) {
    if (!epsilon) return std::vector<Supremum>(names.size(), {0, true});
    return rows_of(Search(m, half_width * m.sigma_x(), half_width * m.sigma_v(), *epsilon).run());
  };
  const std::vector<Supremum> box = over_box(g.half_width), wider = over_box(1.25 * g.half_width);
  std::vector<AssumptionRow> rows;
  for (std::size_t k = 0; k < names.size(); ++k)
    rows.push_back({names[k], box[k].value, !(wider[k].value <= box[k].value * 1.01), box[k].resolved});
  return rows;
}

}  // namespace hypofp
