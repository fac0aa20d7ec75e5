#include "operators/hermite/projection.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <cmath>
#include <numbers>
#include <numeric>

#include "grids/errors.hpp"

namespace hypofp {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Sums of a tensor of values over 2d axes against tables (degree x node) of functions psi_k, weights in them, up to total degree N: the
/// first axis first, so that what follows needs the degrees that are left alone. `order`: axis 0..2d-1 (x_1..x_d, v_1..v_d) of each of the
/// tensor's, the slowest first. The result is at(l, j) for psi_j(z_x) psi_l(z_v).
class Contraction {
 public:
  Contraction(const HermiteSpace& space, const std::vector<RowMajor>& tables, const std::vector<int>& order)
      : space_(space), tables_(tables), order_(order), result_(Eigen::VectorXd::Zero(space.size())) {}
  Eigen::VectorXd operator()(const std::vector<double>& values) {
    along(0, values.data(), static_cast<Eigen::Index>(values.size()), space_.degree);
    return result_;
  }

 private:
  void along(std::size_t position, const double* values, Eigen::Index size, int left) {
    const int axis = order_[position], d = space_.d();
    const RowMajor& table = tables_[axis];
    const Eigen::Index nodes = table.cols(), rest = size / nodes;
    const RowMajor sums = table.topRows(left + 1) * Eigen::Map<const RowMajor>(values, nodes, rest);
    int& k = axis < d ? j_[axis] : l_[axis - d];
    for (k = 0; k <= left; ++k) {
      if (position + 1 == order_.size())
        result_(space_.at(space_.indices.rank(l_), space_.indices.rank(j_))) = sums(k, 0);
      else
        along(position + 1, sums.row(k).data(), rest, left - k);
    }
    k = 0;
  }

  const HermiteSpace& space_;
  const std::vector<RowMajor>& tables_;
  const std::vector<int>& order_;
  Eigen::VectorXd result_;
  Simplex::Index j_{}, l_{};
};

std::vector<int> all_axes(const HermiteSpace& space) {
  std::vector<int> axes(2 * space.d());
  std::iota(axes.begin(), axes.end(), 0);
  return axes;
}

/// Coefficients in the rotated coordinates of tensor values.
Eigen::VectorXd contracted(const HermiteSpace& space, const std::vector<RowMajor>& tables, const std::vector<int>& order,
                           const std::vector<double>& values) {
  Eigen::VectorXd u = Contraction(space, tables, order)(values);
  space.rotate(u.data());
  return u;
}

/// What lies beyond the coefficients, as a share; below rounding nothing does.
double beyond(const Eigen::VectorXd& coefficients, double norm2) {
  const double share = 1 - coefficients.squaredNorm() / norm2;
  return share > 1e-13 ? share : 0.0;
}

Eigen::VectorXd gaussian(const HermiteSpace& space, const GaussianPart& part) {
  // E exp(a.z - |a|^2/2) = exp(a.m + a.T a/2), T = covariance - 1 in rotated standard deviations, generates the coefficients
  const int d = space.d(), n = 2 * d;
  const Eigen::MatrixXd from_xv = space.to_xv().inverse();
  const Eigen::VectorXd m = from_xv * part.mean;
  const Eigen::MatrixXd T = from_xv * part.covariance * from_xv.transpose() - Eigen::MatrixXd::Identity(n, n);
  const Simplex& k = space.indices;
  Eigen::VectorXd u = Eigen::VectorXd::Zero(space.size());
  u(0) = 1;
  for (int total = 1; total <= space.degree; ++total)
    for (int q = 0; q < Simplex::count(d, total); ++q)
      for (int p = Simplex::count(d, total - k.degree(q) - 1); p < Simplex::count(d, total - k.degree(q)); ++p) {
        int raised = 0;  // the axis by which this one is raised from one below: the first with an entry
        while ((raised < d ? k[p][raised] : k[q][raised - d]) == 0) ++raised;
        const int q0 = raised < d ? q : k.below(q, raised - d), p0 = raised < d ? k.below(p, raised) : p;
        double sum = m(raised) * u(space.at(q0, p0));
        for (int j = 0; j < n; ++j) {
          const int lower = j < d ? k.below(p0, j) : k.below(q0, j - d);
          if (lower < 0) continue;
          const int entry = j < d ? k[p0][j] : k[q0][j - d];
          sum += T(raised, j) * std::sqrt(entry) * u(j < d ? space.at(q0, lower) : space.at(lower, p0));
        }
        u(space.at(q, p)) = sum / std::sqrt(raised < d ? k[p][raised] : k[q][raised - d]);
      }
  return u;
}

/// Integrals of psi_k(z) over [a, b], z in standard deviations: (psi_{k-1} density)' = -sqrt(k) psi_k density has nothing of it, so Gauss
/// sums on panels, exact for polynomials of this degree.
Eigen::VectorXd integrals(double a, double b, int degree) {
  const int panels = 1 + degree / 8;
  // Legendre nodes and weights by Golub and Welsch, as many as make each panel exact
  const int n = degree / 2 + 2;
  Eigen::VectorXd off(n - 1);
  for (int k = 1; k < n; ++k) off(k - 1) = k / std::sqrt(4.0 * k * k - 1);
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> legendre;
  legendre.computeFromTridiagonal(Eigen::VectorXd::Zero(n), off);
  Eigen::VectorXd sums = Eigen::VectorXd::Zero(degree + 1);
  for (int panel = 0; panel < panels; ++panel) {
    const double width = (b - a) / panels, middle = a + (panel + 0.5) * width;
    std::vector<double> z(n);
    for (int j = 0; j < n; ++j) z[j] = middle + 0.5 * width * legendre.eigenvalues()(j);
    const Eigen::VectorXd weights = width * legendre.eigenvectors().row(0).cwiseAbs2().transpose();
    sums += hermite_functions(z, degree) * weights;
  }
  return sums;
}

}  // namespace

