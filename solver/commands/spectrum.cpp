#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/results/fields.hpp"
#include "operators/odd_even.hpp"
#include "solver/commands/page.hpp"
#include "solver/grid_system.hpp"
#include "solver/mode_fields.hpp"
#include "solver/spectrum_json.hpp"
#include "solver/versions.hpp"
#include "solver/witness.hpp"

namespace hypofp {
namespace {

using Json = nlohmann::ordered_json;
using Complex = std::complex<double>;

/// The value a discretisation gives for an eigenvalue: its cluster's mean where it is in one.
Complex known(const Spectrum& s, const Mode& mode) { return mode.cluster < 0 ? mode.value : s.clusters[mode.cluster].mean; }

Complex nearest(const std::vector<Complex>& values, Complex z) {
  return *std::min_element(values.begin(), values.end(), [&](Complex a, Complex b) { return std::abs(a - z) < std::abs(b - z); });
}

/// How far the eigenvalues of two spectra are apart at most, each from the nearest.
double apart(const Spectrum& a, const Spectrum& b) {
  std::vector<Complex> theirs;
  for (const Mode& mode : b.modes) theirs.push_back(known(b, mode)), theirs.push_back(std::conj(known(b, mode)));
  double largest = 0;
  for (const Mode& mode : a.modes) largest = std::max(largest, std::abs(known(a, mode) - nearest(theirs, known(a, mode))));
  return largest;
}

/// The witness, its spectrum, and how far that moved when the degree grew last.
struct WitnessedSpectrum {
  std::unique_ptr<Witness> witness;
  Spectrum spectrum;
  std::optional<double> moved;
  std::string why;  // it is silent; or what decided its degree
};

/// Grows the degree until the eigenvalues stay.
WitnessedSpectrum witnessed(const Problem& p, int count, const SpectrumProgress& progress) {
  constexpr double wanted = 1e-11, most = 5e6;  // multiply-adds an application
  const int d = p.input.model.dimension;
  const WitnessSettings& w = p.input.witness;
  WitnessedSpectrum best;
  if (w.degree == WitnessSettings::off) return {nullptr, {}, {}, "witness.degree = \"off\""};
  const std::vector<int> ladder[] = {{12, 18, 24, 36, 48, 64, 84, 110}, {6, 8, 10, 12, 14, 17, 20}, {4, 6, 8, 10, 12}};
  for (int degree : w.degree == WitnessSettings::automatic ? ladder[d - 1] : std::vector<int>{w.degree}) {
    if (w.degree == WitnessSettings::automatic && HermiteGenerator::work(d, degree, p.epsilon != nullptr) > most) {
      best.why = fmt::format("degree {} would cost too much", degree);
      break;
    }
    try {
      auto next = std::make_unique<Witness>(p.setting(), degree, false);
      Spectrum s = find_spectrum(next->A(), next->range(), count, {}, progress);
      if (best.witness) best.moved = apart(s, best.spectrum);
      best.witness = std::move(next), best.spectrum = std::move(s);
      best.why = w.degree == WitnessSettings::automatic ? "the highest degree there is" : "its degree is the case's";
    } catch (const ComputationError& e) {
      best.why = e.what();
    } catch (const UserError& e) {
      best.why = e.what();
      break;
    }
    if (best.moved && *best.moved <= wanted) {
      best.why = fmt::format("its eigenvalues moved by {:.1g}", *best.moved);
      break;
    }
  }
  return best;
}

/// An eigenvalue and its conjugate.
std::string text(Complex z) {
  const auto shown = [](double value) { return fmt::format("{:.10f}", std::abs(value) < 5e-11 ? 0.0 : value); };
  return shown(z.real()) + (std::abs(z.imag()) < 5e-11 ? "" : " ± " + shown(std::abs(z.imag())) + "i");
}

/// Of a cluster the mean is not the slowest of its members: told with how far they are from it.
std::string gap_text(const Spectrum& s) {
  const std::string value = fmt::format("{:.10f}", s.gap());
  return s.gap_scatter() > 0 ? fmt::format("{} (its cluster's mean, members within {:.1e})", value, s.gap_scatter()) : value;
}

/// The one of `values` that is the same eigenvalue as z, if any is.
std::string counterpart(const std::vector<Complex>& values, Complex z, double near) {
  const Complex found = nearest(values, z);
  return std::abs(found - z) <= near ? text(found) : "-";
}

std::string table(const Problem& p, const Spectrum& s, const WitnessedSpectrum& other, int count) {
  const bool both = other.witness != nullptr && p.by == By::grid;
  const std::string name = p.by == By::grid ? "grid" : "witness", free = p.epsilon ? "at eps = 0" : "derived";
  std::string out = fmt::format("{:<32}", name);
  if (both) out += fmt::format("{:<32}", "witness");
  out += fmt::format("{:<32}{:<10}{}\n", free, "residual", p.by == By::grid ? "odd-even" : "");
  std::vector<Complex> theirs, exact = unperturbed_eigenvalues(p.input.model, 3 * count);
  const double near = 0.2 * gap(p.input.model);
  if (both)
    for (const Mode& mode : other.spectrum.modes) theirs.push_back(mode.value);
  for (const Mode& mode : s.modes) {
    out += fmt::format("{:<32}", text(mode.value));
    if (both) out += fmt::format("{:<32}", counterpart(theirs, mode.value, near));
    out += fmt::format("{:<32}{:<10.1e}{}\n", counterpart(exact, mode.value, near), mode.residual,
                       p.by == By::grid ? fmt::format("{:.3f}", mode.odd_even) : "");
  }
  for (const Cluster& c : s.clusters)
    out += fmt::format(
        "cluster of {}: mean {}, its members within {:.1e}: each is known as far as grid and witness agree, the mean far better\n", c.size,
        text(c.mean), c.scatter);
  for (Complex z : s.spurious) out += fmt::format("left out, odd-even: {}\n", text(z));
  out += "gap " + gap_text(s);
  if (both) out += fmt::format(", by the witness {} (degree {})", gap_text(other.spectrum), other.witness->generator.space().degree);
  if (!both && p.by == By::grid) out += fmt::format("; the witness is silent: {}", other.why);
  out += fmt::format("\nmu {:.10f} derived, {:.10f} as printed", p.theory.mu, p.theory.mu_as_printed);
  return out;
}

/// A snapshot a mode, its number as the time.
void write_modes(const Page& page, const System& system, const Spectrum& s) {
  std::unique_ptr<FieldsWriter> fields;
  on_root(page.comm(), [&] { fields = std::make_unique<FieldsWriter>(page.directory(), EarlierSnapshots{}, origin_of(page.problem)); });
  for (std::size_t i = 0; i < s.modes.size(); ++i) {
    const auto grids = mode_fields(system, s.modes[i]);
    on_root(page.comm(), [&] { fields->write({static_cast<double>(i), grids}); });
  }
  on_root(page.comm(), [&] { fields->finish(); });
}

}  // namespace

Json spectrum(MPI_Comm comm, const RunOptions& options, int count) {
  Page page(comm, options, "spectrum", mode_grid_names, count + 1);
  const Problem& p = page.problem;
  Progress& progress = page.progress;
  if (p.by == By::grid && 8 * p.estimate.cells * vectors_of_spectrum(count) > p.estimate.available_bytes)
    throw UserError(
        fmt::format("--count {}: on {:.4g} cells {:.0f} vectors need {:.3g} GB, {:.3g} GB are available; allowed: fewer cells, or "
                    "--by witness",
                    count, p.estimate.cells, vectors_of_spectrum(count), 8e-9 * p.estimate.cells * vectors_of_spectrum(count),
                    1e-9 * p.estimate.available_bytes),
        true);
  const auto watch = [&](int found, int sought) {
    progress.update(std::min(found, sought), fmt::format("{} of {}", std::min(found, sought), sought));
  };
  progress.begin("witness", count);
  WitnessedSpectrum other = witnessed(p, count, watch);
  progress.end(other.witness ? fmt::format("degree {}", other.witness->generator.space().degree) : "silent");
  std::unique_ptr<GridSystem> grid;
  Spectrum of_grid;
  if (p.by == By::grid) {
    grid = std::make_unique<GridSystem>(comm, p.setting());
    progress.begin("spectrum", count);
    of_grid = find_spectrum(
        grid->A(), grid->range(), count, [&](Vec phi) { return odd_even_content(grid->generator, phi); }, watch);
    progress.end(fmt::format("gap {:.8g}", of_grid.gap()));
  } else if (!other.witness) {
    throw ComputationError("by the witness: " + other.why, true);
  }
  System& system = grid ? static_cast<System&>(*grid) : *other.witness;
  const Spectrum& s = grid ? of_grid : other.spectrum;

  Json summary = summary_head(p, system.description());
  summary["spectrum"] = spectrum_json(s);
  summary["spectrum"]["at_eps_0"] = eigenvalues_json(unperturbed_eigenvalues(p.input.model, count));
  Json witness = {{"silent", other.why}};
  if (other.witness) {
    witness = {{"degree", other.witness->generator.space().degree}, {"chosen", other.why}};
    if (other.moved) witness["moved_with_degree"] = *other.moved;
    witness["spectrum"] = spectrum_json(other.spectrum);
  }
  summary["witness"] = witness;
  page.take_folder();
  write_modes(page, system, s);
  page.finish(summary, table(p, s, other, count));
  return summary;
}

}  // namespace hypofp
