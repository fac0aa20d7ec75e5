#pragma once
#include <array>
#include <functional>
#include <vector>

namespace hypofp {

/// Points that fill [-reach, reach]^d evenly, however many are taken and from wherever on: n alpha mod 1 with alpha_j =
/// phi^-j, phi^(d+1) = phi + 1 (M. Roberts, The unreasonable effectiveness of quasirandom sequences, 2018).
class Sequence {
 public:
  explicit Sequence(int d);
  std::vector<double> take(std::size_t n, double reach);

 private:
  int d_;
  std::array<double, 3> alpha_, at_;
};

/// Functions q_k >= 0 of theta in [-reach, reach]^d. Points where one is not finite do not count for it.
struct Field {
  int d, count;
  double reach;
  std::function<void(const std::vector<double>& theta, std::vector<double>& q)> evaluate;  ///< q[n][count]
};

struct Peak {
  double value;  ///< not a number where the function is nowhere finite
  std::vector<double> theta;
};

/// The highest point of each function: from the best of each batch of points uphill. Far from a narrow peak its tail,
/// down to 1e-300, shows the way.
std::vector<Peak> climb(const Field& f, const std::vector<std::vector<double>>& batches, Sequence& sequence);

/// `center` and n - 1 points about it at distances of all scales.
std::vector<double> cloud(const std::vector<double>& center, std::size_t n, double reach, Sequence& sequence);

}  // namespace hypofp
