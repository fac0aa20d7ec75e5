#include "solver/modes/certificate.hpp"

#include <fmt/format.h>
#include <slepceps.h>

#include <cmath>
#include <limits>

#include "grids/function_shell.hpp"
#include "solver/flow/propagator.hpp"
#include "solver/modes/golden.hpp"

namespace hypofp {
namespace {

using Sparse = SparseMatrix;
using Triplets = std::vector<Eigen::Triplet<double, PetscInt>>;

/// Gamma along an axis, by its columns.
Sparse gradient_matrix(const Operator& A, int axis) {
  const Vector unit = A.vector(), column = A.vector();
  PetscInt n = 0;
  petsc(VecGetSize(unit.get(), &n));
  Triplets entries;
  for (PetscInt j = 0; j < n; ++j) {
    WriteArray(unit.get())[j] = 1;
    A.gradient(axis, Sense::forward, unit.get(), column.get());
    WriteArray(unit.get())[j] = 0;
    const ReadArray values(column.get());
    for (PetscInt i = 0; i < n; ++i)
      if (values[i] != 0) entries.emplace_back(i, j, values[i]);
  }
  Sparse result(n, n);
  result.setFromTriplets(entries.begin(), entries.end());
  return result;
}

Sparse matrix_of(const Operator& A) {
  const Matrix a = A.assemble();
  PetscInt n = 0;
  petsc(MatGetSize(a.get(), &n, nullptr));
  Triplets entries;
  for (PetscInt i = 0; i < n; ++i) {
    PetscInt count = 0;
    const PetscInt* columns = nullptr;
    const PetscScalar* values = nullptr;
    petsc(MatGetRow(a.get(), i, &count, &columns, &values));
    for (PetscInt k = 0; k < count; ++k) entries.emplace_back(i, columns[k], values[k]);
    petsc(MatRestoreRow(a.get(), i, &count, &columns, &values));
  }
  Sparse result(n, n);
  result.setFromTriplets(entries.begin(), entries.end());
  return result;
}

Sparse symmetric(const Sparse& m) {
  const Sparse transposed = m.transpose();
  return m + transposed;
}

/// The h of the `wanted` eigenvalues of the pencil next above the shift, nearest first, by Krylov-Schur on K^-1 G.
std::vector<Vector> above(const Bordered& K, const Sparse& G, int wanted, double tolerance, Vec start) {
  const FunctionShell shell(start, [&](Vec x, Vec y) { put(K.solve(G * entries_of(x)), y); });
  const auto n = static_cast<PetscInt>(G.rows());
  EPS eps = nullptr;
  petsc(EPSCreate(PETSC_COMM_SELF, &eps));
  const PetscOwner<EPS, EPSDestroy> owner(eps);
  petsc(EPSSetOperators(eps, shell.get(), nullptr));
  petsc(EPSSetProblemType(eps, EPS_NHEP));  // self-adjoint in G, which is semi-definite
  petsc(EPSSetWhichEigenpairs(eps, EPS_LARGEST_REAL));
  petsc(EPSSetDimensions(eps, wanted, std::min<PetscInt>(n, 2 * wanted + 40), PETSC_DEFAULT));
  petsc(EPSSetTolerances(eps, tolerance, 200));
  petsc(EPSSetInitialSpace(eps, 1, &start));
  petsc(EPSSolve(eps));
  PetscInt found = 0;
  petsc(EPSGetConverged(eps, &found));
  std::vector<Vector> h;
  for (PetscInt i = 0; i < std::min<PetscInt>(found, wanted); ++i) {
    Vec v = nullptr;
    petsc(VecDuplicate(start, &v));
    h.emplace_back(v);
    petsc(EPSGetEigenvector(eps, i, v, nullptr));
  }
  return h;
}

double quotient(const Sparse& S, const Sparse& G, Vec h) {
  const Eigen::VectorXd v = entries_of(h);
  return v.dot(S * v) / v.dot(G * v);
}

}  // namespace

Pencil::Pencil(const Operator& A, OddEven odd_even) : A_(A), odd_even_(std::move(odd_even)) {
  PetscInt n = 0;
  petsc(VecGetSize(A.vector().get(), &n));
  if (n > most_unknowns)
    throw ComputationError(fmt::format("the certificate's matrices are for at most {} unknowns, here are {}", most_unknowns, n), true);
  const int d = A.model().dimension;
  for (auto& part : H_) part.resize(n, n);
  for (int i = 0; i < d; ++i) {
    const Sparse x = gradient_matrix(A, i), v = gradient_matrix(A, d + i), xt = x.transpose(), vt = v.transpose();
    const Sparse xx = xt * x, vv = vt * v, xv = xt * v;
    H_[0] += xx, H_[1] += vv, H_[2] += symmetric(xv);
  }
  generator_ = matrix_of(A);
  for (int k = 0; k < 3; ++k) {
    const Sparse product = H_[k] * generator_;
    decay_[k] = -symmetric(product);
  }
}

/// Odd-even content up to which an h is the equation's; above a half it is the grid's; between, nothing is said.
constexpr double smooth = 0.2;

Certificate Pencil::smallest(double C, double C_hat, const Eigen::VectorXd& near) const {
  static const PetscLogEvent event = Logged::event("Certificate");
  const Logged logged(event);
  const Sparse S = at(decay_, C, C_hat), G = at(H_, C, C_hat);
  const Eigen::VectorXd phi = entries_of(A_.maxwellian().get());
  const auto shifted = [&](double sigma) { return std::make_unique<Bordered>(S - sigma * G, phi); };
  const double gamma = A_.model().gamma;
  std::unique_ptr<Bordered> K;  // shifted to just below the smallest, where it stands apart from the next
  Vector start = A_.rough(0.7);
  if (near.size() > 0) {
    put(near, start.get());
    const double from_above = quotient(S, G, start.get());
    K = shifted(from_above - 0.05 * std::max(std::abs(from_above), gamma));
  }
  if (!K || !K->positive()) {
    double reach = 0.5 * gamma, sigma = 2 * gap(A_.model()) - reach;
    K = shifted(sigma);
    for (int tries = 0; !K->positive(); ++tries) {
      if (tries == 30) throw ComputationError(fmt::format("the certificate: h that grow as e^({:.3g} t) and faster", -0.5 * sigma), true);
      sigma -= reach *= 2;
      K = shifted(sigma);
    }
    std::vector<Vector> rough = above(*K, G, 1, 1e-3, start.get());
    if (rough.empty()) throw ComputationError("the certificate's eigenvalue did not converge", true);
    start = std::move(rough[0]);
    const double from_above = quotient(S, G, start.get());
    auto nearer = shifted(from_above - 0.05 * std::max(from_above - sigma, 0.1 * gamma));
    if (nearer->positive()) K = std::move(nearer);
  }
  const std::vector<Vector> slow = above(*K, G, odd_even_ ? 16 : 1, 1e-9, start.get());
  if (slow.empty()) throw ComputationError("the certificate's eigenvalue did not converge", true);
  Certificate c;
  for (const Vector& h : slow) {
    c.odd_even = odd_even_ ? odd_even_(h.get()) : 0.0;
    if (c.odd_even > 0.5) {
      ++c.left_out;
      continue;
    }
    if (c.odd_even > smooth)
      throw ComputationError(fmt::format("of the h that are left the slowest in H is odd-even by {:.2g}: the centred differences of Gamma "
                                         "do not see it whole",
                                         c.odd_even),
                             true);
    const Eigen::VectorXd v = entries_of(h.get());
    const auto form = [&](const std::array<Sparse, 3>& m) { return Form{v.dot(m[0] * v), v.dot(m[1] * v), v.dot(m[2] * v)}; };
    c.h = {form(decay_), form(H_)};
    c.mu = c.h.mu(C, C_hat);
    c.phi = v;
    return c;
  }
  throw ComputationError(fmt::format("the {} slowest h in H are odd-even: the centred differences of Gamma do not see them", c.left_out),
                         true);
}

namespace {

double least(const std::vector<Cut>& cuts, double C, double C_hat) {
  double mu = std::numeric_limits<double>::infinity();
  for (const Cut& cut : cuts) mu = std::min(mu, cut.mu(C, C_hat));
  return mu;
}

}  // namespace

BestPair best_pair(const Pencil& pencil, double C, double C_hat, std::vector<Cut>& cuts) {
  constexpr int most = 60;
  constexpr double close = 1e-7, fine = 1e-7, narrowest = -9;
  struct Place {  // P > 0 everywhere: C = C_hat^2 (1 + e^s)
    double log_hat, s;
    double hat() const { return std::exp(log_hat); }
    double C() const { return hat() * hat() * (1 + std::exp(s)); }
  } at{std::log(C_hat), std::log(C / (C_hat * C_hat) - 1)};
  BestPair best{C, C_hat, pencil.smallest(C, C_hat), std::numeric_limits<double>::infinity()};
  cuts.push_back(best.certificate.h);
  const auto liked = [&](const Place& p) { return least(cuts, p.C(), p.hat()); };
  for (int i = 0; i < most && best.bound - best.certificate.mu > close; ++i) {
    // in a box about the best so far: mu_cert is quasi-concave, so that what is best there, inside, is best of all
    const auto of_hat = [&](double log_hat) {
      const double s = golden([&](double t) { return liked({log_hat, t}); }, std::max(narrowest, at.s - 1), at.s + 1, fine);
      return Place{log_hat, s};
    };
    const Place next = of_hat(golden([&](double l) { return liked(of_hat(l)); }, at.log_hat - 0.5, at.log_hat + 0.5, fine));
    const double bound = liked(next);
    Certificate c = pencil.smallest(next.C(), next.hat(), best.certificate.phi);
    cuts.push_back(c.h);
    if (c.mu > best.certificate.mu) best.C = next.C(), best.C_hat = next.hat(), best.certificate = std::move(c), at = next;
    best.bound = std::max(bound, best.certificate.mu);
  }
  return best;
}

}  // namespace hypofp
