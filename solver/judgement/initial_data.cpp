#include "solver/judgement/initial_data.hpp"

#include <Eigen/LU>
#include <array>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <numbers>
#include <numeric>

#include "operators/functionals.hpp"

namespace hypofp {

double InitialMeasure::H(double C, double C_hat) const {
  const auto middle = gradients->begin() + static_cast<std::ptrdiff_t>(gradients->size() / 2);
  return std::accumulate(gradients->begin(), middle, 0.0) + C * std::accumulate(middle, gradients->end(), 0.0) + 2 * C_hat * cross;
}

InitialMeasure measure_on_grid(const Generator& A, Vec phi_g) {
  InitialMeasure m;
  const Vector h = A.vector(), derivative = A.vector();
  petsc(VecCopy(phi_g, h.get()));
  m.mass = A.mass(phi_g);
  A.add_maxwellian(-m.mass, h.get());
  const Observation o = A.observe(SteadyState(A), m.mass, h.get());
  m.norm2 = o.h_norm * o.h_norm;
  m.cross = o.cross;
  m.gradients.emplace();
  for (int axis = 0; axis < 2 * A.model().dimension; ++axis) {
    A.gradient(axis, Sense::forward, h.get(), derivative.get());
    PetscReal norm = 0;
    petsc(VecNorm(derivative.get(), NORM_2, &norm));
    m.gradients->push_back(norm * norm);
  }
  return m;
}

InitialMeasure measure_of(const Model& model, const std::vector<GaussianPart>& parts) {
  const int n = 2 * model.dimension;
  const Eigen::MatrixXd M = covariance_of_M(model).inverse();
  double total = 0;
  for (const auto& part : parts) total += part.weight;
  // u_i = g_i/M has grad u_i = u_i (A_i z + b_i); u_i u_j M is a Gaussian of precision P_i + P_j - M^-1, of some weight
  Eigen::MatrixXd products = Eigen::MatrixXd::Zero(n, n);
  double square = 0;
  for (const auto& p : parts)
    for (const auto& q : parts) {
      const Eigen::MatrixXd P = p.covariance.inverse(), Q = q.covariance.inverse(), spread = (P + Q - M).inverse();
      const Eigen::VectorXd b = P * p.mean, c = Q * q.mean, center = spread * (b + c);
      const double exponent = 0.5 * ((b + c).dot(center) - b.dot(p.mean) - c.dot(q.mean));
      const double determinants = spread.determinant() * P.determinant() * Q.determinant() / M.determinant();
      const double weight = p.weight * q.weight / (total * total) * std::sqrt(determinants) * std::exp(exponent);
      square += weight;
      products += weight * ((M - P) * spread * (M - Q) + ((M - P) * center + b) * ((M - Q) * center + c).transpose());
    }
  InitialMeasure m{1, square - 1, std::vector<double>(n), 0};
  for (int i = 0; i < n; ++i) (*m.gradients)[i] = products(i, i);
  for (int i = 0; i < model.dimension; ++i) m.cross += products(i, model.dimension + i);
  return m;
}

namespace {

/// Sums over a lattice of n points an axis, shifted by fractions of its spacing.
InitialMeasure lattice_sums(const PhaseGrid& grid, const Expression& h0, const std::vector<Expression>& derivatives, int n, int first_shift) {
  constexpr std::array<double, 12> roots{1.41421356237, 1.73205080757, 2.2360679775, 2.64575131106, 3.31662479036, 3.60555127546,
                                         4.12310562562, 4.35889894354, 4.79583152331, 5.38516480713, 5.56776436283, 6.0827625303};
  const Model& model = grid.model;
  const int d = model.dimension, axes = 2 * d;
  std::vector<std::vector<double>> at(axes), weight(axes);
  for (int axis = 0; axis < axes; ++axis)
    for (int i = 0; i < n; ++i) {
      const double shift = roots[first_shift + axis] - std::floor(roots[first_shift + axis]);
      const double z = grid.spec.half_width * (2 * (i + shift) / n - 1);
      at[axis].push_back(z * model.sigma(axis));
      weight[axis].push_back(std::exp(-0.5 * z * z) * 2 * grid.spec.half_width / n / std::sqrt(2 * std::numbers::pi));
    }
  int rank = 0, ranks = 1;
  MPI_Comm_rank(grid.comm, &rank);
  MPI_Comm_size(grid.comm, &ranks);
  long lines = 1;
  for (int axis = 0; axis + 1 < axes; ++axis) lines *= n;
  std::vector<double> points(n * axes), value(n), sums(3 + axes, 0.0);
  std::vector<std::vector<double>> slope(axes, std::vector<double>(n));
  for (long line = rank; line < lines; line += ranks) {
    double w = 1;
    long rest = line;
    for (int axis = 0; axis + 1 < axes; ++axis, rest /= n) {
      for (int i = 0; i < n; ++i) points[i * axes + axis] = at[axis][rest % n];
      w *= weight[axis][rest % n];
    }
    for (int i = 0; i < n; ++i) points[i * axes + axes - 1] = at[axes - 1][i];
    h0.evaluate(points.data(), n, value.data());
    for (int axis = 0; axis < axes; ++axis) derivatives[axis].evaluate(points.data(), n, slope[axis].data());
    for (int i = 0; i < n; ++i) {
      const double here = w * weight[axes - 1][i];
      sums[0] += here * value[i], sums[1] += here * value[i] * value[i];
      for (int k = 0; k < d; ++k) sums[2] += here * slope[k][i] * slope[d + k][i];
      for (int axis = 0; axis < axes; ++axis) sums[3 + axis] += here * slope[axis][i] * slope[axis][i];
    }
  }
  MPI_Allreduce(MPI_IN_PLACE, sums.data(), static_cast<int>(sums.size()), MPI_DOUBLE, MPI_SUM, grid.comm);
  return {1 + sums[0], sums[1] - sums[0] * sums[0], std::vector<double>(sums.begin() + 3, sums.end()), sums[2]};
}

double relative(double a, double b, double floor) { return std::abs(a - b) <= floor ? 0 : std::abs(a - b) / std::abs(b); }

/// ‖g/M‖_*^2 of g uniform on [lower, upper] along one axis of deviation sigma.
double box_square(double lower, double upper, double sigma) {
  const auto over_M = [sigma](double x) { return std::sqrt(2 * std::numbers::pi) * sigma * std::exp(0.5 * x * x / (sigma * sigma)); };
  return boost::math::quadrature::gauss_kronrod<double, 61>::integrate(over_M, lower, upper, 15, 1e-13) / ((upper - lower) * (upper - lower));
}

/// The same on n cells, each with the share of it that is inside.
double box_square_on_cells(double lower, double upper, double sigma, double half_width, int n) {
  const double D = 2 * half_width * sigma / n;
  double square = 0, total = 0;
  for (int i = 0; i < n; ++i) {
    const double x = -half_width * sigma + D * (i + 0.5), inside = std::min(upper, x + 0.5 * D) - std::max(lower, x - 0.5 * D);
    const double g = std::max(0.0, inside) / D / (upper - lower), M = std::exp(-0.5 * x * x / (sigma * sigma));
    total += M;
    square += g * g / M;
  }
  return square * D * total * D;
}

}  // namespace

InitialMeasure measure_of(const PhaseGrid& grid, const Expression& h0) {
  const int d = grid.d(), axes = 2 * d;
  std::vector<Expression> derivatives;
  for (const char* space : {"x", "v"})
    for (int i = 1; i <= d; ++i) derivatives.push_back(h0.derivative(space + std::to_string(i)));
  const int fine = std::min(1024, static_cast<int>(std::pow(2e6, 1.0 / axes))), n = std::max({fine, grid.x.n, grid.v.n});
  InitialMeasure m = lattice_sums(grid, h0, derivatives, n, 0);
  if (std::pow(n, axes) > 4e6) return m;
  const InitialMeasure other = lattice_sums(grid, h0, derivatives, n, 12 - axes);
  const auto keep_larger = [](double& a, double b) { a = std::max(a, b); };
  keep_larger(m.norm2, other.norm2);
  for (int axis = 0; axis < axes; ++axis) keep_larger((*m.gradients)[axis], (*other.gradients)[axis]);
  return m;
}

InitialMeasure measure_of(const Model& model, const Eigen::VectorXd& lower, const Eigen::VectorXd& upper) {
  double square = 1;
  for (int axis = 0; axis < lower.size(); ++axis) square *= box_square(lower(axis), upper(axis), model.sigma(axis));
  return {1, square - 1, std::nullopt, 0};
}

InitialErrors errors(const InitialMeasure& grid, const InitialMeasure& truth, double C, double C_hat) {
  InitialErrors e;
  const double rounding = 1e-13 * (1 + truth.norm2);
  e.mass = relative(grid.mass, truth.mass, 1e-13);
  e.h_norm = std::abs(grid.norm2 - truth.norm2) <= rounding ? 0 : relative(std::sqrt(std::max(0.0, grid.norm2)), std::sqrt(truth.norm2), 0);
  if (truth.gradients) e.H = relative(grid.H(C, C_hat), truth.H(C, C_hat), rounding);
  return e;
}

GridSpec cells_that_would_do(const Model& model, const GridSpec& spec, const InitialMeasure& truth, double now, double wanted) {
  GridSpec enough = spec;
  const int r = spec.order / 2;
  const double finer = std::pow(2 * now / wanted, 0.5 / r);
  constexpr std::array<double, 5> error{0, 1.0 / 6, 1.0 / 30, 1.0 / 140, 1.0 / 630}, moment{0, 3, 15, 105, 945};
  const double kD = std::min(1.0, 0.8 * std::pow(wanted / (2 * error[r] * moment[r]), 0.5 / r));
  for (int axis = 0; axis < 2 * model.dimension; ++axis) {
    int& cells = axis < model.dimension ? enough.x_cells : enough.v_cells;
    const int own = axis < model.dimension ? spec.x_cells : spec.v_cells;
    const double k = model.sigma(axis) * std::sqrt((*truth.gradients)[axis] / truth.norm2);
    cells = std::max(cells, static_cast<int>(std::ceil(std::min(1e6, now < 0.1 ? finer * own : 2 * spec.half_width * k / kD))));
  }
  return enough;
}

GridSpec cells_that_would_do(const Model& model, const GridSpec& spec, const Eigen::VectorXd& lower, const Eigen::VectorXd& upper, double error) {
  const InitialMeasure truth = measure_of(model, lower, upper);
  GridSpec enough = spec;
  for (double scale = 1; scale < 1000; scale *= 1.05) {
    enough.x_cells = static_cast<int>(std::ceil(scale * spec.x_cells)), enough.v_cells = static_cast<int>(std::ceil(scale * spec.v_cells));
    double square = 1;
    for (int axis = 0; axis < lower.size(); ++axis)
      square *= box_square_on_cells(lower(axis), upper(axis), model.sigma(axis), spec.half_width, axis < model.dimension ? enough.x_cells : enough.v_cells);
    if (std::abs(std::sqrt((square - 1) / truth.norm2) - 1) < 0.9 * error) break;
  }
  return enough;
}

double share_beyond(const PhaseGrid& grid, Vec phi_g) {
  const double width = std::min(1.5, grid.spec.half_width / 4);
  const auto reach = [&](const GaussianAxis& axis, const Index3& cell) {
    double far = 0;
    for (int i = 0; i < grid.d(); ++i) far = std::max(far, std::abs(axis.z[cell[i]]) + 0.5 * axis.spacing);
    return far;
  };
  const ReadArray phi(phi_g);
  std::array<double, 4> shells{};  // all, and from the outermost inwards
  for (PetscInt a = 0; a < grid.v_cells; ++a) {
    const double v = reach(grid.v, grid.v_cell(a));
    for (PetscInt b = 0; b < grid.positions; ++b) {
      const double square = phi[a * grid.block + b] * phi[a * grid.block + b], depth = grid.spec.half_width - std::max(v, reach(grid.x, grid.x_cell(b)));
      shells[0] += square;
      const int shell = static_cast<int>((depth + 1e-9) / width);
      if (shell < 3) shells[1 + shell] += square;
    }
  }
  MPI_Allreduce(MPI_IN_PLACE, shells.data(), 4, MPI_DOUBLE, MPI_SUM, grid.comm);
  const auto [all, outer, middle, inner] = shells;
  if (!(outer > 1e-9 * all)) return 0;
  if (!(middle > outer)) return 1;
  const double fall = outer / middle, before = inner > 0 ? std::max(fall, middle / inner) : fall;  // of a Gaussian each falls by the same factor more
  return std::min(1.0, outer / all * fall * (fall / before));
}

}  // namespace hypofp
