#include "solver/modes/spectrum.hpp"

#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "solver/flow/propagator.hpp"
#include "solver/modes/invariant_subspace.hpp"

namespace hypofp {
namespace {

using Complex = std::complex<double>;
using Complexes = std::vector<Complex>;

constexpr double accepted_residual = 1e-9;  // residual
constexpr PetscInt dense = 400;             // unknowns of which all eigenvalues are found at once
constexpr int most_passes = 24;

/// Real parts nearer than this are one: eigenvalues that are equal at eps = 0 come in one order from every discretisation.
double tie_of(const Model& m) { return 1e-6 * m.omega0; }

/// Numbers of the values, slowest first; those of one real part from the outside in, of a pair the one above the real axis first.
template <class Values>
std::vector<int> slowest_first(const Values& values, double tie) {
  std::vector<int> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return values[a].real() > values[b].real(); });
  for (auto begin = order.begin(), end = begin; begin != order.end(); begin = end) {
    for (end = begin + 1; end != order.end() && values[end[-1]].real() - values[*end].real() <= tie;) ++end;
    std::stable_sort(begin, end, [&](int a, int b) {
      const double first = std::abs(values[a].imag()), second = std::abs(values[b].imag());
      return first != second ? first > second : values[a].imag() > values[b].imag();
    });
  }
  return order;
}

/// How far from the real axis eigenvalues at Re = -a lie at eps = 0.
double cone(const Model& m, double a) { return a * std::sqrt(std::max(0.0, 4 * m.omega0 * m.omega0 / (m.gamma * m.gamma) - 1)); }

/// Eigenvalues of A on an invariant subspace, and what is said of them.
class Ritz {
 public:
  Ritz(const Operator& A, const InvariantSubspace& space)
      : A_(A), space_(space), solver_(space.matrix()), order_(slowest_first(solver_.eigenvalues(), tie_of(A.model()))) {}
  /// Numbers of the eigenvalues, slowest first.
  const std::vector<int>& order() const { return order_; }
  Complex value(int i) const { return solver_.eigenvalues()(i); }

  /// The vector of norm 1 with re and im orthogonal, re the longer, and a fixed sign.
  Mode mode(int i) const {
    Mode mode;
    mode.value = value(i);
    const Eigen::VectorXcd y = solver_.eigenvectors().col(i);
    const Complex turn = std::polar(1.0, -0.5 * std::arg((y.transpose() * y)(0)));
    const Eigen::VectorXcd turned = turn * y / y.norm();
    mode.re = space_.combination(turned.real());
    const double sign = A_.rough_product()(mode.re.get()) < 0 ? -1 : 1;
    petsc(VecScale(mode.re.get(), sign));
    if (mode.value.imag() != 0) mode.im = space_.combination(sign * turned.imag());
    return mode;
  }

  /// Members of clusters: eigenvalues closer than a tenth of the gap, on whose subspace A is much farther from a multiple of the identity
  /// than they are from each other (were their vectors apart, it would be as near).
  std::vector<std::vector<int>> clusters() const {
    const double near = 0.1 * gap(A_.model());
    std::vector<std::vector<int>> found;
    std::vector<bool> taken(order_.size(), false);
    for (int first : order_) {
      if (taken[first]) continue;
      std::vector<int> group{first};
      taken[first] = true;
      for (std::size_t k = 0; k < group.size(); ++k)
        for (int other : order_)
          if (!taken[other] && std::abs(value(other) - value(group[k])) <= near) taken[other] = true, group.push_back(other);
      if (group.size() > 1 && departure(group) > std::max(10 * scatter(group), 1e-4 * gap(A_.model()))) found.push_back(group);
    }
    return found;
  }
  Complex mean(const std::vector<int>& group) const {
    Complex sum = 0;
    for (int i : group) sum += value(i);
    return sum / static_cast<double>(group.size());
  }
  double scatter(const std::vector<int>& group) const {
    double farthest = 0;
    for (int i : group) farthest = std::max(farthest, std::abs(value(i) - mean(group)));
    return farthest;
  }

