#include "solver/ensembles/sde.hpp"

#include <Eigen/Cholesky>

namespace hypofp {

Sde::Sde(const Model& model, const Loss& loss, const StartLaw& start, const EnsembleSettings& settings, double span)
    : loss_(loss),
      start_(start),
      settings_(settings),
      steps_(loss.perturbed() ? settings.interval * settings.sde_substeps : 1),
      dt_(span / steps_),
      eps_(block_paths, loss.dimension()) {
  const Transition over = sde_transition(model, Eigen::MatrixXd::Constant(1, 1, loss.curvature()), dt_);
  flow_ = over.flow;
  root_ = over.noise.llt().matrixL();
}

void Sde::begin(std::uint32_t block) {
  block_ = block, step_ = 0;
  z_ = start_.draw(settings_.seed, block);
  if (loss_.perturbed()) loss_.perturbation(z_, eps_);
}

void Sde::advance() {
  for (int i = 0; i < steps_; ++i) {
    if (loss_.perturbed()) kick(0.5 * dt_);
    drift();
    if (!loss_.perturbed()) continue;
    loss_.perturbation(z_, eps_);
    kick(0.5 * dt_);
  }
}

void Sde::kick(double dt) { z_.rightCols(loss_.dimension()) -= dt * eps_; }

void Sde::drift() {
  const int d = loss_.dimension();
  for (int i = 0; i < d; ++i) {
    const Words words = random_words(settings_.seed, Stream::sde, block_, step_, i);
    const PerPath first = normals(words[0], words[1]), second = normals(words[2], words[3]), theta = z_.col(i), y = z_.col(d + i);
    z_.col(i) = flow_(0, 0) * theta + flow_(0, 1) * y + root_(0, 0) * first;
    z_.col(d + i) = flow_(1, 0) * theta + flow_(1, 1) * y + root_(1, 0) * first + root_(1, 1) * second;
  }
  ++step_;
}

}  // namespace hypofp
