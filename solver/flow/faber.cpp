#include "solver/flow/faber.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <complex>
#include <numbers>
#include <unsupported/Eigen/FFT>

namespace hypofp {

FaberPropagator::FaberPropagator(const Operator& A, const NumericalRange& range, const PropagatorSettings& settings)
    : A_(A), tolerance_(settings.tolerance), most_outputs_(std::max<std::size_t>(1, settings.outputs)), abscissa_(range.abscissa()) {
  const EllipseChoice choice = choose_ellipse(range, tolerance_, settings.longest);
  ellipse_ = choice.ellipse;
  tau_ = choice.tau;
}

std::string FaberPropagator::description() const {
  return fmt::format("Chebyshev-Faber expansion, ellipse center {:.4g}, semi-axes {:.4g} and {:.4g}, at most {:.4g} time units each{}",
                     ellipse_.center, ellipse_.real_axis, ellipse_.imag_axis, tau_,
                     widened_ ? fmt::format(", widened {} times after a failed check", widened_) : "");
}

void FaberPropagator::restore(const std::vector<double>& s) {
  ellipse_ = {s.at(0), s.at(1), s.at(2)};
  tau_ = s.at(3);
  widened_ = static_cast<int>(s.at(4));
  known_.clear();
}

/// c_k(t) = 1/N sum_n exp(t psi(w_n)) w_n^{-k} over the N-th roots of unity; what is cut at either end leaves 2 sum |c_k| below the
/// tolerance.
const FaberPropagator::Coefficients& FaberPropagator::coefficients(const std::vector<double>& times) {
  const auto found = known_.find(times);
  if (found != known_.end()) return found->second;
  if (known_.size() > 64) known_.clear();
  using Complex = std::complex<double>;
  const double target = 0.25 * tolerance_;
  const std::size_t most = static_cast<std::size_t>(expected_terms(ellipse_, times.back(), 1e-18)) + 24, N = std::bit_ceil(2 * most + 32);
  Coefficients result;
  std::vector<Complex> on_circle(N), transform;
  Eigen::FFT<double> fft;
  for (double t : times) {
    for (std::size_t n = 0; n < N; ++n) {
      const Complex w = std::polar(1.0, 2 * std::numbers::pi * static_cast<double>(n) / static_cast<double>(N));
      on_circle[n] = std::exp(t * ellipse_.psi(w));
    }
    fft.fwd(transform, on_circle);
    std::vector<double> c(most + 1);
    for (std::size_t k = 0; k <= most; ++k) c[k] = transform[k].real() / static_cast<double>(N);
    double cut = 0;
    std::size_t first = 0, end = c.size();
    while (end > 2 && 2 * (cut + std::abs(c[end - 1])) < target) cut += std::abs(c[--end]);
    while (first + 2 < end && 2 * (cut + std::abs(c[first])) < 2 * target) cut += std::abs(c[first++]);
    result.terms = std::max(result.terms, end);
    result.first.push_back(first);
    result.end.push_back(end);
    result.c.push_back(std::move(c));
  }
  return known_.emplace(times, std::move(result)).first->second;
}

/// One expansion of phi, which is worked in, into outputs_[0 .. times.size()). False where ||F_k phi|| <= 2 ||phi|| is broken: W(A) leaves
/// the ellipse. Terms go into the outputs in pairs, by the application that makes the second of them: each output is read and written once
/// in two applications, and not at all once its own series has ended.
bool FaberPropagator::expand(Sense sense, Vec phi, const std::vector<double>& times) {
  const Coefficients& series = coefficients(times);
  const double rho = ellipse_.capacity(), d = ellipse_.shape(), shift = -ellipse_.center / rho;
  if (!other_) other_ = A_.vector();
  while (outputs_.size() < times.size()) outputs_.push_back(A_.vector());
  const double start = norm_of(phi);
  const auto pair = [&](std::size_t k) {  // terms k - 1 and k; k alone where the series ends with it
    std::vector<Operator::Sum> sums;
    const bool alone = k % 2 == 0;
    if (alone && k + 1 < series.terms) return sums;
    for (std::size_t j = 0; j < times.size(); ++j) {
      const auto& c = series.c[j];
      if (k < series.first[j] || series.end[j] <= (alone ? k : k - 1)) continue;
      sums.push_back({outputs_[j].get(), k < series.terms ? c[k] : 0.0, alone ? 0.0 : c[k - 1]});
    }
    return sums;
  };
  for (std::size_t j = 0; j < times.size(); ++j) petsc(VecZeroEntries(outputs_[j].get()));
  Vec older = phi, newer = other_.get();
  A_.apply(sense, older, newer, 1 / rho, shift, 0, pair(1));
  for (std::size_t k = 2; k < series.terms; ++k) {
    A_.apply(sense, newer, older, 1 / rho, shift, k == 2 ? -2 * d : -d, pair(k));
    std::swap(older, newer);
    if ((k % 64 == 0 || k + 1 == series.terms) && !(norm_of(newer) <= 4 * start)) return false;
  }
  for (std::size_t j = 0; j < times.size(); ++j)
    if (!(norm_of(outputs_[j].get()) <= start * std::exp(abscissa_ * times[j]) * (1 + 4 * tolerance_ + 1e-12))) return false;
  return true;
}

void FaberPropagator::widen() {
  ++widened_;
  known_.clear();
  ellipse_.imag_axis *= 1.25;
  const double more = 0.125 * ellipse_.real_axis;
  ellipse_.real_axis += more;
  ellipse_.center -= more;  // to the left: the right end stays
  tau_ *= 0.7;
}

void FaberPropagator::advance(Sense sense, Vec start, Vec phi, const std::vector<double>& offsets, const At& at) {
  petsc(VecCopy(start, phi));
  double now = 0;
  std::size_t next = 0;
  while (next < offsets.size()) {
    std::vector<double> times;
    const double reach = tau_ * (1 + 1e-9);
    const double spacing = (offsets.back() - now) / static_cast<double>(offsets.size() - next);
    const std::size_t most = outputs_at_once(spacing);
    while (next + times.size() < offsets.size() && times.size() < most && offsets[next + times.size()] - now <= reach)
      times.push_back(offsets[next + times.size()] - now);
    const bool between = times.empty();  // the next output is further than one expansion reaches
    if (between) times.push_back((offsets[next] - now) / std::ceil((offsets[next] - now) / reach));
    if (!expand(sense, phi, times)) {
      if (widened_ >= 12)
        throw ComputationError("the Chebyshev-Faber expansion does not converge: the numerical range could not be enclosed");
      widen();
      petsc(VecCopy(start, phi));
      now = 0;
      continue;
    }
    if (between) {
      now += times.back();
    } else {
      for (std::size_t j = 0; j < times.size(); ++j) at(next + j, outputs_[j].get());
      next += times.size();
      now = offsets[next - 1];
    }
    petsc(VecCopy(outputs_[times.size() - 1].get(), phi));
  }
}

}  // namespace hypofp
