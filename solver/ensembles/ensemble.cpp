#include "solver/ensembles/ensemble.hpp"

#include <algorithm>
#include <cmath>

#include "solver/ensembles/blocks.hpp"

namespace hypofp {
namespace {

/// Where the sums of one row stand: runaways, loss, its square, paths beyond the radius, deviations a_j from a reference, then for each
/// pair i <= j a_i a_j, a_i^2 a_j, a_i a_j^2, a_i^2 a_j^2, then the counts of the bins with what lies below and above them.
struct RowLayout {
  explicit RowLayout(const EnsembleQuestion& q) : components(static_cast<int>(q.bins.size())) {
    size = pairs() + 4 * components * (components + 1) / 2;
    for (const Bins& b : q.bins) bins.push_back(size), size += b.count + 2;
  }
  int first() const { return 4; }
  int pairs() const { return first() + components; }
  int components, size;
  std::vector<int> bins;
};

using Reference = std::vector<Eigen::RowVectorXd>;  // by row

/// Sums of the first n paths of a block over all rows.
class BlockSums {
 public:
  BlockSums(Walk& walk, const Loss& loss, const EnsembleQuestion& question) : walk_(walk), loss_(loss), q_(question), layout_(question) {}

  const RowLayout& layout() const { return layout_; }
  /// Near the means, so that sums of powers of what is left lose no digits.
  Reference reference() {
    Reference means;
    walk_.begin(0);
    for (int row = 0; row < q_.rows; ++row) {
      if (row > 0) walk_.advance();
      means.push_back(walk_.state().topRows(std::min(block_paths, q_.paths)).colwise().mean());
    }
    return means;
  }
  void run(std::uint32_t block, int n, const Reference& reference, double* sums) {
    walk_.begin(block);
    for (int row = 0; row < q_.rows; ++row) {
      if (row > 0) walk_.advance();
      add(n, reference[row], sums + static_cast<std::size_t>(row) * layout_.size);
    }
  }

 private:
  void add(int n, const Eigen::RowVectorXd& reference, double* sums) {
    const Block& z = walk_.state();
    const int d = loss_.dimension();
    Eigen::Array<bool, block_paths, 1> inside = z.col(0).abs() <= q_.limit;
    for (int i = 1; i < d; ++i) inside = inside && z.col(i).abs() <= q_.limit;
    sums[0] = static_cast<double>(n - inside.head(n).count());
    sums[3] = static_cast<double>((z.leftCols(d).topRows(n).square().rowwise().sum() > q_.radius * q_.radius).count());
    if (loss_.has_value()) {
      Eigen::Array<double, block_paths, 1> f;
      loss_.excess(points_of(z, d).data(), block_paths, f.data());
      sums[1] = f.head(n).sum();
      sums[2] = f.head(n).square().sum();
    }
    a_ = z.rowwise() - reference.array();
    double* pair = sums + layout_.pairs();
    for (int i = 0; i < 2 * d; ++i) {
      const auto a = a_.col(i).head(n);
      sums[layout_.first() + i] = a.sum();
      for (int j = i; j < 2 * d; ++j) {
        const auto b = a_.col(j).head(n);
        ab_.head(n) = a * b;
        *pair++ = ab_.head(n).sum();
        *pair++ = (ab_.head(n) * a).sum();
        *pair++ = (ab_.head(n) * b).sum();
        *pair++ = ab_.head(n).square().sum();
      }
      count(z.col(i).head(n), q_.bins[i], sums + layout_.bins[i]);
    }
  }
  static void count(const Eigen::Ref<const Eigen::ArrayXd>& values, const Bins& bins, double* counts) {
    for (const double z : values) {
      const double bin = (z - bins.low) / bins.width + 1;
      counts[bin >= 0 ? static_cast<int>(std::min(bin, bins.count + 1.0)) : 0] += 1;  // what is no number is told as run off
    }
  }

  Walk& walk_;
  const Loss& loss_;
  const EnsembleQuestion& q_;
  const RowLayout layout_;
  Block a_;
  Eigen::Array<double, block_paths, 1> ab_;
};

MomentRow row_of(const double* sums, const RowLayout& layout, const EnsembleQuestion& q, const Eigen::RowVectorXd& reference) {
  const double n = q.paths;
  const int c = layout.components;
  MomentRow row{{Eigen::VectorXd(c), Eigen::MatrixXd(c, c)}, {Eigen::VectorXd(c), Eigen::MatrixXd(c, c)}, 0, 0, {}, sums[0], sums[3] / n};
  row.excess_loss = sums[1] / n;
  row.excess_loss_error = std::sqrt(std::max(0.0, sums[2] / n - row.excess_loss * row.excess_loss) / n);
  const double* pair = sums + layout.pairs();
  for (int i = 0; i < c; ++i) {
    const double a = sums[layout.first() + i] / n;
    row.law.mean(i) = reference(i) + a;
    for (int j = i; j < c; ++j, pair += 4) {
      const double b = sums[layout.first() + j] / n, ab = pair[0] / n, aab = pair[1] / n, abb = pair[2] / n, aabb = pair[3] / n;
      row.law.covariance(i, j) = row.law.covariance(j, i) = (ab - a * b) * n / (n - 1);
      row.error.covariance(i, j) = aabb - 2 * b * aab - 2 * a * abb + 4 * a * b * ab - 3 * a * a * b * b;
    }
  }
  for (int i = 0; i < c; ++i) {
    const double a = sums[layout.first() + i] / n, aa = row.law.covariance(i, i) * (n - 1) / n + a * a;
    row.error.mean(i) = std::sqrt(std::max(0.0, row.law.covariance(i, i)) / n);
    for (int j = i; j < c; ++j) {
      const double b = sums[layout.first() + j] / n, bb = row.law.covariance(j, j) * (n - 1) / n + b * b;
      // the fourth central moment, with the two squares that were not at hand above
      const double central = row.error.covariance(i, j) + b * b * aa + a * a * bb, cov = row.law.covariance(i, j);
      row.error.covariance(i, j) = row.error.covariance(j, i) = std::sqrt(std::max(0.0, central - cov * cov) / n);
    }
    const double* counts = sums + layout.bins[i];
    Eigen::VectorXd below(q.bins[i].count + 1);
    double total = 0;
    for (int e = 0; e < below.size(); ++e) below(e) = (total += counts[e]) / n;
    row.below.push_back(below);
  }
  return row;
}

}  // namespace

std::vector<MomentRow> run_ensemble(MPI_Comm comm, Walk& walk, const Loss& loss, const EnsembleQuestion& q,
                                    const std::function<void(double)>& progress) {
  BlockSums sums(walk, loss, q);
  const RowLayout& layout = sums.layout();
  const Reference reference = sums.reference();
  const std::vector<double> total = sum_blocks(
      comm, q.paths, static_cast<std::size_t>(q.rows) * layout.size,
      [&](std::uint32_t block, int n, double* numbers) { sums.run(block, n, reference, numbers); }, progress);
  std::vector<MomentRow> rows;
  for (int row = 0; row < q.rows; ++row)
    rows.push_back(row_of(total.data() + static_cast<std::size_t>(row) * layout.size, layout, q, reference[row]));
  return rows;
}

}  // namespace hypofp
