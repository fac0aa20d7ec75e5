#include "solver/modes/growth.hpp"

#include <fmt/format.h>
#include <slepceps.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <unsupported/Eigen/MatrixFunctions>

#include "grids/function_shell.hpp"
#include "solver/modes/golden.hpp"

namespace hypofp {
namespace {

/// The largest eigenvalue of an operator that is self-adjoint in some product, sought from `vector`, which becomes its eigenvector.
double largest_eigenvalue(FunctionShell::Function action, Vec vector, bool symmetric, double tolerance) {
  const FunctionShell shell(vector, std::move(action));
  PetscInt n = 0;
  petsc(VecGetSize(vector, &n));
  MPI_Comm comm = MPI_COMM_NULL;
  petsc(PetscObjectGetComm(reinterpret_cast<PetscObject>(vector), &comm));
  EPS eps = nullptr;
  petsc(EPSCreate(comm, &eps));
  const PetscOwner<EPS, EPSDestroy> owner(eps);
  petsc(EPSSetOperators(eps, shell.get(), nullptr));
  petsc(EPSSetProblemType(eps, symmetric ? EPS_HEP : EPS_NHEP));
  petsc(EPSSetWhichEigenpairs(eps, EPS_LARGEST_REAL));
  petsc(EPSSetDimensions(eps, 1, std::min<PetscInt>(n, 20), PETSC_DEFAULT));
  petsc(EPSSetTolerances(eps, tolerance, 100));
  petsc(EPSSetInitialSpace(eps, 1, &vector));
  petsc(EPSSolve(eps));
  PetscInt found = 0;
  petsc(EPSGetConverged(eps, &found));
  if (found == 0) throw ComputationError("the largest growth did not converge", true);
  PetscScalar value = 0;
  petsc(EPSGetEigenpair(eps, 0, &value, nullptr, vector, nullptr));
  return value;
}

}  // namespace

Growth::Growth(const Operator& A, const NumericalRange& range, double longest, const Pencil* pencil, double C, double C_hat)
    : A_(A),
      propagator_(make_propagator(PropagatorKind::chebyshev, A, range, {.tolerance = 1e-12, .longest = longest, .outputs = 1})),
      h0_(A.vector()) {
  if (!pencil) return;
  G_ = pencil->G(C, C_hat);
  inverse_ = std::make_unique<Bordered>(*G_, entries_of(A.maxwellian().get()));
}

double Growth::largest(Quotient quotient, double t) {
  const Vector mean_zero = A_.vector(), later = A_.vector();
  const auto project = [&](Vec v) { A_.add_maxwellian(-A_.mass(v), v); };
  const auto flow = [&](Sense sense, Vec from, Vec to) { propagator_->advance(sense, from, to, {t}, [](std::size_t, Vec) {}); };
  const auto gram = [&](Vec x, Vec y) {  // P e^{tA^T} [G] e^{tA} P, and G^-1 of it where H(0) is what is divided by
    petsc(VecCopy(x, mean_zero.get()));
    project(mean_zero.get());
    flow(Sense::forward, mean_zero.get(), later.get());
    if (quotient == Quotient::H) put(*G_ * entries_of(later.get()), later.get());
    flow(Sense::adjoint, later.get(), y);
    project(y);
    if (quotient == Quotient::norm) return;
    put(inverse_->solve(entries_of(y)), y);
    project(y);
  };
  petsc(VecCopy(A_.rough(0.7).get(), h0_.get()));  // not the last one's: an exact invariant subspace would be a breakdown
  const double value = largest_eigenvalue(gram, h0_.get(), quotient == Quotient::norm, 1e-11);
  project(h0_.get());
  petsc(VecScale(h0_.get(), (A_.rough_product()(h0_.get()) < 0 ? -1 : 1) / norm_of(h0_.get())));
  return quotient == Quotient::norm ? std::sqrt(value) : value;
}

namespace {

/// exp(t A) on mean-zero h as a dense matrix, and its three quotients at their largest.
class DenseFlow {
 public:
  DenseFlow(const Operator& A, const Pencil& pencil, double C, double C_hat, double gap) : gap_(gap) {
    // a reflection takes M to the first unit vector, which is then left out
    Eigen::VectorXd v = entries_of(A.maxwellian().get());
    const Eigen::Index n = v.size();
    v(0) -= 1;
    const double square = v.squaredNorm();
    const auto reduced = [&](Eigen::MatrixXd m) -> Eigen::MatrixXd {
      if (square > 0) {
        m -= (2 / square) * v * (v.transpose() * m);
        m -= (2 / square) * (m * v) * v.transpose();
      }
      return m.bottomRightCorner(n - 1, n - 1);
    };
    A_ = reduced(pencil.generator());
    U_ = Eigen::LLT<Eigen::MatrixXd>(reduced(pencil.G(C, C_hat))).matrixU();
    Vec start = nullptr;
    petsc(VecCreateSeq(PETSC_COMM_SELF, static_cast<PetscInt>(n - 1), &start));
    start_.reset(start);
  }
  Eigen::MatrixXd at(double t) const { return (A_ * t).exp(); }
  double quotient(Quotient which, const Eigen::MatrixXd& flow, double t) {
    Eigen::MatrixXd m = flow;
    if (which != Quotient::norm) m = U_.triangularView<Eigen::Upper>().solve<Eigen::OnTheRight>(m);
    if (which == Quotient::H) m = U_.triangularView<Eigen::Upper>() * m;
    petsc(VecSet(start_.get(), 1));  // not the last one's: an exact invariant subspace would be a breakdown
    const double square = largest_eigenvalue([&m](Vec x, Vec y) { put(m.transpose() * (m * entries_of(x)), y); }, start_.get(), true, 1e-9);
    return which == Quotient::norm ? std::exp(gap_ * t) * std::sqrt(square) : std::exp(2 * gap_ * t) * square;
  }

