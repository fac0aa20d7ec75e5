#include "solver/ensembles/algorithm.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace hypofp {
namespace {

/// The longest delay that `uniform` can give.
double longest_delay(double kappa) { return std::floor(std::log(uniform(0)) / std::log(kappa)); }

}  // namespace

Algorithm::Algorithm(const Asgd& asgd, const Loss& loss, const StartLaw& start, const EnsembleSettings& settings)
    : asgd_(asgd),
      loss_(loss),
      start_(start),
      settings_(settings),
      delta_t_(asgd.delta_t()),
      per_log_kappa_(1 / std::log(asgd.staleness)),
      slots_(1 + static_cast<int>(std::min<double>(settings.steps, longest_delay(asgd.staleness)))),
      history_(static_cast<std::size_t>(slots_ + 1) * loss.dimension() * block_paths),
      gradient_(block_paths, loss.dimension()) {
  assert(asgd.staleness > 0);
}

void Algorithm::begin(std::uint32_t block) {
  block_ = block, k_ = 0;
  z_ = start_.draw(settings_.seed, block);
  loss_.gradient(z_, gradient_);
  remember(0);
  const double kappa = asgd_.staleness, gamma = (1 - kappa) / delta_t_;
  gradient_ = (-gamma * z_.rightCols(loss_.dimension()) - (1 - kappa) * gradient_) / kappa;
  remember(slots_);
}

void Algorithm::remember(int slot) { std::copy_n(gradient_.data(), gradient_.size(), gradients(slot, 0)); }

void Algorithm::advance() {
  for (int i = 0; i < settings_.interval; ++i) step();
}

void Algorithm::step() {
  const int d = loss_.dimension();
  Delays slot;
  for (int i = 0; i < d; ++i) {
    const Words words = random_words(settings_.seed, Stream::algorithm, block_, k_, i);
    if (i == 0) {
      slot = delays(words);
      const int now = k_ % slots_;
      for (int& s : slot) s = s > k_ ? slots_ : now - s + (s > now ? slots_ : 0);
    }
    const PerPath xi = noise(settings_.noise, words[2], words[3]);
    const double* read = gradients(0, i);
    const std::size_t stride = static_cast<std::size_t>(d) * block_paths;
    for (int p = 0; p < block_paths; ++p) z_(p, i) -= asgd_.learning_rate * (read[slot[p] * stride + p] + asgd_.noise * xi(p));
  }
  loss_.gradient(z_, gradient_);
  z_.rightCols(d) = asgd_.staleness * z_.rightCols(d) - delta_t_ * gradient_;
  remember(++k_ % slots_);
}

/// The first two words of a pair: P(tau >= l) = P(u <= kappa^l).
Algorithm::Delays Algorithm::delays(const Words& words) const {
  Delays tau;
  for (int p = 0; p < block_paths; ++p) {
    const double wanted = std::log(uniform(words[p / block_pairs][p % block_pairs])) * per_log_kappa_;
    tau[p] = static_cast<std::int32_t>(std::min(wanted, settings_.steps + 1.0));
  }
  return tau;
}

}  // namespace hypofp
