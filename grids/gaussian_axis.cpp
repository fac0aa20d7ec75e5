#include "grids/gaussian_axis.hpp"

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>

#include "grids/grid_spec.hpp"

namespace hypofp {
namespace {

using Real = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<60>, boost::multiprecision::et_off>;

/// Inverse of V_jk = k^j, j, k = 1..r, by Gauss-Jordan (r <= 4, no pivoting needed: the minors are positive).
std::vector<std::vector<Real>> inverse_vandermonde(int r) {
  std::vector<std::vector<Real>> a(r, std::vector<Real>(2 * r, Real(0)));
  for (int j = 0; j < r; ++j) {
    for (int k = 0; k < r; ++k) a[j][k] = pow(Real(k + 1), j + 1);
    a[j][r + j] = 1;
  }
  for (int c = 0; c < r; ++c) {
    const Real pivot = a[c][c];
    for (auto& e : a[c]) e /= pivot;
    for (int j = 0; j < r; ++j) {
      if (j == c) continue;
      const Real f = a[j][c];
      for (int k = 0; k < 2 * r; ++k) a[j][k] -= f * a[c][k];
    }
  }
  for (auto& row : a) row.erase(row.begin(), row.begin() + r);
  return a;
}

/// Links K_{i,i+k}/sqrt(m_i m_{i+k}) of the left half, marched from 5 standard deviations outside the box: marching from
/// the edge itself leaves positive eigenvalues on fine grids. At cell i the r links to the right are fixed by
/// (K p)_i = m_i (p'' - z p')(z_i) for degrees 1..r; the links to the left are known.
void march(GaussianAxis& axis) {
  const int n = axis.n, r = axis.r;
  const Real D = Real(2) * axis.half_width / n;
  const int pad = static_cast<int>(std::ceil(5.0 / axis.spacing)), last = pad + (n - 1) / 2;
  const Real left = -Real(axis.half_width) - D * pad + D / 2;
  std::vector<Real> m(last + r + 1), root(last + r + 1);
  // m_i relative to the first cell, by ratios: exp is needed twice only
  Real ratio = exp(-(left + D / 2) * D);
  const Real shrink = exp(-D * D);
  m[0] = 1;
  for (std::size_t i = 1; i < m.size(); ++i, ratio *= shrink) m[i] = m[i - 1] * ratio;
  for (std::size_t i = 0; i < m.size(); ++i) root[i] = sqrt(m[i]);

  const auto inverse = inverse_vandermonde(r);
  std::vector<std::vector<Real>> power(r + 1, std::vector<Real>(r + 1));
  for (int k = 1; k <= r; ++k)
    for (int j = 1; j <= r; ++j) power[k][j] = pow(Real(-k), j);
  std::vector<std::vector<Real>> link(last + 1, std::vector<Real>(r + 1));
  std::vector<Real> rhs(r + 1);
  for (int i = 0; i <= last; ++i) {
    for (int j = 1; j <= r; ++j) {
      rhs[j] = 0;
      if (j == 1) rhs[j] = -m[i] * (left + D * i) / D;
      if (j == 2) rhs[j] = m[i] * 2 / (D * D);
      for (int k = 1; k <= std::min(r, i); ++k) rhs[j] -= link[i - k][k] * power[k][j];
    }
    for (int k = 1; k <= r; ++k) {
      link[i][k] = 0;
      for (int j = 1; j <= r; ++j) link[i][k] += inverse[k - 1][j - 1] * rhs[j];
    }
  }
  for (int k = 1; k <= r; ++k)
    for (int i = 0; i + k < n; ++i) {
      const int a = (2 * i + k <= n - 1 ? i : n - 1 - i - k) + pad;  // the left half, reflected
      axis.K(i, k) = axis.K(i + k, -k) = static_cast<double>(link[a][k] / (root[a] * root[a + k]));
    }
}

/// Cutting the band at the box breaks K (z s) = -z s; nearest-neighbour links summed from both ends restore it, and the
/// diagonal restores K s = 0.
void restore_identities(GaussianAxis& axis) {
  const int n = axis.n;
  const auto& s = axis.s;
  std::vector<double> zs(n), defect(n), link(n - 1);
  for (int i = 0; i < n; ++i) zs[i] = axis.z[i] * s[i];
  const auto Ks = axis.K * s, Kzs = axis.K * zs;
  for (int i = 0; i < n; ++i) defect[i] = s[i] * (-zs[i] - (Kzs[i] - axis.z[i] * Ks[i]));
  double sum = 0;
  for (int i = 0; i < n / 2; ++i) link[i] = sum += defect[i];
  sum = 0;
  for (int i = n - 1; i > n / 2; --i) link[i - 1] = sum -= defect[i];
  for (int i = 0; i + 1 < n; ++i) {
    const double c = link[i] / (axis.spacing * s[i] * s[i + 1]);
    axis.K(i, 1) += c;
    axis.K(i + 1, -1) = axis.K(i, 1);
  }
  const auto row = axis.K * s;
  for (int i = 0; i < n; ++i) axis.K(i, 0) = -row[i] / s[i];
}

void derive_Q(GaussianAxis& axis) {
  for (int k = 1; k <= axis.r; ++k)
    for (int i = 0; i + k < axis.n; ++i) {
      axis.Q(i, k) = 0.5 * k * axis.spacing * axis.K(i, k);
      axis.Q(i + k, -k) = -axis.Q(i, k);
    }
}

void derive_filter(GaussianAxis& axis) {
  const int n = axis.n, p = filter_width(axis.r);
  std::vector<double> binomial(p + 1, 1.0);  // p-th difference, with alternating signs
  for (int k = 1; k <= p; ++k) binomial[k] = -binomial[k - 1] * (p - k + 1) / k;
  for (int j = 0; j + p < n; ++j) {
    // w: a weighted harmonic mean of s^2 over the window, so that each window has the norm it would have on a flat axis
    // and the filter stays above -1 on coarse grids too (a geometric mean gave -58 at 24 cells, half-width 8, r = 4)
    double flat = 0, steep = 0;
    for (int a = 0; a <= p; ++a) {
      const double ratio = axis.s[j] / axis.s[j + a];
      flat += binomial[a] * binomial[a];
      steep += binomial[a] * binomial[a] * ratio * ratio;
    }
    const double w = flat / steep / std::pow(4.0, p);
    for (int a = 0; a <= p; ++a)
      for (int b = 0; b <= p; ++b)
        axis.filter(j + a, b - a) -= w * (axis.s[j] / axis.s[j + a]) * (axis.s[j] / axis.s[j + b]) * binomial[a] * binomial[b];
  }
}

}  // namespace

std::vector<double> Band::operator*(const std::vector<double>& x) const {
  std::vector<double> y(n_, 0.0);
  for (int i = 0; i < n_; ++i)
    for (int k = std::max(-width_, -i); k <= std::min(width_, n_ - 1 - i); ++k) y[i] += (*this)(i, k) * x[i + k];
  return y;
}

GaussianAxis::GaussianAxis(int cells, double width, int order)
    : n(cells),
      r(order / 2),
      half_width(width),
      spacing(2 * width / cells),
      z(cell_centres(cells, width)),
      s(cells),
      K(cells, order / 2),
      Q(cells, order / 2),
      filter(cells, filter_width(order / 2)) {
  double sum = 0;
  for (int i = 0; i < n; ++i) {
    s[i] = std::exp(-0.25 * z[i] * z[i]);
    sum += s[i] * s[i];
  }
  for (double& w : s) w /= std::sqrt(sum);
  march(*this);
  restore_identities(*this);
  derive_Q(*this);
  derive_filter(*this);
}

}  // namespace hypofp
