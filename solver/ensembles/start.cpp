#include "solver/ensembles/start.hpp"

#include <Eigen/Cholesky>

#include "solver/ensembles/random.hpp"

namespace hypofp {

Eigen::MatrixXd theta_y_of_x_v(const Model& m) {
  const int d = m.dimension;
  const Eigen::MatrixXd one = Eigen::MatrixXd::Identity(d, d), zero = Eigen::MatrixXd::Zero(d, d);
  Eigen::MatrixXd T(2 * d, 2 * d);
  T << theta_of(m, 1, 0) * one, theta_of(m, 0, 1) * one, one, zero;
  return T;
}

StartLaw::StartLaw(const Model& model, std::vector<GaussianPart> parts, const Eigen::VectorXd& lower, const Eigen::VectorXd& upper)
    : parts_(std::move(parts)), lower_(lower), upper_(upper), theta_y_(theta_y_of_x_v(model)) {
  double total = 0;
  for (const auto& part : parts_) total += part.weight;
  for (auto& part : parts_) {
    part.weight /= total;
    roots_.push_back(part.covariance.llt().matrixL());
  }
}

StartLaw StartLaw::moved(const Eigen::VectorXd& by) const {
  StartLaw law = *this;
  for (auto& part : law.parts_) part.mean += by;
  if (parts_.empty()) law.lower_ += by, law.upper_ += by;
  return law;
}

Block StartLaw::draw(int seed, std::uint32_t block) const {
  const auto n = theta_y_.rows();
  Block xv(block_paths, n);
  Words first;
  for (int j = 0; j < n; ++j) {
    const Words words = random_words(seed, Stream::start, block, 0, j);
    if (j == 0) first = words;
    if (!parts_.empty()) {
      xv.col(j) = normals(words[2], words[3]);
    } else {
      for (int p = 0; p < block_paths; ++p)
        xv(p, j) = lower_(j) + (upper_(j) - lower_(j)) * uniform(words[p / block_pairs][p % block_pairs]);
    }
  }
  for (int p = 0; p < block_paths && !parts_.empty(); ++p) {
    double share = uniform(first[p / block_pairs][p % block_pairs]);
    std::size_t part = 0;
    while (part + 1 < parts_.size() && share > parts_[part].weight) share -= parts_[part++].weight;
    const Eigen::VectorXd z = xv.row(p).transpose();
    xv.row(p) = (parts_[part].mean + roots_[part] * z).transpose();
  }
  return (xv.matrix() * theta_y_.transpose()).array();
}

Law StartLaw::law() const {
  const auto n = theta_y_.rows();
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(n);
  Eigen::MatrixXd second = Eigen::MatrixXd::Zero(n, n);
  for (const auto& part : parts_) {
    mean += part.weight * part.mean;
    second += part.weight * (part.covariance + part.mean * part.mean.transpose());
  }
  if (parts_.empty()) {
    mean = 0.5 * (lower_ + upper_);
    second = mean * mean.transpose();
    second.diagonal() += (upper_ - lower_).cwiseAbs2() / 12;
  }
  return {theta_y_ * mean, theta_y_ * (second - mean * mean.transpose()) * theta_y_.transpose()};
}

}  // namespace hypofp
