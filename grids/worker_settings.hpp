#pragma once
#include <Eigen/Core>
#include <vector>

namespace hypofp {

enum class ServiceLaw { exponential, lognormal, deterministic };
inline constexpr const char* service_laws[] = {"exponential", "lognormal", "deterministic"};

/// How long a worker computes on one gradient: this law, with mean 1, the unit of time of all that workers do.
struct Service {
  ServiceLaw law = ServiceLaw::exponential;
  double sigma = 1;        ///< lognormal: standard deviation of the logarithm
  double slow_factor = 1;  ///< the first worker takes this many times as long
};

/// The case's learning rate, the one that reaches the target first, or a number.
struct RateChoice {
  enum Kind { of_case, best, given } kind = of_case;
  double value = 0;
};

/// Real workers: asynchronous ones, of whom each writes what it computed from the theta it read last, beside synchronous SGD and SGD.
struct WorkerSettings {
  std::vector<int> count{4, 16};  ///< m
  std::vector<Service> service{Service{}};
  std::vector<RateChoice> learning_rates{{RateChoice::of_case}, {RateChoice::best}};
  int paths = 10000, updates = 4000;
  double target = 0.01;   ///< of the excess loss, relative to the start's
  Eigen::VectorXd start;  ///< theta that all read at time 0
};

}  // namespace hypofp
