#include "solver/ensembles/workers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "solver/ensembles/blocks.hpp"
#include "solver/ensembles/services.hpp"

namespace hypofp {
namespace {

constexpr int update_rows = 1000, time_rows = 4000;  // at most; exactly

/// Where the sums of a block stand: time of all updates, counts of staleness, then for each learning rate the loss by update, its square,
/// and the loss by time.
struct BlockLayout {
  BlockLayout(const Crew& crew, int wanted)
      : stride((wanted + update_rows - 1) / update_rows),
        rows(wanted / stride + 1),
        updates(stride * (rows - 1)),
        ages(1 + static_cast<int>(std::min<double>(updates, 32 * crew.m * crew.service.slow_factor))),
        period(updates / (update_rate(crew.service, crew.m) * time_rows)),
        size(1 + ages + crew.learning_rates.size() * per_rate()) {}
  std::size_t per_rate() const { return 2 * rows + time_rows + 1; }
  std::size_t losses(std::size_t rate) const { return 1 + ages + rate * per_rate(); }
  /// Half a period off, so that no row falls on an event of workers that are not random.
  double time(int row) const { return row == 0 ? 0 : (row - 0.5) * period; }
  int rows_before(double t) const { return t <= 0 ? 0 : static_cast<int>(std::min(time_rows + 1.0, 1 + std::ceil(t / period - 0.5))); }

  int stride, rows, updates;
  int ages;  // the last stands for all above too
  double period;
  std::size_t size;
};

/// A block of paths and their crews.
class Shop {
 public:
  Shop(const Crew& crew, const Loss& loss, const EnsembleSettings& seeds, const BlockLayout& layout)
      : crew_(crew), loss_(loss), seeds_(seeds), layout_(layout), due_(crew.m), read_(crew.m), tries_(crew.learning_rates.size()) {}

  void run(std::uint32_t block, int n, double* sums) {
    open(block);
    for (int e = 0; e < static_cast<int>(tries_.size()); ++e) put_update(e, 0, n, sums);
    for (int k = 0; k < layout_.updates || rows_done_.head(n).minCoeff() <= time_rows; ++k) {
      next_event(k);
      for (int e = 0; e < static_cast<int>(tries_.size()); ++e) {
        put_times(e, n, sums);
        write(tries_[e], crew_.learning_rates[e]);
        if (k < layout_.updates && (k + 1) % layout_.stride == 0) put_update(e, (k + 1) / layout_.stride, n, sums);
      }
      rows_done_ = rows_now_;
      if (k < layout_.updates) put_staleness(k, n, sums);
      go_on(k);
    }
  }

 private:
  /// At one learning rate.
  struct Try {
    Block theta, gradient;
    std::vector<Block> held;  // by worker: the gradient at what it read
    PerPath loss;
  };

  void open(std::uint32_t block) {
    block_ = block;
    rows_done_.setZero();
    const int d = loss_.dimension();
    for (Try& t : tries_) {
      t.theta = crew_.start.transpose().replicate(block_paths, 1).array();
      t.gradient.resize(block_paths, d);
      weigh(t);
      t.held.assign(crew_.m, t.gradient);
    }
    for (int w = 0; w < crew_.m; ++w) {
      const Words words = random_words(seeds_.seed, Stream::first_services, block_, 0, w);
      due_[w] = mean_time(w) * service_times(crew_.service, words[0], words[1]);
      if (crew_.service.law == ServiceLaw::deterministic) due_[w] *= (w + 1.0) / crew_.m;
      read_[w].fill(0);
    }
  }
  double mean_time(int worker) const { return worker == 0 ? crew_.service.slow_factor : 1; }

  /// The worker of each path that is done first.
  void next_event(int k) {
    now_ = due_[0];
    who_.setZero();
    for (int w = 1; w < crew_.m; ++w) {
      who_ = (due_[w] < now_).select(w, who_);
      now_ = now_.min(due_[w]);
    }
    for (int p = 0; p < block_paths; ++p) rows_now_(p) = layout_.rows_before(now_(p));
    for (int i = 0; i < loss_.dimension(); ++i) {
      const Words words = random_words(seeds_.seed, Stream::workers, block_, static_cast<std::uint32_t>(k), i);
      if (i == 0) next_time_ = service_times(crew_.service, words[0], words[1]);
      xi_[i] = noise(seeds_.noise, words[2], words[3]);
    }
  }
  /// The worker of each path writes, and reads what it wrote.
  void write(Try& t, double eta) {
    for (int i = 0; i < loss_.dimension(); ++i)
      for (int p = 0; p < block_paths; ++p) t.theta(p, i) -= eta * (t.held[who_(p)](p, i) + crew_.noise * xi_[i](p));
    weigh(t);
    for (int i = 0; i < loss_.dimension(); ++i)
      for (int p = 0; p < block_paths; ++p) t.held[who_(p)](p, i) = t.gradient(p, i);
  }
  void weigh(Try& t) const {
    loss_.gradient(t.theta, t.gradient);
    loss_.excess(points_of(t.theta, loss_.dimension()).data(), block_paths, t.loss.data());
  }
  void go_on(int k) {
    for (int p = 0; p < block_paths; ++p) {
      due_[who_(p)](p) = now_(p) + mean_time(who_(p)) * next_time_(p);
      read_[who_(p)][p] = k + 1;
    }
  }

