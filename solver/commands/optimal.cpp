#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "io/initial_file.hpp"
#include "operators/hermite/evaluation.hpp"
#include "operators/odd_even.hpp"
#include "solver/commands/page.hpp"
#include "solver/flow/initial_state.hpp"
#include "solver/grid_system.hpp"
#include "solver/modes/growth.hpp"
#include "solver/versions.hpp"
#include "solver/witness.hpp"

namespace hypofp {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::array<std::optional<double>, 3>;  // by Quotient; what is not known is not there

constexpr Quotient quotients[] = {Quotient::norm, Quotient::H, Quotient::norm2_over_H};
constexpr const char* names[] = {"norm", "H", "norm2_over_H"};
constexpr double size_of_h0 = 0.1;  // ‖h0‖_* of the file: g = F + M h0 stays positive where there is mass

/// The growth in one discretisation.
struct Curve {
  std::vector<double> times;
  std::vector<Row> rows;
  double gap = 0;
  Vector h0;  // of the largest norm at the time asked for
};

/// `odd_even`: an h0 that is the grid's own is no answer. `gap`: where it is known.
Curve curve_of(System& system, const Problem& p, const std::vector<double>& times, double time, const Pencil* pencil,
               const OddEven& odd_even, std::optional<double> gap, Progress& progress) {
  Curve curve{times, {}, gap ? *gap : find_spectrum(system.A(), system.range(), 3, odd_even).gap(), system.A().vector()};
  Growth growth(system.A(), system.range(), times.back(), pencil, p.theory.C, p.theory.C_hat);
  for (double t : times) {
    Row row;
    for (int k = 0; k < (pencil ? 3 : 1); ++k) {
      const double value = growth.largest(quotients[k], t);
      if (!odd_even || odd_even(growth.optimal()) <= 0.2) row[k] = value;
      if (k == 0 && t == time) petsc(VecCopy(growth.optimal(), curve.h0.get()));
    }
    curve.rows.push_back(row);
    progress.update(static_cast<double>(curve.rows.size()), fmt::format("t = {:.4g}", t));
  }
  return curve;
}

struct WitnessedGrowth {
  std::unique_ptr<Witness> witness;
  Curve curve;
  Prefactors prefactors;
  int degree_of_prefactors = 0;
  std::string why;  // it is silent
};
WitnessedGrowth witnessed(const Problem& p, double time, Progress& progress) {
  const WitnessSettings& w = p.input.witness;
  const int d = p.input.model.dimension;
  WitnessedGrowth result;
  if (w.degree == WitnessSettings::off) {
    result.why = "witness.degree = \"off\"";
    return result;
  }
  const int degree =
      w.degree == WitnessSettings::automatic ? std::array{50, 10, 5}[d - 1] : std::min(w.degree, std::array{100, 12, 5}[d - 1]);
  result.degree_of_prefactors = std::min(degree, std::array{24, 8, 4}[d - 1]);
  std::vector<double> times;
  for (int k = 1; k <= 16; ++k) times.push_back(k * time / 8);
  try {
    progress.begin("witness", 16);
    auto witness = std::make_unique<Witness>(p.setting(), degree, false);
    const Pencil pencil(witness->A());
    result.curve = curve_of(*witness, p, times, time, &pencil, {}, {}, progress);
    const HermiteGenerator low(p.input.model, result.degree_of_prefactors, p.field());
    result.prefactors = prefactors(low, Pencil(low), p.theory.C, p.theory.C_hat, result.curve.gap);
    result.witness = std::move(witness);
    progress.end(fmt::format("degree {}", degree));
  } catch (const ComputationError& e) {
    result.why = e.what();
  } catch (const UserError& e) {
    result.why = e.what();
  }
  return result;
}

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json curve_json(const Curve& c) {
  Json out = {{"times", c.times}};
  for (int k = 0; k < 3; ++k) {
    Json column = Json::array();
    for (const Row& row : c.rows) column.push_back(or_null(row[k]));
    out[names[k]] = column;
  }
  out["gap"] = c.gap;
  return out;
}

std::string table(const Problem& p, const Curve& grid, const WitnessedGrowth& w, double time) {
  std::string out = fmt::format("largest over all h0 of mean zero (C {:.6g}, C_hat {:.6g})\n{:<10}{:<8}{:<16}{:<16}{}\n", p.theory.C,
                                p.theory.C_hat, "t", "", "|h|/|h0|", "H/H(0)", "|h|^2/H(0)");
  const auto cell = [](const std::optional<double>& v) { return v ? fmt::format("{:.10f}", *v) : std::string("-"); };
  const auto rows = [&](const Curve& c, const char* name) {
    for (std::size_t i = 0; i < c.times.size(); ++i)
      out += fmt::format("{:<10.4g}{:<8}{:<16}{:<16}{}\n", c.times[i], name, cell(c.rows[i][0]), cell(c.rows[i][1]), cell(c.rows[i][2]));
  };
  if (w.witness) rows(w.curve, "witness");
  rows(grid, "grid");
  if (!w.witness) return out + fmt::format("the witness is silent: {}", w.why);
  const auto prefactor = [&](const char* what, const Prefactor& f) {
    out += fmt::format("sup of {}: {}\n", what,
                       !f.value ? "none stands: it grows as far as 12/gap"
                       : f.t    ? fmt::format("{:.6f} at t = {:.4f}", *f.value, *f.t)
                                : fmt::format("{:.6f}, approached as t grows", *f.value));
  };
  prefactor("e^(gap t) |h|/|h0|", w.prefactors.norm);
  prefactor("e^(2 gap t) H/H(0)", w.prefactors.H);
  prefactor("e^(2 gap t) |h|^2/H(0)", w.prefactors.norm2_over_H);
  return out + fmt::format("gap {:.10f}; h0 of the largest norm at t = {:.4g} is in optimal.h5", w.curve.gap, time);
}

/// g = F + M h0 on the case's grid, as a file that `run` starts from.
void write_h0(const Page& page, const std::string& path, System& system, Vec h0, const PhaseGrid& grid) {
  const Vector phi = system.A().vector();
  petsc(VecCopy(h0, phi.get()));
  petsc(VecScale(phi.get(), size_of_h0));
  system.F().take_out(-1, phi.get());
  const auto* witness = dynamic_cast<const Witness*>(&system);
  const Vector there = witness ? on_grid(witness->generator.space(), ReadArray(phi.get()), grid) : nullptr;
  const std::vector<double> g = density_of(grid, witness ? there.get() : phi.get());
  on_root(page.comm(), [&] { write_density(path, grid.d(), grid.x.n, grid.v.n, g, origin_of(page.problem)); });
}

}  // namespace