 private:
  double departure(const std::vector<int>& group) const {
    const auto m = static_cast<Eigen::Index>(group.size());
    Eigen::MatrixXcd vectors(solver_.eigenvectors().rows(), m);
    for (Eigen::Index k = 0; k < m; ++k) vectors.col(k) = solver_.eigenvectors().col(group[k]);
    const Eigen::MatrixXcd q =
        Eigen::HouseholderQR<Eigen::MatrixXcd>(vectors).householderQ() * Eigen::MatrixXcd::Identity(vectors.rows(), m);
    const Eigen::MatrixXcd block = q.adjoint() * space_.matrix() * q;
    return (block - mean(group) * Eigen::MatrixXcd::Identity(m, m)).norm();
  }

  const Operator& A_;
  const InvariantSubspace& space_;
  Eigen::EigenSolver<Eigen::MatrixXd> solver_;
  const std::vector<int> order_;
};

double residual(const Operator& A, const Mode& mode, double radius) {
  const Vector r = A.vector();
  const auto square = [&](Vec part, double of_part, Vec other, double of_other) {
    A.apply(part, r.get(), 1, -of_part);
    if (other) petsc(VecAXPY(r.get(), of_other, other));
    return std::pow(norm_of(r.get()), 2);
  };
  const double l = mode.value.real(), w = mode.value.imag();
  double sum = square(mode.re.get(), l, mode.im.get(), w);
  if (mode.im) sum += square(mode.im.get(), l, mode.re.get(), -w);
  return std::sqrt(sum) / radius;
}

double content(const Mode& mode, const OddEven& odd_even) {
  if (!odd_even) return 0;
  const double re = std::pow(norm_of(mode.re.get()), 2), im = mode.im ? std::pow(norm_of(mode.im.get()), 2) : 0.0;
  return (re * odd_even(mode.re.get()) + (mode.im ? im * odd_even(mode.im.get()) : 0.0)) / (re + im);
}

/// The slowest of what was found; fewer than `count` where there are no more.
Spectrum slowest(const Ritz& ritz, int count, const OddEven& odd_even) {
  Spectrum s;
  const auto groups = ritz.clusters();
  std::vector<int> listed(groups.size(), -1);  // as which cluster of the result
  int taken = 0;
  for (int i : ritz.order()) {
    if (taken >= count) break;
    if (ritz.value(i).imag() < 0) continue;
    Mode mode = ritz.mode(i);
    mode.odd_even = content(mode, odd_even);
    if (mode.odd_even > 0.5) {
      s.spurious.push_back(mode.value);
      continue;
    }
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if (std::find(groups[g].begin(), groups[g].end(), i) == groups[g].end()) continue;
      if (listed[g] < 0) {
        listed[g] = static_cast<int>(s.clusters.size());
        s.clusters.push_back({static_cast<int>(groups[g].size()), ritz.mean(groups[g]), ritz.scatter(groups[g])});
      }
      mode.cluster = listed[g];
    }
    taken += mode.im ? 2 : 1;
    s.modes.push_back(std::move(mode));
  }
  return s;
}

int size_of(const Spectrum& s) { return static_cast<int>(s.eigenvalues().size()); }

}  // namespace

std::vector<Complex> Spectrum::eigenvalues() const {
  Complexes all;
  for (const Mode& mode : modes) {
    all.push_back(mode.value);
    if (mode.im) all.push_back(std::conj(mode.value));
  }
  return all;
}

double Spectrum::gap() const {
  const Mode& mode = modes.at(1);
  return -(mode.cluster < 0 ? mode.value : clusters[mode.cluster].mean).real();
}

double Spectrum::gap_scatter() const {
  const Mode& mode = modes.at(1);
  return mode.cluster < 0 ? 0.0 : clusters[mode.cluster].scatter;
}

