#include "operators/numerical_range.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>
#include <functional>

#include "operators/pair.hpp"

namespace hypofp {
namespace {

/// A vector of one or two parts (real and imaginary).
using Parts = std::vector<Vector>;

Parts new_parts(const Operator& A, int n) {
  Parts parts;
  for (int i = 0; i < n; ++i) parts.push_back(A.vector());
  return parts;
}
double dot(const Parts& a, const Parts& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    PetscScalar part = 0;
    petsc(VecDot(a[i].get(), b[i].get(), &part));
    sum += part;
  }
  return sum;
}

/// Largest eigenvalue of a symmetric operator, y = op(x): the largest Ritz value and its residual on top.
double lanczos(const Operator& A, int parts, int steps, double accuracy, const std::function<void(const Parts&, Parts&)>& op) {
  Parts v, w = new_parts(A, parts), old = new_parts(A, parts);
  for (int i = 0; i < parts; ++i) v.push_back(A.rough(0.3 + i));
  std::vector<double> alpha, beta;
  double norm = std::sqrt(dot(v, v)), largest = 0, residual = 0;
  for (auto& part : v) petsc(VecScale(part.get(), 1 / norm));
  for (int step = 0; step < steps; ++step) {
    op(v, w);
    alpha.push_back(dot(v, w));
    for (int i = 0; i < parts; ++i) {
      petsc(VecAXPY(w[i].get(), -alpha.back(), v[i].get()));
      if (step > 0) petsc(VecAXPY(w[i].get(), -beta.back(), old[i].get()));
    }
    norm = std::sqrt(dot(w, w));
    beta.push_back(norm);
    if (step % 10 == 9 || step + 1 == steps || norm < 1e-12 * (std::abs(alpha.back()) + 1)) {
      const int n = static_cast<int>(alpha.size());
      const Eigen::Map<Eigen::VectorXd> diagonal(alpha.data(), n), off(beta.data(), n - 1);
      Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> ritz;
      ritz.computeFromTridiagonal(diagonal, off);
      largest = ritz.eigenvalues()(n - 1);
      residual = norm * std::abs(ritz.eigenvectors()(n - 1, n - 1));
      if (residual < accuracy * std::abs(largest) || residual < 1e-4) break;
    }
    for (auto& part : w) petsc(VecScale(part.get(), 1 / norm));
    std::swap(old, v);
    std::swap(v, w);
  }
  return largest + residual;
}

/// Reach of the pair's W in one direction: the largest eigenvalue of the Hermitian part of e^{-i angle} A, on (p, q) = p + i q.
double pair_reach(const Operator& pair, double angle) {
  const double c = 0.5 * std::cos(angle), s = 0.5 * std::sin(angle);
  return lanczos(pair, 2, 40, 0.02, [&](const Parts& in, Parts& out) {
    Vec p = in[0].get(), q = in[1].get(), re = out[0].get(), im = out[1].get();
    petsc(VecZeroEntries(re));
    petsc(VecZeroEntries(im));
    if (std::abs(c) > 1e-9) {
      pair.apply(p, re, c, 0, 1), pair.apply_adjoint(p, re, c, 0, 1);
      pair.apply(q, im, c, 0, 1), pair.apply_adjoint(q, im, c, 0, 1);
    }
    if (std::abs(s) > 1e-9) {
      pair.apply(q, re, s, 0, 1), pair.apply_adjoint(q, re, -s, 0, 1);
      pair.apply(p, im, -s, 0, 1), pair.apply_adjoint(p, im, s, 0, 1);
    }
  });
}

/// Bound of ||Q|| for the derivative along one axis: rows' sums of |Q|.
double derivative_norm(const Band& Q, double sigma) {
  double largest = 0;
  for (int i = 0; i < Q.size(); ++i) {
    double row = 0;
    for (int k = -Q.width(); k <= Q.width(); ++k) row += std::abs(Q(i, k));
    largest = std::max(largest, row);
  }
  return largest / sigma;
}

}  // namespace

double largest_of_symmetric_part(const Operator& A, Part part, int steps) {
  return lanczos(A, 1, steps, 0.01, [&](const Parts& in, Parts& out) {
    A.apply_part(part, Sense::forward, in[0].get(), out[0].get(), 0.5);
    A.apply_part(part, Sense::adjoint, in[0].get(), out[0].get(), 0.5, 0, 1);
  });
}

double numerical_abscissa(const Operator& A, int steps) {
  return A.perturbed() ? std::max(0.0, largest_of_symmetric_part(A, Part::whole, steps)) : 0.0;
}

NumericalRange unperturbed_range(const Model& model, const GridSpec& spec) {
  const Pair pair(model, spec);
  NumericalRange range;
  for (int k = 1; k < NumericalRange::directions; ++k)
    range.reach[k] = model.dimension * pair_reach(pair.generator, NumericalRange::angle(k));
  return range;
}

NumericalRange numerical_range(const Generator& generator, double abscissa) {
  const PhaseGrid& grid = generator.grid();
  const Model& model = grid.model;
  NumericalRange range = unperturbed_range(model, grid.spec);
  if (!generator.perturbed()) return range;

  auto& reach = range.reach;
  reach[0] = abscissa;
  double low = 0, high = 0, skew = 0;
  {
    const Vector diagonal = generator.perturbation_diagonal();
    petsc(VecMin(diagonal.get(), nullptr, &low));
    petsc(VecMax(diagonal.get(), nullptr, &high));
  }
  const double derivatives = derivative_norm(grid.x.Q, model.sigma_x()) + model.gamma * derivative_norm(grid.v.Q, model.sigma_v());
  for (double e : generator.largest_epsilon()) skew += e * derivatives;
  for (int k = 1; k < NumericalRange::directions; ++k) {
    const double c = std::cos(NumericalRange::angle(k)), s = std::sin(NumericalRange::angle(k));
    reach[k] += s * skew + (c > 0 ? c * high : c * low);
  }
  range.clip();
  return range;
}

}  // namespace hypofp