Json optimal(MPI_Comm comm, const RunOptions& options, std::optional<double> asked) {
  Page page(comm, options, "optimal");
  const Problem& p = page.problem;
  const double time = asked.value_or(2 / p.input.model.omega0), longest = 50 / p.theory.mu;  // e^{-50}: nothing is left
  if (!(time > 0 && time <= longest))
    throw UserError(fmt::format("--time {}: allowed: above 0 and at most 50/mu = {:.4g}", time, longest), true);
  WitnessedGrowth w = witnessed(p, time, page.progress);
  if (p.by == By::witness && !w.witness) throw ComputationError("by the witness: " + w.why, true);
  std::unique_ptr<GridSystem> grid;
  Curve of_grid;
  if (p.by == By::grid) {
    const double cells = std::pow(static_cast<double>(p.input.grid.x_cells) * p.input.grid.v_cells, p.input.model.dimension);
    const bool whole = cells <= Pencil::most_unknowns;  // on every rank, with H
    grid = std::make_unique<GridSystem>(whole ? PETSC_COMM_SELF : comm, p.setting());
    const OddEven odd_even = [&](Vec phi) { return odd_even_content(grid->generator, phi); };
    page.progress.begin("grid", 4);
    const auto pencil = whole ? std::make_unique<Pencil>(grid->A()) : nullptr;
    of_grid = curve_of(*grid, p, {time / 4, time / 2, time, 2 * time}, time, pencil.get(), odd_even,
                       w.witness ? std::optional(w.curve.gap) : std::nullopt, page.progress);
    page.progress.end();
  }
  Json summary = summary_head(p, grid ? grid->description() : w.witness->description());
  Json growth = curve_json(w.witness ? w.curve : of_grid);
  growth["time"] = time;
  growth["by"] =
      w.witness ? fmt::format("witness of degree {}", w.witness->generator.space().degree) : "grid; the witness is silent: " + w.why;
  growth["prefactor"] = {{"norm", {{"value", nullptr}}}, {"H", {{"value", nullptr}}}, {"norm2_over_H", {{"value", nullptr}}}};
  if (w.witness) {
    const Prefactor found[] = {w.prefactors.norm, w.prefactors.H, w.prefactors.norm2_over_H};
    for (int k = 0; k < 3; ++k) growth["prefactor"][names[k]] = {{"value", or_null(found[k].value)}, {"t", or_null(found[k].t)}};
    growth["prefactor"]["degree"] = w.degree_of_prefactors;
  }
  if (grid) growth["grid"] = curve_json(of_grid);
  summary["growth"] = growth;
  page.take_folder();
  const std::string path = page.directory() + "/optimal.h5";
  if (grid)
    write_h0(page, path, *grid, of_grid.h0.get(), grid->grid);
  else
    write_h0(page, path, *w.witness, w.curve.h0.get(), PhaseGrid(PETSC_COMM_SELF, p.input.model, p.input.grid));
  page.finish(summary, table(p, of_grid, w, time));
  return summary;
}

}  // namespace hypofp
