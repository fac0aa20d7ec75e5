#include "solver/ensembles/limits.hpp"

#include <algorithm>
#include <cmath>

namespace hypofp {
namespace {

Quadratic parabola(double omega0, int d) { return {omega0 * omega0 * Eigen::MatrixXd::Identity(d, d), Eigen::VectorXd::Zero(d)}; }

LimitRow row_at(const Model& m, const Asgd& asgd, const Law& start, double end) {
  const Quadratic f = parabola(m.omega0, m.dimension);
  const double delta_t = asgd.delta_t();
  ExactAlgorithm algorithm(asgd, f);
  algorithm.begin(start);
  const Transition step = sde_transition(m, f.hessian, delta_t);
  Law sde = start;
  Eigen::VectorXd sd(2 * m.dimension);
  sd << Eigen::VectorXd::Constant(m.dimension, m.sigma_theta()), Eigen::VectorXd::Constant(m.dimension, m.sigma_x());
  LimitRow row{asgd.learning_rate, asgd.staleness, 0, 0, 0};
  for (double t = delta_t; t < end + 0.5 * delta_t; t += delta_t) {
    algorithm.step();
    sde = advanced(step, f, sde);
    const Law law = algorithm.law();
    row.mean = std::max(row.mean, (law.mean - sde.mean).cwiseQuotient(sd).cwiseAbs().maxCoeff());
    row.covariance = std::max(row.covariance, (law.covariance - sde.covariance).cwiseQuotient(sd * sd.transpose()).cwiseAbs().maxCoeff());
  }
  row.second_rate = std::abs(-std::log(algorithm.second_moment_contraction()) / delta_t - 2 * gap(m));
  return row;
}

}  // namespace

std::vector<StepRates> step_rates(double kappa, double lowest, double highest, int count) {
  std::vector<StepRates> rates;
  for (int i = 0; i < count; ++i) {
    const double alpha = lowest * std::pow(highest / lowest, i / (count - 1.0));
    const Asgd asgd{alpha, kappa, 1};
    const ExactAlgorithm algorithm(asgd, parabola(1, 1));
    const double derived = 2 * gap(model_of(asgd, 1, 1)) * asgd.delta_t();
    rates.push_back(
        {alpha, derived, 2 * derived, -2 * std::log(algorithm.contraction()), -std::log(algorithm.second_moment_contraction())});
  }
  return rates;
}

std::vector<LimitRow> towards_the_sde(const Model& m, const Asgd& asgd, const Law& start, double end, int halvings) {
  std::vector<LimitRow> rows;
  for (int i = 0; i <= halvings; ++i) {
    const double factor = std::pow(2, -i), eta = asgd.learning_rate * factor;
    rows.push_back(row_at(m, {eta, 1 - m.gamma * m.gamma * eta, asgd.noise / std::sqrt(factor)}, start, end));
  }
  return rows;
}

LimitRow orders(const std::vector<LimitRow>& rows) {
  const LimitRow &a = rows[rows.size() - 2], &b = rows.back();
  return {b.eta, b.kappa, std::log2(a.mean / b.mean), std::log2(a.covariance / b.covariance), std::log2(a.second_rate / b.second_rate)};
}

}  // namespace hypofp