  void put_update(int e, int row, int n, double* sums) const {
    double* at = sums + layout_.losses(e) + row;
    at[0] += tries_[e].loss.head(n).sum();
    at[layout_.rows] += tries_[e].loss.head(n).square().sum();
  }
  /// The loss up to this event, at the rows of time before it.
  void put_times(int e, int n, double* sums) const {
    double* at = sums + layout_.losses(e) + 2 * layout_.rows;
    for (int p = 0; p < n; ++p)
      for (int row = rows_done_(p); row < rows_now_(p); ++row) at[row] += tries_[e].loss(p);
  }
  void put_staleness(int k, int n, double* sums) const {
    if (k + 1 == layout_.updates) sums[0] += now_.head(n).sum();
    if (k >= layout_.updates / 5)
      for (int p = 0; p < n; ++p) sums[1 + std::min(k - read_[who_(p)][p], layout_.ages - 1)] += 1;
  }

  const Crew& crew_;
  const Loss& loss_;
  const EnsembleSettings& seeds_;
  const BlockLayout& layout_;
  std::vector<PerPath> due_;                                 // when a worker is done
  std::vector<std::array<std::int32_t, block_paths>> read_;  // updates that it had read
  std::vector<Try> tries_;
  std::array<PerPath, 3> xi_;
  PerPath now_, next_time_;
  Eigen::Array<int, block_paths, 1> who_, rows_done_, rows_now_;
  std::uint32_t block_ = 0;
};

CrewRows rows_of(const std::vector<double>& sums, const BlockLayout& layout, const Crew& crew, int paths) {
  const double n = paths;
  CrewRows rows;
  rows.updates_per_time = n * layout.updates / sums[0];
  const double counted = n * (layout.updates - layout.updates / 5);
  for (int age = 0; age < layout.ages; ++age) rows.staleness.push_back(sums[1 + age] / counted);
  while (rows.staleness.back() == 0) rows.staleness.pop_back();
  for (int row = 0; row < layout.rows; ++row) rows.update.push_back(row * layout.stride);
  for (int row = 0; row <= time_rows; ++row) rows.time.push_back(layout.time(row));
  for (std::size_t e = 0; e < crew.learning_rates.size(); ++e) {
    const double* at = sums.data() + layout.losses(e);
    CrewRows::Loss loss;
    for (int row = 0; row < layout.rows; ++row) {
      const double mean = at[row] / n, square = at[layout.rows + row] / n;
      loss.of_update.push_back(mean), loss.error.push_back(std::sqrt(std::max(0.0, square - mean * mean) / n));
    }
    for (int row = 0; row <= time_rows; ++row) loss.of_time.push_back(at[2 * layout.rows + row] / n);
    rows.losses.push_back(std::move(loss));
  }
  return rows;
}

}  // namespace

double CrewRows::mean_staleness() const {
  double mean = 0;
  for (std::size_t age = 0; age < staleness.size(); ++age) mean += static_cast<double>(age) * staleness[age];
  return mean;
}

double CrewRows::effective_kappa() const { return mean_staleness() / (1 + mean_staleness()); }

double CrewRows::distance_to_geometric() const {
  const double kappa = effective_kappa();
  double geometric = 1 - kappa, apart = 0, rest = 1;
  for (const double share : staleness) {
    apart += std::abs(share - geometric);
    rest -= geometric;
    geometric *= kappa;
  }
  return 0.5 * (apart + rest);
}

CrewRows run_crew(MPI_Comm comm, const Crew& crew, const Loss& loss, const EnsembleSettings& seeds, int paths, int updates,
                  const std::function<void(double)>& progress) {
  const BlockLayout layout(crew, updates);
  Shop shop(crew, loss, seeds, layout);
  const std::vector<double> sums = sum_blocks(
      comm, paths, layout.size, [&](std::uint32_t block, int n, double* numbers) { shop.run(block, n, numbers); }, progress);
  return rows_of(sums, layout, crew, paths);
}

double time_to_reach(const std::vector<double>& time, const std::vector<double>& series, double level) {
  std::size_t row = series.size();
  while (row > 0 && series[row - 1] <= level) --row;  // the last above is no number, too
  if (row == series.size()) return std::numeric_limits<double>::infinity();
  if (row == 0) return time.front();
  const double share = std::log(series[row - 1] / level) / std::log(series[row - 1] / series[row]);
  return time[row - 1] + (std::isfinite(share) ? share : 1) * (time[row] - time[row - 1]);
}

}  // namespace hypofp
