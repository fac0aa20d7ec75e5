#include "solver/flow/evolution.hpp"

#include <algorithm>
#include <cmath>

#include "solver/flow/samples.hpp"

namespace hypofp {

Schedule::Schedule(double end, double interval, double snapshot_interval, double checkpoint_interval) {
  const auto whole = [](double t, double every) {
    return every > 0 && std::abs(t / every - std::round(t / every)) < 1e-9 * std::max(1.0, t / every);
  };
  const long n = static_cast<long>(std::floor(end / interval * (1 + 1e-12) + 1e-9));
  for (long i = 0; i <= n; ++i) rows.push_back({i * interval, false, false});
  if (end - rows.back().time > 1e-9 * end) rows.push_back({end, false, false});
  for (Row& row : rows) {
    const bool last = &row == &rows.back();
    row.snapshot = snapshot_interval > 0 && (last || whole(row.time, snapshot_interval));
    row.checkpoint = checkpoint_interval > 0 && row.time > 0 && (last || whole(row.time, checkpoint_interval));
  }
}

namespace {

constexpr std::size_t direct_rows = 64;  // at most in one call of the propagator; denser rows are worth sampling

class Evolution {
 public:
  Evolution(const Generator& generator, Propagator& propagator, Vec phi_F, double mass_of_g, Vec phi_h, const Schedule& schedule, double window,
            double accuracy, const EvolutionEvents& events)
      : generator_(generator), propagator_(propagator), own_(generator.grid().vector()), phi_F_(phi_F), mass_of_g_(mass_of_g), h_(phi_h),
        next_(own_.get()), rows_(schedule.rows), window_(window), accuracy_(accuracy), events_(events) {}

  void run(std::size_t first) {
    std::size_t now = first;
    double length = window_ / 8;  // the transient holds faster modes; a longer stretch is tried after each that was resolved
    while (now + 1 < rows_.size()) {
      std::size_t stop = now + 1;
      while (stop + 1 < rows_.size() && !rows_[stop].checkpoint && !rows_[stop].snapshot) ++stop;
      const std::size_t dense = std::min(stop, last_within(now, length));
      if (dense - now >= 3 * Samples::intervals) {
        const double error = sampled(now, dense), span = rows_[dense].time - rows_[now].time;
        const double factor = std::pow(0.2 * accuracy_ / error, 0.1);  // the error grows about as span^10
        const bool resolved = error <= accuracy_;
        length = std::min(window_, span * (resolved ? std::clamp(factor, 0.7, 2.0) : std::clamp(factor, 0.2, 0.7)));
        if (!resolved) continue;
        now = dense;
      } else {
        const std::size_t end = next_direct_stop(now);
        direct(now, end);
        now = end;
        length = std::min(window_, 1.5 * length);
      }
      clean();
      if (rows_[now].checkpoint) {
        events_.checkpoint(rows_[now], h_);
        length = window_ / 8;  // as a run that is resumed here begins
      }
    }
  }

 private:
  std::size_t last_within(std::size_t now, double length) const {
    std::size_t i = now;
    while (i + 1 < rows_.size() && rows_[i + 1].time - rows_[now].time <= length * (1 + 1e-9)) ++i;
    return i;
  }
  std::size_t next_direct_stop(std::size_t now) const {
    std::size_t stop = now + 1;
    while (stop + 1 < rows_.size() && !rows_[stop].checkpoint && stop % direct_rows != 0) ++stop;
    return stop;
  }
  Observation look(Vec state) const { return observe(generator_, phi_F_, mass_of_g_, state); }

  void direct(std::size_t now, std::size_t stop) {
    std::vector<double> offsets;
    for (std::size_t i = now + 1; i <= stop; ++i) offsets.push_back(rows_[i].time - rows_[now].time);
    propagator_.advance(h_, next_, offsets, [&](std::size_t i, Vec state) { events_.row(rows_[now + 1 + i], look(state), state); });
    std::swap(h_, next_);
  }

  /// Rows (now, stop] from samples. Their error; where it is above the accuracy, h is as it was and no row is out.
  double sampled(std::size_t now, std::size_t stop) {
    const double begin = rows_[now].time, span = rows_[stop].time - begin;
    std::vector<double> offsets = Samples::times(span);
    offsets.erase(offsets.begin());
    std::vector<Observation> seen{look(h_)};
    propagator_.advance(h_, next_, offsets, [&](std::size_t, Vec state) { seen.push_back(look(state)); });
    const Observation last = seen.back();
    const Samples samples(span, std::move(seen));
    const double error = samples.error();
    if (!(error <= accuracy_)) return std::isfinite(error) ? error : 1.0;
    std::swap(h_, next_);
    for (std::size_t i = now + 1; i < stop; ++i) events_.row(rows_[i], samples.at(rows_[i].time - begin), nullptr);
    events_.row(rows_[stop], last, h_);
    return error;
  }

  /// The mass of h is rounding alone; it is taken out along F, so that g keeps its own.
  void clean() {
    const double m = mass(generator_.grid(), h_);
    if (phi_F_)
      petsc(VecAXPY(h_, -m, phi_F_));
    else
      remove_mass(generator_.grid(), h_, m);
  }

  const Generator& generator_;
  Propagator& propagator_;
  const Vector own_;
  Vec phi_F_;
  double mass_of_g_;
  Vec h_, next_;  // the state, and where the propagator takes it: phi_h and own_ by turns
  const std::vector<Schedule::Row>& rows_;
  double window_, accuracy_;
  const EvolutionEvents& events_;
};

}  // namespace

void evolve(const Generator& generator, Propagator& propagator, Vec phi_F, double mass_of_g, Vec phi_h, const Schedule& schedule,
            std::size_t first, double window, double accuracy, const EvolutionEvents& events) {
  Evolution(generator, propagator, phi_F, mass_of_g, phi_h, schedule, window, accuracy, events).run(first);
}

}  // namespace hypofp
