// What (2.4) says of (theta, y), against what is exact and against paths. Seeds are fixed.
#include "solver/density.hpp"

#include <fmt/format.h>

#include "tests/unit/solver/experiment.hpp"

namespace hypofp {
namespace {

const char* const hill = "0.3*exp(-(theta1-0.5)^2/2)";
/// A case of omega0 = gamma = beta = 1 with the hill, at this learning rate.
Problem hill_problem(double eta) {
  const std::string text = fmt::format(
      "[model]\nomega0 = 1.0\n[asgd]\nlearning_rate = {}\nstaleness = {}\nnoise = {}\n[grid]\ncells = 48\nhalf_width = "
      "7.0\n[perturbation]\n"
      "potential = \"{}\"\n[initial]\nmean = [0.5, 0.3]\ncovariance_scale = 0.7\n",
      eta, 1 - eta, std::sqrt(2 / eta), hill);
  int ranks = 1;
  MPI_Comm_size(PETSC_COMM_WORLD, &ranks);
  return prepare(text, "hill.toml", {}, ranks);
}
/// With V: of the algorithm or the SDE from the same start.
Experiment hill_experiment(const Problem& p, const Expression& V, const EnsembleSettings& settings) {
  Experiment s{*p.input.asgd, 1, 1, p.epsilon.get(), V, settings};
  s.start = StartLaw(p.input.model, p.input.initial.components);
  return s;
}
TEST(Density, IsThatOfTheSdesPathsWithV) {
  const Expression V(hill, {"theta1"});
  const Problem p = hill_problem(0.1);
  const Experiment s = hill_experiment(p, V, {200000, 40, 10, 5, GradientNoise::gaussian, 2});
  GridSystem system(PETSC_COMM_WORLD, p.setting());
  const auto density = density_rows(system, p, s.loss, 5, 10 * s.asgd.delta_t(), [](double) {});
  const auto paths = s.sde();
  std::vector<Law> laws;
  for (const auto& row : density) laws.push_back(row.law);
  EXPECT_LT(deviation(paths, laws), 4);
  for (std::size_t k = 0; k < paths.size(); ++k)
    EXPECT_LT(std::abs(paths[k].excess_loss - density[k].excess_loss), 4 * paths[k].excess_loss_error);
}
TEST(Density, IsWhatTheAlgorithmComesToAtOrderOneWithV) {
  // along 1 - kappa = gamma^2 eta, Sigma^2 ~ 1/eta: D(eta) = moments of the algorithm less the PDE's at t = 1
  const Expression V(hill, {"theta1"});
  std::vector<MomentRow> apart;  // D(eta), then D(eta/2)
  for (const double eta : {0.1, 0.05}) {
    const Problem p = hill_problem(eta);
    const int steps = static_cast<int>(std::lround(1 / eta));
    const Experiment s = hill_experiment(p, V, {400000, steps, steps, 9, GradientNoise::gaussian, 1});
    GridSystem system(PETSC_COMM_WORLD, p.setting());
    apart.push_back(s.algorithm()[1]);
    const Law pde = density_rows(system, p, s.loss, 2, 1, [](double) {})[1].law;
    apart.back().law.mean -= pde.mean, apart.back().law.covariance -= pde.covariance;
  }
  const auto judge = [](const auto& D, const auto& half, const auto& se, const auto& half_se) {
    const auto error = (se.array().square() + 4 * half_se.array().square()).sqrt();
    EXPECT_LT(((2 * half - D).array().abs() / error).maxCoeff(), 4);
    return (D.array().abs() / se.array()).maxCoeff();
  };
  const double seen =
      std::max(judge(apart[0].law.mean, apart[1].law.mean, apart[0].error.mean, apart[1].error.mean),
               judge(apart[0].law.covariance, apart[1].law.covariance, apart[0].error.covariance, apart[1].error.covariance));
  EXPECT_GT(seen, 10) << "there is a difference to follow";
}
TEST(Density, HasTheExactLawAndMarginals) {
  const std::string text =
      "[model]\nomega0 = 1.0\n[asgd]\nlearning_rate = 0.1\nstaleness = 0.9\nnoise = 3.0\n[grid]\ncells = 40\nhalf_width = 7.0\n"
      "[initial]\nmean = [0.5, -0.3]\ncovariance_scale = 0.8\n";
  int ranks = 1, rank = 0;
  MPI_Comm_size(PETSC_COMM_WORLD, &ranks), MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  const Problem p = prepare(text, "gaussian.toml", {}, ranks);
  GridSystem system(PETSC_COMM_WORLD, p.setting());
  const Loss loss(p.input.model, nullptr, {}, 5);
  const auto rows = density_rows(system, p, loss, 4, 0.5, [](double) {});
  const std::vector<Bins> bins = bins_of(system.grid);
  Law law = StartLaw(p.input.model, p.input.initial.components).law();
  const Transition over = sde_transition(p.input.model, loss.quadratic()->hessian, 0.5);
  for (std::size_t k = 0; k < rows.size(); ++k, law = advanced(over, *loss.quadratic(), law)) {
    const Eigen::VectorXd sd = law.covariance.diagonal().cwiseSqrt();
    EXPECT_LT(((rows[k].law.mean - law.mean).array() / sd.array()).abs().maxCoeff(), 1e-5);
    EXPECT_LT(((rows[k].law.covariance - law.covariance).array() / (sd * sd.transpose()).array()).abs().maxCoeff(), 1e-5);
    for (int i = 0; i < 2 && rank == 0; ++i)
      for (int e = 0; e <= bins[i].count; ++e) {
        const double z = (bins[i].low + e * bins[i].width - law.mean(i)) / (std::sqrt(2) * sd(i));
        EXPECT_NEAR(rows[k].below[i](e), 0.5 * std::erfc(-z), 2e-4);
      }
  }
}

}  // namespace
}  // namespace hypofp
