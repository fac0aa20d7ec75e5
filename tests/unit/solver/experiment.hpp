#pragma once
#include <gtest/gtest.h>

#include <cmath>

#include "grids/petsc.hpp"
#include "solver/ensembles/algorithm.hpp"
#include "solver/ensembles/compare.hpp"
#include "solver/ensembles/sde.hpp"

namespace hypofp {

/// What an ensemble is made of.
struct Experiment {
  Asgd asgd;
  int d = 1;
  double omega0 = 1;
  const Epsilon* epsilon = nullptr;
  std::optional<Expression> potential = {};
  EnsembleSettings settings{};
  Model model = model_of(asgd, d, omega0);
  Loss loss{model, epsilon, potential, 5};
  StartLaw start = start_law();

  StartLaw start_law() const {
    Eigen::VectorXd mean(2 * d);
    for (int i = 0; i < 2 * d; ++i) mean(i) = (i % 2 ? -1 : 1) * (0.8 - 0.1 * i) * model.sigma(i);
    Eigen::MatrixXd covariance = 0.7 * covariance_of_M(model);
    covariance(0, d) = covariance(d, 0) = 0.1 * model.sigma_x() * model.sigma_v();
    return StartLaw(model, {{1, mean, covariance}});
  }
  std::vector<MomentRow> run(Walk& walk, MPI_Comm comm = PETSC_COMM_WORLD, double limit = 1e6) const {
    const EnsembleQuestion question{settings.paths, settings.steps / settings.interval + 1, std::vector<Bins>(2 * d, {-2, 0.25, 16}),
                                    limit};
    return run_ensemble(comm, walk, loss, question, [](double) {});
  }
  std::vector<MomentRow> algorithm(MPI_Comm comm = PETSC_COMM_WORLD) const {
    Algorithm walk(asgd, loss, start, settings);
    return run(walk, comm);
  }
  std::vector<MomentRow> sde(MPI_Comm comm = PETSC_COMM_WORLD) const {
    Sde walk(model, loss, start, settings, settings.interval * asgd.delta_t());
    return run(walk, comm);
  }
  std::vector<Law> exact_algorithm() const {
    ExactAlgorithm algorithm(asgd, *loss.quadratic());
    algorithm.begin(start.law());
    std::vector<Law> laws{algorithm.law()};
    for (int k = 1; k <= settings.steps; ++k) {
      algorithm.step();
      if (k % settings.interval == 0) laws.push_back(algorithm.law());
    }
    return laws;
  }
  std::vector<Law> exact_sde() const {
    const Transition over = sde_transition(model, loss.quadratic()->hessian, settings.interval * asgd.delta_t());
    std::vector<Law> laws{start.law()};
    for (int k = settings.interval; k <= settings.steps; k += settings.interval)
      laws.push_back(advanced(over, *loss.quadratic(), laws.back()));
    return laws;
  }
};

/// The largest distance of moments from `laws`, in standard errors.
inline double deviation(const std::vector<MomentRow>& rows, const std::vector<Law>& laws) {
  EXPECT_EQ(rows.size(), laws.size());
  std::vector<MomentRow> others;
  for (const Law& law : laws) others.push_back({law, {}, 0, 0, {}, 0});
  return deviation(rows, others);
}

}  // namespace hypofp