Projection project(const HermiteSpace& space, const std::vector<GaussianPart>& parts) {
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(space.size());
  double total = 0;
  for (const GaussianPart& part : parts) {
    sum += part.weight * gaussian(space, part);
    total += part.weight;
  }
  return {sum / total};
}

Projection project(const HermiteSpace& space, const Expression& h0) {
  const int d = space.d(), axes = 2 * d, most = std::min(512, static_cast<int>(std::floor(std::pow(5e7, 1.0 / axes) + 1e-9)));
  Eigen::VectorXd before;
  double norm2 = 0, change = 0;
  for (int n = std::min(most, space.degree + 3);; n = std::min(most, n + 2 + (d == 1 ? n / 4 : 0))) {
    const GaussRule rule(n);
    RowMajor table = hermite_functions(rule.nodes, space.degree);
    for (int j = 0; j < n; ++j) table.col(j) *= rule.weights[j];
    std::size_t points = 1;
    for (int i = 0; i < axes; ++i) points *= n;
    std::vector<double> values(points), place(static_cast<std::size_t>(n) * axes);
    norm2 = 0;
    for (std::size_t line = 0; line < points / n; ++line) {
      double weight = 1;
      std::size_t rest = line;
      for (int i = axes - 2; i >= 0; --i, rest /= n) {
        weight *= rule.weights[rest % n];
        for (int j = 0; j < n; ++j) place[j * axes + i] = space.model.sigma(i) * rule.nodes[rest % n];
      }
      for (int j = 0; j < n; ++j) place[j * axes + axes - 1] = space.model.sigma_v() * rule.nodes[j];
      double* out = values.data() + line * n;
      h0.evaluate(place.data(), n, out);
      for (int j = 0; j < n; ++j) {
        const double w = weight * rule.weights[j];
        if (w == 0) out[j] = 0;
        if (!std::isfinite(out[j])) throw UserError("h0 is not finite where the witness's quadrature asks for it");
        out[j] += 1;
        norm2 += w * out[j] * out[j];
      }
    }
    const Eigen::VectorXd now = contracted(space, std::vector<RowMajor>(axes, table), all_axes(space), values);
    change = before.size() > 0 ? (now - before).squaredNorm() / norm2 : 1.0;
    before = now;
    if (change < 1e-24 || n == most) break;
  }
  return {before, beyond(before, norm2) + (change < 1e-24 ? 0 : change)};
}

Projection project(const HermiteSpace& space, const Eigen::VectorXd& lower, const Eigen::VectorXd& upper) {
  const int d = space.d();
  std::vector<RowMajor> tables;
  for (int axis = 0; axis < 2 * d; ++axis) {
    const double sigma = space.model.sigma(axis), a = lower(axis) / sigma, b = upper(axis) / sigma;
    tables.push_back(integrals(a, b, space.degree) / (b - a));
  }
  return {contracted(space, tables, all_axes(space), {1.0})};
}

Projection project(const HermiteSpace& space, const GridSpec& grid, const std::vector<double>& g) {
  const int d = space.d();
  std::vector<RowMajor> tables(2 * d);
  std::vector<int> order;
  std::vector<std::vector<double>> weight(2);  // of a cell in ‖g/M‖^2, along an axis: width / density of M
  for (const bool v : {false, true}) {
    const int n = v ? grid.v_cells : grid.x_cells;
    const double sigma = v ? space.model.sigma_v() : space.model.sigma_x(), width = 2 * grid.half_width / n;
    const std::vector<double> z = cell_centres(n, grid.half_width);
    for (int j = 0; j < n; ++j) weight[v].push_back(width * sigma * sigma * std::sqrt(2 * std::numbers::pi) * std::exp(0.5 * z[j] * z[j]));
    for (int i = 0; i < d; ++i) tables[v ? d + i : i] = hermite_functions(z, space.degree) * (width * sigma);
  }
  for (int axis = 0; axis < 2 * d; ++axis) order.push_back((axis + d) % (2 * d));  // v-cells are the slow ones
  double norm2 = 0;
  for (std::size_t cell = 0; cell < g.size(); ++cell) {
    double w = 1;
    std::size_t rest = cell;
    for (int i = 2 * d - 1; i >= 0; --i) {
      const std::vector<double>& along = weight[i < d];  // the last d axes are x's
      w *= along[rest % along.size()];
      rest /= along.size();
    }
    norm2 += w * g[cell] * g[cell];
  }
  const Eigen::VectorXd u = contracted(space, tables, order, g);
  return {u, beyond(u, norm2)};
}

}  // namespace hypofp
