#pragma once
#include "grids/worker_settings.hpp"
#include "solver/ensembles/random.hpp"

namespace hypofp {

/// Times of a law with mean 1, one a path, from two words of each pair.
PerPath service_times(const Service& service, const std::array<std::uint32_t, block_pairs>& first,
                      const std::array<std::uint32_t, block_pairs>& second);

/// Mean of the longest of m workers' times: a round of synchronous SGD.
double round_time(const Service& service, int m);

/// Updates per time of m asynchronous workers.
inline double update_rate(const Service& service, int m) { return m - 1 + 1 / service.slow_factor; }

}  // namespace hypofp
