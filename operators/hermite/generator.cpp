#include "operators/hermite/generator.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

#include "grids/storage.hpp"
#include "operators/functionals.hpp"
#include "operators/hermite/multiplication.hpp"
#include "operators/theta_moments.hpp"

namespace hypofp {
namespace {

using Map = Eigen::Map<Eigen::VectorXd>;
using ConstMap = Eigen::Map<const Eigen::VectorXd>;
using Strided = Eigen::Map<const Eigen::MatrixXd>;

}  // namespace

HermiteGenerator::HermiteGenerator(const Model& model, int degree, const EpsilonField& epsilon, bool lattice) : space_(model, degree) {
  const int d = space_.d(), n = space_.size();
  A0_.resize(n, n), T_.resize(n, n);
  for (int i = 0; i < d; ++i) {
    const Sparse a = space_.lowering(i), b = space_.lowering(d + i), dv = space_.s * a + space_.c * b;
    T_ += model.omega0 * (Sparse(Sparse(b.transpose()) * a) - Sparse(Sparse(a.transpose()) * b));
    A0_ -= model.gamma * Sparse(Sparse(dv.transpose()) * dv);
  }
  A0_ -= T_;
  for (int axis = 0; axis < 2 * d; ++axis) derivatives_.push_back(space_.derivative(axis));
  if (lattice) lattice_.emplace(space_);
  image_.resize(n);
  if (epsilon) tabulate(epsilon);
}

void HermiteGenerator::tabulate(const EpsilonField& epsilon) {
  Multiplication E(space_, epsilon);
  epsilon_ = std::move(E.matrices);
  nodes_ = E.nodes;
  quadrature_error_ = E.error;
  missing_epsilon_ = E.missing;
}

void HermiteGenerator::perturb(Sense sense, const double* u, double* out) const {
  const double factor = raising();
  const Simplex& q = space_.indices;
  for (int level = 0; level < space_.degree; ++level) {
    const int wide = space_.width(level), narrow = space_.width(level + 1), first = space_.first_of(level), n = space_.count_of(level);
    if (buffer_.size() < static_cast<Eigen::Index>(wide) * n) buffer_.resize(static_cast<Eigen::Index>(wide) * n);
    Eigen::Map<Eigen::MatrixXd> product(buffer_.data(), narrow, n);
    for (int i = 0; i < space_.d(); ++i) {
      const auto raised = [&](int k, auto& array) { return array + space_.at(q.above(first + k, i), 0); };
      if (sense == Sense::forward) {
        product.noalias() = epsilon_[i].topLeftCorner(narrow, wide) * Strided(u + space_.start(level), wide, n);
        for (int k = 0; k < n; ++k) Map(raised(k, out), narrow) += factor * std::sqrt(q[first + k][i] + 1) * product.col(k);
      } else {
        for (int k = 0; k < n; ++k) product.col(k) = factor * std::sqrt(q[first + k][i] + 1) * ConstMap(raised(k, u), narrow);
        Eigen::Map<Eigen::MatrixXd>(out + space_.start(level), wide, n).noalias() += epsilon_[i].topLeftCorner(wide, narrow) * product;
      }
    }
  }
}

void HermiteGenerator::act(Part part, Sense sense, Vec phi, Vec y, double a, double b, double c, const std::vector<Sum>& sums) const {
  const ReadArray in(phi);
  const WriteArray out(y);
  const int n = space_.size();
  const ConstMap u(in, n);
  Map result(out, n);
  const bool forward = sense == Sense::forward;
  image_.setZero();
  if (part == Part::whole || part == Part::L) image_.noalias() += A0_ * u;
  if (part == Part::whole && !forward) image_.noalias() += 2 * (T_ * u);
  if (part == Part::L) image_.noalias() += T_ * u;
  if (part == Part::T) image_.noalias() += (forward ? 1 : -1) * (T_ * u);
  if (perturbed() && (part == Part::whole || part == Part::R)) perturb(sense, in, image_.data());
  if (c == 0)
    result = a * image_ + b * u;
  else
    result = a * image_ + b * u + c * result;
  for (const Sum& sum : sums) {
    const WriteArray added(sum.out);
    Map(added, n) += sum.of_y * result + sum.of_phi * u;
  }
  ++applications_;
}

void HermiteGenerator::gradient(int axis, Sense sense, Vec phi, Vec y) const {
  const ReadArray in(phi);
  const WriteArray out(y);
  const ConstMap u(in, space_.size());
  if (sense == Sense::forward)
    Map(out, space_.size()).noalias() = derivatives_[axis] * u;
  else
    Map(out, space_.size()).noalias() = derivatives_[axis].transpose() * u;
}

Vector HermiteGenerator::vector() const { return aligned_vector(PETSC_COMM_SELF, 1, space_.size(), 0); }

Vector HermiteGenerator::maxwellian() const {
  Vector result = vector();
  add_maxwellian(1, result.get());
  return result;
}

double HermiteGenerator::mass(Vec phi) const { return ReadArray(phi)[0]; }

void HermiteGenerator::add_maxwellian(double amount, Vec phi) const { WriteArray(phi)[0] += amount; }

Observation HermiteGenerator::observe(const SteadyState& F, double mass_of_g, Vec phi_h) const {
  const int d = space_.d(), n = space_.size();
  const ReadArray in(phi_h);
  const ConstMap h(in, n);
  Observation o{.mass = mass_of_g + h(0), .h_norm = h.norm(), .edge = edge_share(phi_h)};
  for (int i = 0; i < d; ++i) {
    const Eigen::VectorXd x = derivatives_[i] * h, v = derivatives_[d + i] * h;
    o.grad_x += x.squaredNorm(), o.grad_v += v.squaredNorm(), o.cross += x.dot(v);
  }
  o.g_min = std::numeric_limits<double>::quiet_NaN();
  const Vector g = F.state();
  {
    const WriteArray u(g.get());
    Map(u, n) = mass_of_g * Map(u, n) + h;
    if (lattice_) o.g_min = lattice_->smallest(space_, u);
  }
  fill_theta(space_.model, moments(g.get()), o);
  return o;
}

Moments HermiteGenerator::moments(Vec phi) const {
  const int d = space_.d(), n = 2 * d;
  const ReadArray u(phi);
  const Simplex& k = space_.indices;
  const auto of = [&](std::initializer_list<int> axes) {  // the coefficient of the product of these coordinates; axis < d: zeta
    int q = 0, p = 0;
    for (int axis : axes) {
      int& side = axis < d ? p : q;
      side = side < 0 ? -1 : k.above(side, axis % d);
    }
    return q < 0 || p < 0 || k.degree(q) + k.degree(p) > space_.degree ? 0.0 : u[space_.at(q, p)] / u[0];
  };
  Eigen::VectorXd first(n);
  Eigen::MatrixXd second(n, n);
  for (int i = 0; i < n; ++i) {
    first(i) = of({i});
    for (int j = 0; j < n; ++j) second(i, j) = i == j ? std::sqrt(2) * of({i, i}) + 1 : of({i, j});
  }
  const Eigen::MatrixXd to_xv = space_.to_xv();
  const Eigen::VectorXd mean = to_xv * first;
  return {u[0], mean, to_xv * second * to_xv.transpose() - mean * mean.transpose()};
}

double HermiteGenerator::edge_share(Vec phi) const {
  const ReadArray u(phi);
  const std::vector<double> squares = space_.products_by_degree(u, u);
  double all = 0, last = 0;
  for (int n = 0; n <= space_.degree; ++n) {
    all += squares[n];
    if (n > space_.degree - 2) last += squares[n];
  }
  return all > 0 ? last / all : 0.0;
}

Doubt HermiteGenerator::doubt(Vec phi_h, const Observation& o, double C, double C_hat) const {
  const ReadArray in(phi_h);
  const ConstMap h(in, space_.size());
  std::vector<double> gradients(space_.degree + 1, 0.0), H(gradients);
  for (int i = 0; i < space_.d(); ++i) {
    const Eigen::VectorXd x = derivatives_[i] * h, v = derivatives_[space_.d() + i] * h;
    const auto xx = space_.products_by_degree(x.data(), x.data()), vv = space_.products_by_degree(v.data(), v.data()),
               xv = space_.products_by_degree(x.data(), v.data());
    for (int n = 0; n < space_.degree; ++n) {  // of degree n + 1 in h
      gradients[n + 1] += xx[n] + vv[n];
      H[n + 1] += xx[n] + C * vv[n] + 2 * C_hat * xv[n];
    }
  }
  const auto share = [](double part, double whole) { return whole > 0 ? part / whole : 0.0; };
  return {share(beyond(space_.products_by_degree(in, in)), o.h_norm * o.h_norm), share(beyond(gradients), o.grad_x + o.grad_v),
          share(beyond(H), lyapunov(o, C, C_hat))};
}

NumericalRange HermiteGenerator::numerical_range() const {
  // T and L are sums of b_j^T B_jk b_k over the lowering operators: on degree n, W reaches n times as far as that of the 2 x 2 matrix B.
  // R raises |q| by one, so that a phase e^{i phi |q|} turns it: its W is a disc.
  const Model& m = space_.model;
  const double sc = space_.s * space_.c;
  Eigen::Matrix2d B;
  B << -m.gamma * space_.s * space_.s, m.omega0 - m.gamma * sc, -m.omega0 - m.gamma * sc, -m.gamma * space_.c * space_.c;
  const double disc = perturbed() ? largest_of_symmetric_part(*this, Part::R, 60) : 0.0;
  NumericalRange range;
  for (int k = 0; k < NumericalRange::directions; ++k) {
    const std::complex<double> turn = std::polar(1.0, -NumericalRange::angle(k));
    const Eigen::Matrix2cd part =
        0.5 * (turn * B.cast<std::complex<double>>() + std::conj(turn) * B.transpose().cast<std::complex<double>>());
    const double reach = Eigen::SelfAdjointEigenSolver<Eigen::Matrix2cd>(part, Eigen::EigenvaluesOnly).eigenvalues()(1);
    range.reach[k] = space_.degree * std::max(0.0, reach) + disc;
  }
  range.reach[0] = numerical_abscissa(*this, 60);
  range.clip();
  return range;
}

double HermiteGenerator::norm_bound() const {
  double bound = 0;
  for (int row = 0; row < space_.size(); ++row) {
    double sum = 0;
    for (Sparse::InnerIterator entry(A0_, row); entry; ++entry) sum += std::abs(entry.value());
    bound = std::max(bound, sum);
  }
  for (const auto& E : epsilon_) bound += raising() * std::sqrt(space_.degree) * E.cwiseAbs().rowwise().sum().maxCoeff();
  return bound;
}

Matrix HermiteGenerator::assemble() const {
  const int n = space_.size();
  const Simplex& q = space_.indices;
  std::vector<PetscInt> entries(n, 0);
  for (int row = 0; row < n; ++row) entries[row] = A0_.row(row).nonZeros() + 1;  // the diagonal, which may be none of A0's
  const auto each_block = [&](const auto& action) {                              // R's: rows of q + e_i, columns of q
    for (int i = 0; i < static_cast<int>(epsilon_.size()); ++i)
      for (int k = 0; k < q.size(); ++k)
        if (q.degree(k) < space_.degree) action(i, k, q.above(k, i), space_.width(q.degree(k) + 1), space_.width(q.degree(k)));
  };
  each_block([&](int, int, int to, int rows, int columns) {
    for (int p = 0; p < rows; ++p) entries[space_.at(to, p)] += columns;
  });
  Mat mat = nullptr;
  petsc(MatCreateSeqAIJ(PETSC_COMM_SELF, n, n, 0, entries.data(), &mat));
  Matrix owner(mat);
  for (int row = 0; row < n; ++row) {
    petsc(MatSetValue(mat, row, row, 0, ADD_VALUES));
    for (Sparse::InnerIterator entry(A0_, row); entry; ++entry)
      petsc(MatSetValue(mat, row, static_cast<PetscInt>(entry.col()), entry.value(), ADD_VALUES));
  }
  each_block([&](int i, int from, int to, int rows, int columns) {
    std::vector<PetscInt> column(columns);
    for (int p = 0; p < columns; ++p) column[p] = space_.at(from, p);
    for (PetscInt p = 0; p < rows; ++p) {
      const PetscInt row = space_.at(to, p);
      const Eigen::VectorXd values = raising() * std::sqrt(q[to][i]) * epsilon_[i].row(p).head(columns).transpose();
      petsc(MatSetValues(mat, 1, &row, columns, column.data(), values.data(), ADD_VALUES));
    }
  });
  petsc(MatAssemblyBegin(mat, MAT_FINAL_ASSEMBLY));
  petsc(MatAssemblyEnd(mat, MAT_FINAL_ASSEMBLY));
  return owner;
}

Vector HermiteGenerator::rough(double phase) const {
  Vector result = vector();
  WriteArray out(result.get());
  for (int i = 0; i < space_.size(); ++i) out[i] = std::sin(1.7 * i * i + phase);
  return result;
}

std::function<double(Vec)> HermiteGenerator::rough_product() const {
  const Vector state = rough(0.7);
  return
      [r = Eigen::VectorXd(ConstMap(ReadArray(state.get()), space_.size()))](Vec phi) { return r.dot(ConstMap(ReadArray(phi), r.size())); };
}

double HermiteGenerator::bytes(int d, int degree, bool perturbed) {
  const double size = Simplex::count(2 * d, degree), p = Simplex::count(d, degree);
  return size * (12 * (2 * (1 + 2 * d) + 4 * d) + 16 * (4 + 4 * d) + 8 * 20) + (perturbed ? 24 * d * p * p : 0);
}

double HermiteGenerator::work(int d, int degree, bool perturbed) {
  const auto count = [](int axes, int n) { return static_cast<double>(Simplex::count(axes, n)); };
  double work = 0;
  for (int level = 0; level <= degree; ++level) {
    const double q = count(d, level) - count(d, level - 1), width = count(d, degree - level);
    work += q * width * (4 + 4 * d);
    if (perturbed) work += d * q * width * count(d, degree - level - 1);
  }
  return work;
}

}  // namespace hypofp
