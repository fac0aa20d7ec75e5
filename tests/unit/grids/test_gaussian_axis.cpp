#include "grids/gaussian_axis.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>

namespace hypofp {
namespace {

Eigen::MatrixXd dense(const Band& b) {
  Eigen::MatrixXd m = Eigen::MatrixXd::Zero(b.size(), b.size());
  for (int i = 0; i < b.size(); ++i)
    for (int k = -b.width(); k <= b.width(); ++k)
      if (i + k >= 0 && i + k < b.size()) m(i, i + k) = b(i, k);
  return m;
}

struct Shape {
  int cells;
  double half_width;
  int order;
};

class Axis : public testing::TestWithParam<Shape> {
 protected:
  Axis()
      : axis(GetParam().cells, GetParam().half_width, GetParam().order),
        s(Eigen::Map<Eigen::VectorXd>(axis.s.data(), axis.n)),
        z(Eigen::Map<Eigen::VectorXd>(axis.z.data(), axis.n)),
        K(dense(axis.K)),
        Q(dense(axis.Q)),
        filter(dense(axis.filter)) {}
  GaussianAxis axis;
  Eigen::VectorXd s, z;
  Eigen::MatrixXd K, Q, filter;
};

TEST_P(Axis, KIsSymmetricToTheBitAndKillsConstants) {
  EXPECT_EQ((K - K.transpose()).norm(), 0.0);
  EXPECT_LT((K * s).norm(), 1e-13 * K.norm());
}
TEST_P(Axis, KOfZIsMinusZ) { EXPECT_LT((K * z.cwiseProduct(s) + z.cwiseProduct(s)).norm(), 1e-13 * K.norm()); }
TEST_P(Axis, KIsNegativeSemidefinite) {
  EXPECT_LT(Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(K).eigenvalues().maxCoeff(), 1e-13 * K.norm());
}
TEST_P(Axis, QIsSkewAndOfOneIsMinusHalfZ) {
  EXPECT_EQ((Q + Q.transpose()).norm(), 0.0);
  EXPECT_LT((Q * s + 0.5 * z.cwiseProduct(s)).norm(), 1e-13 * K.norm());
}
TEST_P(Axis, FilterIsSymmetricNegativeBoundedAndBlindToLowDegrees) {
  EXPECT_LT((filter - filter.transpose()).norm(), 1e-15);
  const Eigen::VectorXd eigenvalues = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(filter).eigenvalues();
  EXPECT_LT(eigenvalues.maxCoeff(), 1e-14);
  EXPECT_GT(eigenvalues.minCoeff(), -2.0);
  for (int degree = 0; degree <= axis.r; ++degree) {
    const Eigen::VectorXd p = z.array().pow(degree) * s.array();
    EXPECT_LT((filter * p).norm(), 1e-12 * (1 + p.norm())) << degree;
  }
}
TEST_P(Axis, FilterIsTheSameFromEitherEnd) { EXPECT_LT((filter - filter.reverse()).norm(), 1e-13); }

INSTANTIATE_TEST_SUITE_P(Shapes, Axis,
                         testing::Values(Shape{16, 6, 2}, Shape{17, 6, 4}, Shape{24, 6, 6}, Shape{24, 8, 8}, Shape{33, 5, 8},
                                         Shape{64, 8, 4}, Shape{128, 8, 6}, Shape{200, 12, 8}));

TEST(AxisOrder, KOfASmoothFunctionConvergesAtTwiceR) {
  // u = sin(z + 0.4): (K u)/m -> u'' - z u' = -u - z cos(z + 0.4), in the weighted norm
  for (int r = 1; r <= 4; ++r) {
    double error[2];
    for (int step = 0; step < 2; ++step) {
      const GaussianAxis axis(step ? 48 : 32, 8, 2 * r);
      std::vector<double> phi(axis.n), exact(axis.n);
      for (int i = 0; i < axis.n; ++i) {
        phi[i] = axis.s[i] * std::sin(axis.z[i] + 0.4);
        exact[i] = axis.s[i] * (-std::sin(axis.z[i] + 0.4) - axis.z[i] * std::cos(axis.z[i] + 0.4));
      }
      const auto Kphi = axis.K * phi;
      error[step] = 0;
      for (int i = 0; i < axis.n; ++i) error[step] += std::pow(Kphi[i] - exact[i], 2);
    }
    const double order = 0.5 * std::log(error[0] / error[1]) / std::log(1.5);
    EXPECT_NEAR(order, 2 * r, 0.5) << "r = " << r;
  }
}

}  // namespace
}  // namespace hypofp