 private:
  double gap_;
  Eigen::MatrixXd A_, U_;
  Vector start_;
};

/// The supremum of samples, looked at again about their peaks: of those that are equal to 1e-5 (underdamped, they return each half-period)
/// at the first.
Prefactor supremum(const std::vector<double>& times, const std::vector<double>& values, const std::function<double(double)>& f) {
  constexpr double equal = 1e-5, sampling = 1e-2;
  const double largest = *std::max_element(values.begin(), values.end()), end = values.back(), before = values[3 * values.size() / 4];
  if (end >= largest * (1 - equal) && end - before > 1e-6 * end) return {};                                      // growing still
  if (end >= largest * (1 - equal) && end > before && values.front() < end * (1 - equal)) return {largest, {}};  // approached
  const auto refined = [&](std::size_t i) -> Prefactor {
    if (i == 0) return {values[0], 0.0};
    const double t = golden(f, times[i - 1], times[std::min(i + 1, times.size() - 1)], 1e-3 * times[i]);
    return {f(t), t};
  };
  const Prefactor highest = refined(std::max_element(values.begin(), values.end()) - values.begin());
  for (std::size_t i = 0; times[i] < highest.t; ++i) {
    const bool peak = (i == 0 || values[i] >= values[i - 1]) && values[i] >= values[i + 1] * (1 - 1e-9);
    if (!peak || values[i] < largest * (1 - sampling)) continue;
    if (const Prefactor here = refined(i); *here.value >= *highest.value * (1 - equal)) return here;
  }
  return highest;
}

}  // namespace

Prefactors prefactors(const Operator& A, const Pencil& pencil, double C, double C_hat, double gap) {
  DenseFlow flow(A, pencil, C, C_hat, gap);
  const double span = 12 / gap, fine = 0.1 / A.model().omega0, coarse = std::max(fine, span / 120);
  const Eigen::MatrixXd by_fine = flow.at(fine), by_coarse = flow.at(coarse);
  Eigen::MatrixXd now = Eigen::MatrixXd::Identity(by_fine.rows(), by_fine.cols());
  std::vector<double> times, values[3];
  const Quotient all[] = {Quotient::norm, Quotient::H, Quotient::norm2_over_H};
  for (double t = 0; t <= span;) {
    times.push_back(t);
    for (int k = 0; k < 3; ++k) values[k].push_back(flow.quotient(all[k], now, t));
    const bool early = t < 100 * fine;
    now = (early ? by_fine : by_coarse) * now;
    t += early ? fine : coarse;
  }
  const auto of = [&](int k) { return supremum(times, values[k], [&](double t) { return flow.quotient(all[k], flow.at(t), t); }); };
  return {of(0), of(1), of(2)};
}

}  // namespace hypofp
