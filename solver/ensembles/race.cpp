#include "solver/ensembles/race.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "solver/ensembles/services.hpp"

namespace hypofp {
namespace {

constexpr int coarse_rates = 24, coarse_paths = 1024, fine_rates = 7;
constexpr double never = std::numeric_limits<double>::infinity();
constexpr double best_there_is = 0;  // in place of a learning rate: the best

/// Learning rates that fall from the first by this factor.
std::vector<double> ladder(double first, double factor, int count) {
  std::vector<double> rates;
  for (int i = 0; i < count; ++i, first /= factor) rates.push_back(first);
  return rates;
}

Arrival earliest(const std::vector<Arrival>& tries) {
  return *std::min_element(tries.begin(), tries.end(), [](const Arrival& a, const Arrival& b) { return a.time < b.time; });
}

class Race {
 public:
  Race(MPI_Comm comm, const Asgd& asgd, const Loss& loss, const WorkerSettings& workers, const EnsembleSettings& seeds,
       const std::function<void(double)>& progress)
      : comm_(comm), asgd_(asgd), loss_(loss), w_(workers), seeds_(seeds), progress_(progress) {
    loss_.excess(w_.start.data(), 1, &level_);
    level_ *= w_.target;
  }

  std::vector<Heat> run() {
    std::vector<Heat> heats;
    for (const Service& service : w_.service)
      for (const int m : w_.count)
        for (const RateChoice& choice : w_.learning_rates) {
          heats.push_back(heat(service, m, choice));
          done_ += per_heat();
        }
    return heats;
  }

 private:
  Heat heat(const Service& service, int m, const RateChoice& choice) {
    const double eta = choice.kind == RateChoice::given ? choice.value : asgd_.learning_rate;
    const bool best = choice.kind == RateChoice::best;
    Heat h{service, m, choice, {}, {eta, never}, {eta, never}, {eta, never}, round_time(service, m)};
    Crew crew{m, service, asgd_.noise, w_.start, {best ? best_rate(crew_of(service, m, asgd_.noise)) : eta}};
    h.rows = run_crew(comm_, crew, loss_, seeds_, w_.paths, w_.updates, [&](double share) { tell(share); });
    h.asynchronous = {crew.learning_rates[0], time_to_reach(h.rows.time, h.rows.losses[0].of_time, level_)};
    h.sgd = in_turn(1, best ? best_there_is : eta);
    h.synchronous = in_turn(m, best ? best_there_is : eta);
    h.synchronous.time *= h.round_time;
    return h;
  }
  Crew crew_of(const Service& service, int m, double noise) const { return {m, service, noise, w_.start, {}}; }
  void tell(double share) const { progress_(std::min(1.0, done_ + share * per_heat())); }
  double per_heat() const { return 1.0 / static_cast<double>(w_.service.size() * w_.count.size() * w_.learning_rates.size()); }

  /// The largest learning rate at which gradient descent converges near the minimum.
  double steepest() const { return 2 / loss_.steepest_curvature(); }

  std::vector<Arrival> arrivals(Crew crew, std::vector<double> rates, int paths) const {
    crew.learning_rates = std::move(rates);
    const CrewRows rows = run_crew(comm_, crew, loss_, seeds_, paths, w_.updates, [&](double) { tell(0); });
    std::vector<Arrival> found;
    for (std::size_t e = 0; e < rows.losses.size(); ++e)
      found.push_back({crew.learning_rates[e], time_to_reach(rows.time, rows.losses[e].of_time, level_)});
    return found;
  }
  /// By a coarse ladder with some of the paths, then a fine one around its best.
  double best_rate(const Crew& crew) const {
    const Arrival coarse = earliest(arrivals(crew, ladder(steepest(), std::sqrt(2.0), coarse_rates), std::min(w_.paths, coarse_paths)));
    const double step = std::pow(2, 0.125);
    return earliest(arrivals(crew, ladder(coarse.learning_rate * std::pow(step, fine_rates / 2), step, fine_rates), w_.paths))
        .learning_rate;
  }

  /// SGD whose every gradient is the mean of m, by itself: the number of its steps. It knows no service: found once.
  Arrival in_turn(int m, double eta) {
    const auto [found, is_new] = in_turn_.try_emplace({m, eta});
    if (is_new) found->second = steps_in_turn(m, eta);
    return found->second;
  }
  Arrival steps_in_turn(int m, double eta) const {
    const double noise = asgd_.noise / std::sqrt(m);
    const bool best = eta == best_there_is;
    if (loss_.quadratic()) {
      if (!best) return {eta, exact_steps(eta, noise)};
      std::vector<Arrival> tries;
      for (const double rate : ladder(steepest(), std::pow(2, 1.0 / 64), 800)) tries.push_back({rate, exact_steps(rate, noise)});
      return earliest(tries);
    }
    const Crew alone = crew_of({ServiceLaw::deterministic, 1, 1}, 1, noise);
    return arrivals(alone, {best ? best_rate(alone) : eta}, w_.paths)[0];
  }
  /// In the axes of the Hessian: E u^2 <- (1 - eta lambda)^2 E u^2 + eta^2 noise^2.
  double exact_steps(double eta, double noise) const {
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> axes(loss_.quadratic()->hessian);
    const Eigen::ArrayXd lambda = axes.eigenvalues(), shrink = (1 - eta * lambda).square();
    Eigen::ArrayXd u2 = (axes.eigenvectors().transpose() * (w_.start - loss_.quadratic()->minimum)).array().square();
    int last_above = 0;
    for (int n = 0; n <= w_.updates; ++n) {
      if (!(0.5 * (lambda * u2).sum() <= level_)) last_above = n;
      u2 = shrink * u2 + eta * eta * noise * noise;
    }
    return last_above == w_.updates ? never : last_above + 1;
  }

  const MPI_Comm comm_;
  const Asgd& asgd_;
  const Loss& loss_;
  const WorkerSettings& w_;
  const EnsembleSettings& seeds_;
  const std::function<void(double)>& progress_;
  double level_ = 0, done_ = 0;
  std::map<std::pair<int, double>, Arrival> in_turn_;  // by m and learning rate
};

}  // namespace

double race_runs(const WorkerSettings& w) {
  double runs = 0;
  for (const RateChoice& choice : w.learning_rates)
    runs += choice.kind == RateChoice::best ? 1 + fine_rates + coarse_rates * std::min(1.0, 1.0 * coarse_paths / w.paths) : 1;
  return runs * static_cast<double>(w.service.size() * w.count.size());
}

std::vector<Heat> run_race(MPI_Comm comm, const Asgd& asgd, const Loss& loss, const WorkerSettings& workers, const EnsembleSettings& seeds,
                           const std::function<void(double)>& progress) {
  return Race(comm, asgd, loss, workers, seeds, progress).run();
}

}  // namespace hypofp
