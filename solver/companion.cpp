#include "solver/companion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "operators/functionals.hpp"
#include "solver/problem.hpp"

namespace hypofp {
namespace {

constexpr std::size_t doubts = 8;  // how often the tails are looked at

/// ‖h‖_* and H at a time, in any discretisation.
Observation at_time(System& system, const Problem& problem, double time) {
  Vector h = system.initial_state(problem), later = system.A().vector();
  const double mass = system.A().mass(h.get());
  system.F().take_out(mass, h.get());
  if (time > 0) system.propagator().advance(h.get(), later.get(), {time}, [](std::size_t, Vec) {});
  Observation o = system.A().observe(system.F(), mass, time > 0 ? later.get() : h.get());
  o.H = lyapunov(o, problem.theory.C, problem.theory.C_hat);
  return o;
}

double apart(double a, double b) { return a == b ? 0.0 : std::abs(a - b) / std::max(std::abs(a), std::abs(b)); }

/// The largest relative difference of a column over the rows above rounding, and when.
struct Largest {
  double value = 0, time = 0;
};
Largest largest(const std::vector<Observation>& a, const std::vector<Observation>& b, double Observation::*column, double rounding) {
  Largest result;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (!(b[i].*column > rounding * (b.front().*column))) continue;
    const double now = apart(a[i].*column, b[i].*column);
    if (!(now <= result.value)) result = {now, a[i].time};
  }
  return result;
}

/// How far a rate is off, relative: by the two fits, or by the slope that the logarithm of the two series' ratio has over the window, whose
/// doubt is its change from one half of it to the other; what is known better.
Comparison::Difference rate_difference(const std::vector<double>& times, const std::vector<Observation>& grid,
                                       const std::vector<Observation>& witness, double Observation::*column, double power,
                                       const MeasuredRate& mine, const MeasuredRate& its) {
  const auto slope = [&](double begin, double end) {
    double n = 0, st = 0, sl = 0, stt = 0, stl = 0;
    for (std::size_t i = 0; i < times.size(); ++i) {
      if (times[i] < begin || times[i] > end) continue;
      const double l = std::log(grid[i].*column / witness[i].*column) / power;
      n += 1, st += times[i], sl += l, stt += times[i] * times[i], stl += times[i] * l;
    }
    return n > 2 ? (n * stl - st * sl) / (n * stt - st * st) : std::numeric_limits<double>::infinity();
  };
  const double middle = 0.5 * (mine.begin + mine.end), whole = slope(mine.begin, mine.end);
  const Comparison::Difference by_slope{std::abs(whole) / mine.rate,
                                        std::abs(slope(mine.begin, middle) - slope(middle, mine.end)) / mine.rate, mine.end};
  if (!(its.end > its.begin)) return by_slope;
  const Comparison::Difference by_fit{apart(mine.rate, its.rate), (mine.uncertainty + its.uncertainty) / mine.rate, mine.end};
  return by_fit.doubt <= by_slope.doubt ? by_fit : by_slope;
}

std::string which_moved(const Problem& problem, GridSystem& grid, Companion& companion, double time) {
  Setting coarser = grid.setting();
  const auto fewer = [&](int cells) { return std::max(3 * cells / 4, coarser.grid.order + 2); };
  coarser.grid.x_cells = fewer(coarser.grid.x_cells), coarser.grid.v_cells = fewer(coarser.grid.v_cells);
  const int degree = companion.witness->generator.space().degree, lower = std::max(2, 3 * degree / 4);
  if (problem.input.initial.kind == InitialKind::file) return "";
  GridSystem coarse(grid.grid.comm, coarser);
  Witness low(problem.setting(), lower, false);
  const Observation g = at_time(grid, problem, time), w = at_time(*companion.witness, problem, time), g0 = at_time(coarse, problem, time),
                    w0 = at_time(low, problem, time);
  const double grid_moved = std::max(apart(g.h_norm, g0.h_norm), apart(g.H, g0.H)),
               witness_moved = std::max(apart(w.h_norm, w0.h_norm), apart(w.H, w0.H));
  return fmt::format(
      "at t = {:.4g}, from {} x {} to {} x {} cells the grid moved by {:.1e}, from degree {} to {} the witness by {:.1e}: refine the {}",
      time, coarser.grid.x_cells, coarser.grid.v_cells, grid.grid.spec.x_cells, grid.grid.spec.v_cells, grid_moved, lower, degree,
      witness_moved, grid_moved > witness_moved ? "grid" : "witness");
}

}  // namespace

