#pragma once
#include <Eigen/Core>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "grids/ensemble_settings.hpp"
#include "grids/gaussian_part.hpp"
#include "grids/grid_spec.hpp"
#include "grids/logistic.hpp"
#include "grids/model.hpp"
#include "grids/propagator_kind.hpp"
#include "grids/worker_settings.hpp"

namespace hypofp {

struct Perturbation {                // at most one of the two is non-empty
  std::string potential;             // V(theta), eps = grad V
  std::vector<std::string> epsilon;  // d expressions in theta1..thetad
  double scale = 1;                  // of either
  bool given() const { return !potential.empty() || !epsilon.empty(); }
  bool present() const { return given() && scale != 0; }
  /// An expression of it with the scale.
  std::string scaled(const std::string& expression) const;
};

struct Table {  // logistic regression in place of a perturbation
  std::string path;
  std::vector<std::string> response, predictors;
  double ridge = 0, taper = 4;  // of the PDE's V: R in standard deviations of theta
  int batch = 1;
  std::optional<LogisticFit> fit;  // always, in a case that was read
  /// Sigma: the root of the mean variance of a batch's gradient.
  double noise() const { return std::sqrt(fit->noise_eigenvalues().mean() / batch); }
};

enum class InitialKind { gaussian, mixture, deviation, box, file };

struct Initial {
  InitialKind kind = InitialKind::gaussian;
  std::vector<GaussianPart> components;                 // one for gaussian, several for mixture
  std::vector<std::optional<double>> covariance_scale;  // of each, where its covariance is given as a multiple of M's
  std::string h0;                                       // deviation: g = M (1 + h0), expression in x1..xd, v1..vd
  Eigen::VectorXd lower, upper;                         // box: g uniform on lower <= (x, v) <= upper
  std::string path;                                     // file: HDF5, dataset "g", shape [nx]*d + [nv]*d, cell-centre values
};

struct TimeSettings {
  double end = 10, interval = 0.1, tolerance = 1e-9;
  PropagatorKind propagator = PropagatorKind::chebyshev;
};

struct OutputSettings {  // multiples of time.interval; 0 switches the output off
  double fields_interval = 0, checkpoint_interval = 0;
};

struct WitnessSettings {  // the Hermite-Galerkin solution beside the grid's, or in its place
  static constexpr int automatic = -1, off = 0;
  int degree = automatic;
  double tolerance = 1e-3;  // largest relative difference of grid and witness that counts as agreement
};

/// Where a key was read: "case.toml:12:9", or "--set grid.cells" for an override.
using Where = std::map<std::string, std::string>;

/// A resolved case: every default filled in. Plain data; expressions are not yet compiled.
struct Case {
  std::string title;
  Model model;
  std::optional<Asgd> asgd;
  Perturbation perturbation;
  std::optional<Table> table;
  GridSpec grid;
  Initial initial;
  TimeSettings time;
  OutputSettings output;
  WitnessSettings witness;
  LyapunovChoice lyapunov;
  EnsembleSettings ensemble;
  std::optional<WorkerSettings> workers;
  std::string file;  // as the user named it
  std::string stem;  // case file name without folder and ending
  Where where;       // by dotted key: "grid.cells", "perturbation.epsilon[0]"

  bool perturbed() const { return table || perturbation.present(); }  // eps is on
  std::vector<std::string> inputs() const;                            // files that it was read from: no result takes their place
};

/// Reads and checks a case; an empty path is an empty file. `overrides` are "section.key=value" with a TOML value.
/// Throws UserError "file:line:column: key = value: what is wrong; allowed: ..." (all findings, one a line).
Case read_case(const std::string& path, const std::vector<std::string>& overrides);
/// Its two halves, for a text that comes from another rank.
std::string read_case_file(const std::string& path);
Case read_case_text(const std::string& text, const std::string& path, const std::vector<std::string>& overrides);

/// The resolved case as TOML, every default written out; reading it gives the same case. Its list `defaults` names the keys that
/// nobody wrote: read with overrides, they follow what they depend on.
std::string to_toml(const Case&);
/// All keys as a Markdown table, that of cases/README.md.
std::string key_table();

/// A message in the same form for a finding made after reading (an expression that does not compile, ...).
std::string located(const Case&, const std::string& key, const std::string& value, const std::string& what);

}  // namespace hypofp
