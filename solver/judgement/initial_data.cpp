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

/// Fractions of square roots of primes: places with nothing in common with each other or with a grid's.
double shift(int i) {
  constexpr std::array<double, 12> primes{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
  const double root = std::sqrt(primes[i]);
  return root - std::floor(root);
}

/// h0 and its exact derivatives.
struct Deviation {
  const Expression& h0;
  std::vector<Expression> derivatives;
};

/// Points along an axis in standard deviations, and their weights under M, of sum 1.
struct Rule {
  std::vector<double> z, weight;
};
Rule rule(double half_width, int n, double shift) {
  Rule r;
  double total = 0;
  for (int i = 0; i < n; ++i) {
    r.z.push_back(half_width * (2 * (i + shift) / n - 1));
    r.weight.push_back(std::exp(-0.5 * r.z.back() * r.z.back()));
    total += r.weight.back();
  }
  for (double& w : r.weight) w /= total;
  return r;
}

/// Sums over the lattice of these rules, one for each axis.
InitialMeasure lattice_sums(const PhaseGrid& grid, const Deviation& u, const std::vector<Rule>& rules) {
  const int d = grid.d(), axes = 2 * d, last = axes - 1, n = static_cast<int>(rules[last].z.size());
  int rank = 0, ranks = 1;
  MPI_Comm_rank(grid.comm, &rank);
  MPI_Comm_size(grid.comm, &ranks);
  long lines = 1;
  for (int axis = 0; axis < last; ++axis) lines *= static_cast<long>(rules[axis].z.size());
  std::vector<double> points(n * axes), value(n), sums(3 + axes, 0.0);
  std::vector<std::vector<double>> slope(axes, std::vector<double>(n));
  for (int i = 0; i < n; ++i) points[i * axes + last] = grid.model.sigma(last) * rules[last].z[i];
  for (long line = rank; line < lines; line += ranks) {
    double w = 1;
    long rest = line;
    for (int axis = 0; axis < last; ++axis) {
      const long k = rest % static_cast<long>(rules[axis].z.size());
      rest /= static_cast<long>(rules[axis].z.size());
      for (int i = 0; i < n; ++i) points[i * axes + axis] = grid.model.sigma(axis) * rules[axis].z[k];
      w *= rules[axis].weight[k];
    }
    u.h0.evaluate(points.data(), n, value.data());
    for (int axis = 0; axis < axes; ++axis) u.derivatives[axis].evaluate(points.data(), n, slope[axis].data());
    for (int i = 0; i < n; ++i) {
      const double here = w * rules[last].weight[i];
      sums[0] += here * value[i], sums[1] += here * value[i] * value[i];
      for (int k = 0; k < d; ++k) sums[2] += here * slope[k][i] * slope[d + k][i];
      for (int axis = 0; axis < axes; ++axis) sums[3 + axis] += here * slope[axis][i] * slope[axis][i];
    }
  }
  MPI_Allreduce(MPI_IN_PLACE, sums.data(), static_cast<int>(sums.size()), MPI_DOUBLE, MPI_SUM, grid.comm);
  return {1 + sums[0], sums[1] - sums[0] * sums[0], std::vector<double>(sums.begin() + 3, sums.end()), sums[2]};
}

/// Whether h0 jumps: on lines along the axes its difference quotients are more than its derivatives explain.
bool jumps(const PhaseGrid& grid, const Deviation& u) {
  constexpr int lines = 32, n = 2048;
  const int axes = 2 * grid.d();
  std::vector<double> points(n * axes), value(n), slope(n);
  for (int axis = 0; axis < axes; ++axis) {
    const Rule along = rule(grid.spec.half_width, n, 0.5);
    double quotients = 0, derivatives = 0;
    for (int line = 0; line < lines; ++line) {
      for (int other = 0; other < axes; ++other) {
        const double t = (line + 1) * shift(other), z = 5 * (t - std::floor(t)) - 2.5;
        for (int i = 0; i < n; ++i) points[i * axes + other] = grid.model.sigma(other) * (other == axis ? along.z[i] : z);
      }
      u.h0.evaluate(points.data(), n, value.data());
      u.derivatives[axis].evaluate(points.data(), n, slope.data());
      const double step = grid.model.sigma(axis) * (along.z[1] - along.z[0]);
      for (int i = 0; i + 1 < n; ++i) {
        quotients += along.weight[i] * std::pow((value[i + 1] - value[i]) / step, 2);
        derivatives += along.weight[i] * slope[i] * slope[i];
      }
    }
    if (quotients > 1.5 * derivatives + 1e-20) return true;
  }
  return false;
}

double relative(double a, double b, double floor) { return std::abs(a - b) <= floor ? 0 : std::abs(a - b) / std::abs(b); }

/// ‖g/M‖_*^2 of g uniform on [lower, upper] along one axis of deviation sigma.
double box_square(double lower, double upper, double sigma) {
  const auto over_M = [sigma](double x) { return std::sqrt(2 * std::numbers::pi) * sigma * std::exp(0.5 * x * x / (sigma * sigma)); };
  return boost::math::quadrature::gauss_kronrod<double, 61>::integrate(over_M, lower, upper, 15, 1e-13) /
         ((upper - lower) * (upper - lower));
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
  Deviation u{h0, {}};
  for (const char* space : {"x", "v"})
    for (int i = 1; i <= d; ++i) u.derivatives.push_back(h0.derivative(space + std::to_string(i)));
  // finer than the grid where that costs little, else as fine
  const int fine = std::min(1024, static_cast<int>(std::pow(2e6, 1.0 / axes)));
  const double points = std::pow(static_cast<double>(std::max(fine, grid.x.n)) * std::max(fine, grid.v.n), d);
  const auto lattice = [&](int first) {
    std::vector<Rule> rules;
    for (int axis = 0; axis < axes; ++axis) {
      const int own = axis < d ? grid.x.n : grid.v.n;
      rules.push_back(rule(grid.spec.half_width, points <= 4e6 ? std::max(fine, own) : own, shift(first + axis)));
    }
    return lattice_sums(grid, u, rules);
  };
  InitialMeasure m = lattice(0);
  if (points <= 4e6) {
    const InitialMeasure other = lattice(12 - axes);
    m.norm2 = std::max(m.norm2, other.norm2);
    for (int axis = 0; axis < axes; ++axis) (*m.gradients)[axis] = std::max((*m.gradients)[axis], (*other.gradients)[axis]);
  }
  if (jumps(grid, u)) m.gradients.reset();
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
    const double k = truth.gradients ? model.sigma(axis) * std::sqrt((*truth.gradients)[axis] / truth.norm2) : 0;
    const double by_order = truth.gradients ? finer * own : 2 * now / wanted * own;  // a jump is held at first order
    cells = std::max(cells,
                     static_cast<int>(std::ceil(std::min(1e6, now < 0.1 || !truth.gradients ? by_order : 2 * spec.half_width * k / kD))));
  }
  return enough;
}