std::vector<Complex> unperturbed_eigenvalues(const Model& m, int count) {
  const Complex root = std::sqrt(Complex(m.gamma * m.gamma - 4 * m.omega0 * m.omega0)), plus = 0.5 * (m.gamma + root),
                minus = 0.5 * (m.gamma - root);
  const auto ways = [&](int n) { return m.dimension == 1 ? 1 : m.dimension == 2 ? n + 1 : (n + 1) * (n + 2) / 2; };
  Complexes all;
  for (int p = 0; p <= count; ++p)
    for (int q = 0; p + q <= count; ++q)
      all.insert(all.end(), ways(p) * ways(q), -(static_cast<double>(p) * plus + static_cast<double>(q) * minus) + 0.0);
  Complexes sorted;
  for (int i : slowest_first(all, tie_of(m)))
    if (static_cast<int>(sorted.size()) < count || (sorted.back().imag() > 0 && all[i] == std::conj(sorted.back())))
      sorted.push_back(all[i]);
  return sorted;
}

Spectrum find_spectrum(const Operator& A, const NumericalRange& range, int count, const OddEven& odd_even,
                       const SpectrumProgress& progress) {
  static const PetscLogEvent event = Logged::event("Spectrum");
  const Logged logged(event);
  const Model& m = A.model();
  const double last = -unperturbed_eigenvalues(m, count).back().real(), y = cone(m, last);
  InvariantSubspace space(A);
  Spectrum s;
  PetscInt n = 0;
  petsc(VecGetSize(A.vector().get(), &n));
  if (n <= dense) {
    space.fill();
    s = slowest(Ritz(A, space), count, odd_even);
    s.method = "dense";
  } else {
    // (A - sigma)^-1 prefers what is near sigma: from far enough, what is near the imaginary axis
    const double sigma = std::max(gap(m), last > 0 ? 0.25 * y * y / last : 0.0);
    const bool direct = A.direct_solve_pays();
    const Krylov krylov = direct ? Krylov::inverse(A, sigma) : Krylov::flow(A, range, 1 / gap(m));
    s.method = krylov.description();
    const auto depth = [&](const Complex& z) { return direct ? std::abs(z - sigma) : -z.real(); };
    for (int pass = 0;; ++pass) {
      if (pass == most_passes)
        throw ComputationError(fmt::format("eigenvalues: after {} passes slower ones may still be hidden", pass), true);
      const std::size_t before = space.size();
      krylov.extend(space, pass == 0 ? count + 2 : std::max(4, count / 2), pass, [&](int found) {
        if (progress) progress(static_cast<int>(before) + found, count);
      });
      const Ritz ritz(A, space);
      s = slowest(ritz, count, odd_even);
      s.method = krylov.description();
      if (pass == 0 || size_of(s) < count) continue;
      // all that is nearer than the nearest of the last pass is known
      double known = std::numeric_limits<double>::infinity();
      for (const Complex& z : space.eigenvalues_from(before)) known = std::min(known, depth(z));
      const double a = -s.modes.back().value.real(), top = 1.2 * cone(m, a) + 0.2 * m.omega0;
      if (known >= (direct ? std::hypot(sigma + a, top) : a - tie_of(m))) break;
    }
  }
  if (size_of(s) < count)
    throw ComputationError(fmt::format("eigenvalues: {} wanted, {} there that are not the grid's own", count, size_of(s)), true);
  for (Mode& mode : s.modes) {
    mode.residual = residual(A, mode, range.radius());
    if (!(mode.residual <= accepted_residual))
      throw ComputationError(fmt::format("the eigenvalue {:.8g} {:+.8g} i did not converge: residual {:.2g}, wanted {:.0g}",
                                         mode.value.real(), mode.value.imag(), mode.residual, accepted_residual),
                             true);
  }
  return s;
}

}  // namespace hypofp
