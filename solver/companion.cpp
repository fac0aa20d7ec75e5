#include "solver/companion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "operators/functionals.hpp"
#include "operators/proof_forms.hpp"
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
    std::vector<double> t, ratio;
    for (std::size_t i = 0; i < times.size(); ++i)
      if (times[i] >= begin && times[i] <= end) t.push_back(times[i]), ratio.push_back(grid[i].*column / witness[i].*column);
    return t.size() > 2 ? straight_line(t.data(), ratio.data(), static_cast<int>(t.size())) / power
                        : std::numeric_limits<double>::infinity();
  };
  const double middle = 0.5 * (mine.begin + mine.end), whole = slope(mine.begin, mine.end);
  const Comparison::Difference by_slope{std::abs(whole) / mine.rate,
                                        std::abs(slope(mine.begin, middle) - slope(middle, mine.end)) / mine.rate, mine.end};
  if (!(its.end > its.begin)) return by_slope;
  const Comparison::Difference by_fit{apart(mine.rate, its.rate), (mine.uncertainty + its.uncertainty) / mine.rate, mine.end};
  return by_fit.doubt <= by_slope.doubt ? by_fit : by_slope;
}

/// At one of the rows. Empty where it can't be said: data that are known on the case's cells alone, or a coarser grid that is none.
std::string which_moved(const Problem& problem, const GridSystem& grid, const Companion& companion, const Observation& row) {
  Setting coarser = grid.setting();
  const auto fewer = [&](int cells) { return std::max(3 * cells / 4, coarser.grid.order + 2); };
  coarser.grid.x_cells = fewer(coarser.grid.x_cells), coarser.grid.v_cells = fewer(coarser.grid.v_cells);
  const double smaller = std::pow(static_cast<double>(coarser.grid.x_cells) * coarser.grid.v_cells, problem.input.model.dimension) /
                         static_cast<double>(grid.grid.cells());
  if (problem.input.initial.kind == InitialKind::file || smaller >= 1) return "";
  int room = smaller * problem.estimate.peak_bytes < available_bytes();
  MPI_Allreduce(MPI_IN_PLACE, &room, 1, MPI_INT, MPI_MIN, grid.grid.comm);
  if (!room) return "";
  const int degree = companion.witness->generator.space().degree, lower = std::max(2, 3 * degree / 4);
  try {
    GridSystem coarse(grid.grid.comm, coarser);
    Witness low(problem.setting(), lower, false);
    const Observation g = at_time(coarse, problem, row.time), w = at_time(low, problem, row.time);
    const double grid_moved = std::max(apart(row.h_norm, g.h_norm), apart(row.H, g.H)),
                 witness_moved = std::max(apart(row.witness_h_norm, w.h_norm), apart(row.witness_H, w.H));
    return fmt::format(
        "at t = {:.4g}, from {} x {} to {} x {} cells the grid moved by {:.1e}, from degree {} to {} the witness by {:.1e}: refine the {}",
        row.time, coarser.grid.x_cells, coarser.grid.v_cells, grid.grid.spec.x_cells, grid.grid.spec.v_cells, grid_moved, lower, degree,
        witness_moved, grid_moved > witness_moved ? "grid" : "witness");
  } catch (const Error&) {  // a run that is done does not fail for a hint
    return "";
  }
}

}  // namespace

Companion follow(const Problem& problem, const Schedule& schedule, const std::function<void(double time)>& each_row) {
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
      each_row(time);
    };
    const auto look = [&](Vec state) {
      const Doubt now = witness.A().doubt(state, witness.A().observe(witness.F(), mass, state), C, C_hat);
      c.doubt_of_rate = now.h_norm;
      c.doubt = {std::max(c.doubt.h_norm, now.h_norm), std::max(c.doubt.gradients, now.gradients), std::max(c.doubt.H, now.H)};
    };
    const double end = schedule.rows.back().time;
    const auto stride = static_cast<double>(std::max<std::size_t>(1, schedule.rows.size() / doubts));
    const Schedule own(end, schedule.interval, stride * schedule.interval, 0);
    Observation first = witness.A().observe(witness.F(), mass, h.get());
    add_proof_forms(witness.A(), h.get(), first);
    take(0, first);
    look(h.get());
    Evolution(witness.A(), witness.propagator(), witness.F(), mass, h.get(), own, witness.longest_span(),
              0.25 * problem.input.time.tolerance)
        .run({[&](const Schedule::Row& row, const Observation& o) { take(row.time, o); },
              [&](const Schedule::Row&, Vec state) { look(state); }, [](const Footing&) {}, true});
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
  if (worst.value > c.tolerance + worst.doubt) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const Observation& o) { return o.time >= worst.time; });
    c.moved = which_moved(problem, grid, companion, *row);
  }
  return c;
}

}  // namespace hypofp