GridSpec cells_that_would_do(const Model& model, const GridSpec& spec, const Eigen::VectorXd& lower, const Eigen::VectorXd& upper,
                             double error) {
  const InitialMeasure truth = measure_of(model, lower, upper);
  GridSpec enough = spec;
  for (double scale = 1; scale < 1000; scale *= 1.05) {
    enough.x_cells = static_cast<int>(std::ceil(scale * spec.x_cells)), enough.v_cells = static_cast<int>(std::ceil(scale * spec.v_cells));
    double square = 1;
    for (int axis = 0; axis < lower.size(); ++axis)
      square *= box_square_on_cells(lower(axis), upper(axis), model.sigma(axis), spec.half_width,
                                    axis < model.dimension ? enough.x_cells : enough.v_cells);
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
      const double square = phi[a * grid.block + b] * phi[a * grid.block + b],
                   depth = grid.spec.half_width - std::max(v, reach(grid.x, grid.x_cell(b)));
      shells[0] += square;
      const int shell = static_cast<int>((depth + 1e-9) / width);
      if (shell < 3) shells[1 + shell] += square;
    }
  }
  MPI_Allreduce(MPI_IN_PLACE, shells.data(), 4, MPI_DOUBLE, MPI_SUM, grid.comm);
  const auto [all, outer, middle, inner] = shells;
  if (!(outer > 1e-9 * all)) return 0;
  if (!(middle > outer)) return 1;
  const double fall = outer / middle,
               before = inner > 0 ? std::max(fall, middle / inner) : fall;  // of a Gaussian each falls by the same factor more
  return std::min(1.0, outer / all * fall * (fall / before));
}

}  // namespace hypofp
