#include "solver/flow/evolution.hpp"

#include <algorithm>
#include <cmath>

#include "operators/proof_forms.hpp"
#include "solver/flow/samples.hpp"

namespace hypofp {
namespace {

constexpr std::size_t fewest_sampled = 3 * Samples::intervals;  // rows that are worth samples
constexpr std::size_t rows_between_cleanings = 64;

}  // namespace

Schedule::Schedule(double end, double every, double snapshot_interval, double checkpoint_interval) : interval(every) {
  const auto whole = [](double t, double period) {
    return period > 0 && std::abs(t / period - std::round(t / period)) < 1e-9 * std::max(1.0, t / period);
  };
  regular = static_cast<std::size_t>(std::floor(end / interval * (1 + 1e-12) + 1e-9));
  for (std::size_t i = 0; i <= regular; ++i) rows.push_back({static_cast<double>(i) * interval, false, false});
  if (end - rows.back().time > 1e-9 * end) rows.push_back({end, false, false});
  for (Row& row : rows) {
    const bool last = &row == &rows.back();
    row.snapshot = snapshot_interval > 0 && (last || whole(row.time, snapshot_interval));
    row.checkpoint = checkpoint_interval > 0 && row.time > 0 && (last || whole(row.time, checkpoint_interval));
  }
}

Evolution::Evolution(const Operator& A, Propagator& propagator, const SteadyState& F, double mass_of_g, Vec phi_h, const Schedule& schedule,
                     double window, double accuracy, const Footing& from)
    : A_(A),
      propagator_(propagator),
      F_(F),
      mass_of_g_(mass_of_g),
      own_(A.vector()),
      h_(phi_h),
      next_(own_.get()),
      schedule_(schedule),
      rows_(schedule.rows),
      window_(window),
      accuracy_(accuracy),
      now_(from.row),
      stretch_(from.stretch > 0 ? from.stretch : window / 8) {  // the transient holds faster modes
  if (!from.propagator.empty()) propagator_.restore(from.propagator);
  state_ = propagator_.state();
}

void Evolution::run(const EvolutionEvents& events) {
  bool due = false, cut = false;
  while (now_ + 1 < rows_.size()) {
    const Step step = next_step();
    if (step.cut && !cut && (due || rows_.back().checkpoint)) events.checkpoint(footing());  // the last that a longer run shares
    cut = cut || step.cut;
    const std::size_t before = now_;
    if (step.sampled) {
      if (!sampled(step.stop, events)) continue;
    } else {
      direct(step.stop, events);
    }
    due = due || std::any_of(&rows_[before] + 1, &rows_[now_] + 1, [](const Schedule::Row& row) { return row.checkpoint; });
    if (due && !cut) {
      events.checkpoint(footing());
      due = false;
    }
  }
}

Evolution::Step Evolution::next_step() const {
  const auto stop = [&](std::size_t wanted) { return wanted <= schedule_.regular ? wanted : rows_.size() - 1; };
  const std::size_t dense = now_ + static_cast<std::size_t>(stretch_ / schedule_.interval * (1 + 1e-9));
  if (dense >= now_ + fewest_sampled) {
    const bool cut = dense > schedule_.regular;
    if (stop(dense) >= now_ + fewest_sampled) return {stop(dense), true, cut};
    return {std::min(now_ + propagator_.outputs_at_once(schedule_.interval), rows_.size() - 1), false, true};
  }
  const std::size_t wanted = now_ + propagator_.outputs_at_once(schedule_.interval);
  return {stop(wanted), false, wanted > schedule_.regular};
}

std::vector<double> Evolution::offsets_of(std::size_t first, std::size_t last, bool snapshots_only) const {
  std::vector<double> offsets;
  for (std::size_t i = first; i <= last; ++i)
    if (!snapshots_only || rows_[i].snapshot) offsets.push_back(rows_[i].time - rows_[now_].time);
  return offsets;
}

Observation Evolution::observe(Vec state, const EvolutionEvents& events) const {
  Observation o = A_.observe(F_, mass_of_g_, state);
  if (events.forms) add_proof_forms(A_, state, o);
  return o;
}

void Evolution::direct(std::size_t stop, const EvolutionEvents& events) {
  propagator_.advance(h_, next_, offsets_of(now_ + 1, stop, false), [&](std::size_t i, Vec state) {
    const Schedule::Row& row = rows_[now_ + 1 + i];
    events.row(row, observe(state, events));
    if (row.snapshot) events.snapshot(row, state);
  });
  stretch_ = std::min(window_, 1.5 * stretch_);
  arrive(stop);
}

/// Rows (now, stop] from samples. Where their error is above the accuracy no row is out, and a shorter stretch will be tried.
bool Evolution::sampled(std::size_t stop, const EvolutionEvents& events) {
  const double begin = rows_[now_].time, span = rows_[stop].time - begin;
  std::vector<double> offsets = Samples::times(span);
  offsets.erase(offsets.begin());
  std::vector<Observation> seen{observe(h_, events)};
  propagator_.advance(h_, next_, offsets, [&](std::size_t, Vec state) { seen.push_back(observe(state, events)); });
  const Observation last = seen.back();
  const Samples samples(span, std::move(seen));
  const double error = std::isfinite(samples.error()) ? samples.error() : 1.0;
  const bool resolved = error <= accuracy_;
  const double factor = std::pow(0.2 * accuracy_ / error, 0.1);  // the error grows about as span^10
  const double length = std::min(window_, span * (resolved ? std::clamp(factor, 0.7, 2.0) : std::clamp(factor, 0.2, 0.7)));
  if (!resolved) {
    stretch_ = length;
    return false;
  }
  for (std::size_t i = now_ + 1; i < stop; ++i) events.row(rows_[i], samples.at(rows_[i].time - begin));
  events.row(rows_[stop], last);
  const std::vector<double> between = offsets_of(now_ + 1, stop - 1, true);
  if (!between.empty()) {  // states of their own, so that the samples are the same with and without them
    std::size_t i = now_;
    const Vector state = A_.vector();
    propagator_.advance(h_, state.get(), between, [&](std::size_t, Vec there) {
      while (!rows_[++i].snapshot) {
      }
      events.snapshot(rows_[i], there);
    });
  }
  if (rows_[stop].snapshot) events.snapshot(rows_[stop], next_);
  stretch_ = length;
  arrive(stop);
  return true;
}

void Evolution::arrive(std::size_t stop) {
  std::swap(h_, next_);
  const bool clean = stop / rows_between_cleanings != now_ / rows_between_cleanings;
  now_ = stop;
  if (clean) F_.take_out(A_.mass(h_), h_);  // along F, so that g keeps its own mass
  state_ = propagator_.state();
}

}  // namespace hypofp
