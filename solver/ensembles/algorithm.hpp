#pragma once
#include <array>
#include <vector>

#include "grids/ensemble_settings.hpp"
#include "solver/ensembles/loss.hpp"
#include "solver/ensembles/random.hpp"
#include "solver/ensembles/start.hpp"

namespace hypofp {

/// The algorithm below (2.1), with delays of law P(tau = l) = (1 - kappa) kappa^l, one for all components of a step, and noise xi:
///
///   theta_{k+1} = theta_k - eta (grad f(theta_{k-tau_k}) + Sigma xi_k)
///   y_k = -sqrt(eta/(1-kappa)) (1-kappa) sum_{l>=0} kappa^l grad f(theta_{k-l}),  so that with delta_t = sqrt(eta (1-kappa))
///   y_{k+1} = kappa y_k - delta_t grad f(theta_{k+1})
///
/// A start (theta_0, y_0) is a history: reads from before step 0 return the gradient g_H = (-gamma y_0 - (1-kappa) grad f(theta_0))/kappa,
/// whose delayed average gives this y_0 exactly. So kappa > 0.
class Algorithm : public Walk {
 public:
  /// All arguments outlive the walk.
  Algorithm(const Asgd& asgd, const Loss& loss, const StartLaw& start, const EnsembleSettings& settings);
  void begin(std::uint32_t block) override;
  void advance() override;

 private:
  using Delays = std::array<std::int32_t, block_paths>;
  void step();
  Delays delays(const Words& words) const;
  /// Gradients of component i of all paths: at step k, or, beyond the last slot, before step 0.
  double* gradients(int slot, int i) { return history_.data() + (static_cast<std::size_t>(slot) * loss_.dimension() + i) * block_paths; }
  void remember(int slot);

  const Asgd& asgd_;
  const Loss& loss_;
  const StartLaw& start_;
  const EnsembleSettings& settings_;
  const double delta_t_, per_log_kappa_;
  const int slots_;  // steps that can still be read
  std::vector<double> history_;
  Block gradient_;
  std::uint32_t block_ = 0;
  int k_ = 0;
};

}  // namespace hypofp
