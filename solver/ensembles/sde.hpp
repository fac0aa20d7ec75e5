#pragma once
#include "grids/ensemble_settings.hpp"
#include "solver/ensembles/exact.hpp"
#include "solver/ensembles/random.hpp"
#include "solver/ensembles/start.hpp"

namespace hypofp {

/// The SDE (2.2), dTheta = Y dt + tau dB, dY = -grad f dt - gamma Y dt, by a splitting of second order in law: half a kick
/// dY = -eps(Theta) dt, the linear rest exactly (Ornstein and Uhlenbeck), half a kick. Without eps a step goes from row to row.
class Sde : public Walk {
 public:
  /// `span`: between rows. All arguments outlive the walk.
  Sde(const Model& model, const Loss& loss, const StartLaw& start, const EnsembleSettings& settings, double span);
  void begin(std::uint32_t block) override;
  void advance() override;

 private:
  void kick(double dt);
  void drift();

  const Loss& loss_;
  const StartLaw& start_;
  const EnsembleSettings& settings_;
  const int steps_;  // between rows
  const double dt_;
  Eigen::Matrix2d flow_, root_;  // of one component's (Theta, Y); of the noise's covariance
  Block eps_;                    // at the present Theta
  std::uint32_t block_ = 0, step_ = 0;
};

}  // namespace hypofp