Companion follow(const Problem& problem, const Schedule& schedule, const std::function<void()>& each_row) {
  const auto began = std::chrono::steady_clock::now();
  Companion c;
  WitnessChoice choice = witness_beside_grid(problem);
  c.why = choice.why;
  if (!choice.witness) return c;
  Witness& witness = *choice.witness;
  try {
    Vector h = witness.initial_state(problem);
    const double mass = witness.A().mass(h.get()), C = problem.theory.C, C_hat = problem.theory.C_hat;
    witness.F().take_out(mass, h.get());
    const auto take = [&](double time, Observation o) {
      o.time = time;
      o.H = lyapunov(o, C, C_hat);
      c.rows.push_back(o);
      each_row();
    };
    const auto look = [&](Vec state) {
      const Doubt now = witness.A().doubt(state, witness.A().observe(witness.F(), mass, state), C, C_hat);
      c.doubt_of_rate = now.h_norm;
      c.doubt = {std::max(c.doubt.h_norm, now.h_norm), std::max(c.doubt.gradients, now.gradients), std::max(c.doubt.H, now.H)};
    };
    const double end = schedule.rows.back().time;
    const auto stride = static_cast<double>(std::max<std::size_t>(1, schedule.rows.size() / doubts));
    const Schedule own(end, schedule.interval, stride * schedule.interval, 0);
    take(0, witness.A().observe(witness.F(), mass, h.get()));
    look(h.get());
    Evolution(witness.A(), witness.propagator(), witness.F(), mass, h.get(), own, witness.longest_span(),
              0.25 * problem.input.time.tolerance)
        .run({[&](const Schedule::Row& row, const Observation& o) { take(row.time, o); },
              [&](const Schedule::Row&, Vec state) { look(state); }, [](const Footing&) {}});
    c.tails = witness.tails(problem);
    // what is missing of F is missing of h as well, and of H as much more as of h's own tail
    const double of_H = c.doubt.h_norm > 0 ? c.doubt.H / c.doubt.h_norm : 1.0, of_h = c.doubt.h_norm + c.tails.largest();
    c.doubt = {of_h, c.doubt.gradients, of_H * of_h};
    c.witness = std::move(choice.witness);
  } catch (const ComputationError& e) {
    c.why = e.what();
    c.rows.clear();
  }
  c.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return c;
}

Comparison compare(const Problem& problem, GridSystem& grid, Companion& companion, const std::vector<Observation>& rows,
                   const MeasuredRate& rate_h, const MeasuredRate& rate_H) {
  Comparison c;
  c.tolerance = problem.input.witness.tolerance;
  const Largest h = largest(rows, companion.rows, &Observation::h_norm, 1e-12), H = largest(rows, companion.rows, &Observation::H, 1e-24);
  c.h_norm = {h.value, companion.doubt.h_norm, h.time};
  c.H = {H.value, companion.doubt.H, H.time};
  std::vector<double> times, squares, values;
  for (const Observation& r : companion.rows) times.push_back(r.time), squares.push_back(r.h_norm * r.h_norm), values.push_back(r.H);
  c.rate_h = measure_rate(times, squares);
  c.rate_H = measure_rate(times, values);
  if (rate_h.end > rate_h.begin && rate_H.end > rate_H.begin) {
    const auto of_h = rate_difference(times, rows, companion.rows, &Observation::h_norm, 1, rate_h, c.rate_h),
               of_H = rate_difference(times, rows, companion.rows, &Observation::H, 2, rate_H, c.rate_H);
    const auto& larger = of_h.value > of_H.value ? of_h : of_H;
    c.rate = {larger.value, larger.doubt + companion.doubt_of_rate, rows.back().time};
    c.rate_apart_h = of_h.value * rate_h.rate, c.rate_apart_H = of_H.value * rate_H.rate;
    c.rate_doubt = companion.doubt_of_rate;
  }
  const auto moments = [](System& s) { return s.A().moments(s.F().state().get()); };
  const Moments a = moments(grid), b = moments(*companion.witness);
  for (int i = 0; i < a.mean.size(); ++i)
    for (int j = 0; j < a.mean.size(); ++j)
      c.covariance.value = std::max(c.covariance.value, std::abs(a.covariance(i, j) - b.covariance(i, j)) /
                                                            (grid.setting().model.sigma(i) * grid.setting().model.sigma(j)));
  c.covariance.doubt = companion.tails.F;
  c.covariance.time = rows.back().time;
  Comparison::Difference worst = c.h_norm;
  for (const auto& d : {c.H, c.rate.value_or(c.H), c.covariance})
    if (d.value - d.doubt > worst.value - worst.doubt) worst = d;
  if (worst.value > c.tolerance + worst.doubt) c.moved = which_moved(problem, grid, companion, worst.time);
  return c;
}

}  // namespace hypofp
