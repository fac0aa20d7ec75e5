#pragma once
#include <Eigen/Core>
#include <cstdint>

namespace hypofp {

/// Paths go in blocks of fixed size, whatever the number of ranks. A column per component: theta_1..theta_d, y_1..y_d (or x, v).
constexpr int block_paths = 128;
using Block = Eigen::Array<double, block_paths, Eigen::Dynamic>;

/// A process in steps from row to row, a block of paths at a time.
class Walk {
 public:
  virtual ~Walk() = default;
  /// The paths of a block at step 0.
  virtual void begin(std::uint32_t block) = 0;
  /// On to the next row.
  virtual void advance() = 0;
  const Block& state() const { return z_; }

 protected:
  Block z_;  // (theta, y)
};

/// Mean and covariance of (theta_1..theta_d, y_1..y_d), or of (x, v).
struct Law {
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance;
};

}  // namespace hypofp
