#include "operators/theta_moments.hpp"

#include "operators/operator.hpp"

namespace hypofp {
namespace {

constexpr double Observation::*means[3] = {&Observation::theta1, &Observation::theta2, &Observation::theta3};
/// (1,1), (2,1), (2,2), (3,1), (3,2), (3,3).
constexpr double Observation::*products[6] = {&Observation::theta11, &Observation::theta21, &Observation::theta22,
                                              &Observation::theta31, &Observation::theta32, &Observation::theta33};

template <class Visit>
void each_pair(int d, const Visit& visit) {
  for (int i = 0, pair = 0; i < d; ++i)
    for (int j = 0; j <= i; ++j) visit(i, j, pair++);
}

}  // namespace

ThetaMoments::ThetaMoments(const PhaseGrid& grid)
    : grid_(grid), powers_(grid.positions, 1 + grid.d() + grid.d() * (grid.d() + 1) / 2), sums_(Eigen::VectorXd::Zero(powers_.cols())) {
  const int d = grid.d();
  for (PetscInt b = 0; b < grid.positions; ++b) {
    const Index3& cell = grid.x_cell(b);
    const auto x = [&](int i) { return grid.model.sigma_x() * grid.x.z[cell[i]]; };
    powers_(b, 0) = 1;
    for (int i = 0; i < d; ++i) powers_(b, 1 + i) = x(i);
    each_pair(d, [&](int i, int j, int pair) { powers_(b, 1 + d + pair) = x(i) * x(j); });
  }
}

void ThetaMoments::add(PetscInt a, const double* masses) {
  const int d = grid_.d();
  const Model& m = grid_.model;
  const Eigen::Matrix<double, Eigen::Dynamic, 1, 0, 10, 1> of_x =
      grid_.velocity_s[a] * (powers_.transpose() * Eigen::Map<const Eigen::VectorXd>(masses, grid_.positions));
  const double of_v = -1 / (m.omega0 * m.omega0), beside = m.gamma * of_v;  // theta = of_v v + beside x
  const Index3 cell = grid_.v_cell(a);
  const auto v = [&](int i) { return m.sigma_v() * grid_.v.z[cell[i]]; };
  sums_(0) += of_x(0);
  for (int i = 0; i < d; ++i) sums_(1 + i) += of_v * v(i) * of_x(0) + beside * of_x(1 + i);
  each_pair(d, [&](int i, int j, int pair) {
    sums_(1 + d + pair) += of_v * of_v * v(i) * v(j) * of_x(0) + of_v * beside * (v(i) * of_x(1 + j) + v(j) * of_x(1 + i)) +
                           beside * beside * of_x(1 + d + pair);
  });
}

void ThetaMoments::fill(Observation& o) {
  const int d = grid_.d();
  MPI_Allreduce(MPI_IN_PLACE, sums_.data(), static_cast<int>(sums_.size()), MPI_DOUBLE, MPI_SUM, grid_.comm);
  for (int i = 0; i < d; ++i) o.*means[i] = sums_(1 + i) / sums_(0);
  each_pair(d, [&](int, int, int pair) { o.*products[pair] = sums_(1 + d + pair) / sums_(0); });
}

void fill_theta(const Model& m, const Moments& moments, Observation& o) {
  const int d = m.dimension;
  const auto theta = [&](const auto& of) { return (-(of.tail(d) + m.gamma * of.head(d)) / (m.omega0 * m.omega0)).eval(); };
  const Eigen::VectorXd mean = theta(moments.mean);
  Eigen::MatrixXd half(2 * d, d);  // covariance of (x, v) and theta
  for (int k = 0; k < 2 * d; ++k) half.row(k) = theta(moments.covariance.col(k)).transpose();
  for (int i = 0; i < d; ++i) o.*means[i] = mean(i);
  each_pair(d, [&](int i, int j, int pair) { o.*products[pair] = theta(half.col(j))(i) + mean(i) * mean(j); });
}

}  // namespace hypofp
