#include "io/case/keys.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>

namespace hypofp {
namespace {

const Range physical{1e-6, 1e6};  // omega0, gamma, beta

/// A key without its indices: initial.components[].mean of initial.components[3].mean.
std::string general(const std::string& name) {
  std::string out;
  for (const char c : name)
    if (!std::isdigit(static_cast<unsigned char>(c)) || !out.ends_with('[')) out += c;
  return out;
}

void check_defaults(CaseReader& in, Case&) {
  in.known("defaults");
  const toml::node* node = in.find("defaults");
  if (!node) return;
  if (!node->is_array()) in.finding("defaults", "allowed: an array of names of keys");
  for (std::size_t i = 0; node->is_array() && i < node->as_array()->size(); ++i) {
    const auto name = node->as_array()->get_as<std::string>(i);
    const auto named = [&](const Key& key) { return name && key.name == general(name->get()); };
    if (std::none_of(case_keys().begin(), case_keys().end(), named))
      in.finding(fmt::format("defaults[{}]", i), "unknown; allowed: the name of a key, as \"lyapunov.delta\"");
  }
}

std::vector<Key> top_keys() {
  return {{"title", "the file's name", "1 to 4096 characters", "of the report",
           [](CaseReader& in, Case& c) { c.title = in.text("title", c.stem); },
           [](const Case& c) {
             return c.title.empty() ? Written{} : Written{{"title", toml_text(c.title)}};
           }},
          {"defaults", "empty", "names of keys", "keys that nobody wrote, in a resolved case", check_defaults}};
}

/// gamma and beta, where [asgd] does not give them.
Key unless_asgd(Key key, const char* formula) {
  key.read = [name = key.name, read = key.read, formula](CaseReader& in, Case& c) {
    if (in.has("asgd"))
      in.forbid(name, fmt::format("{}; give one of the two", formula));
    else
      read(in, c);
  };
  key.write = [write = key.write](const Case& c) { return c.asgd ? Written{} : write(c); };
  return key;
}

Key asgd(const char* name, double Asgd::*member, const Default& preset, const Range& range, const char* help) {
  return {name,
          preset.text,
          range.words(),
          help,
          [=](CaseReader& in, Case& c) {
            if (!in.has("asgd")) return;
            if (!c.asgd) c.asgd.emplace();
            (*c.asgd).*member = in.number(name, preset.value(c), range);
          },
          [=](const Case& c) {
            return c.asgd ? Written{{name, toml_text((*c.asgd).*member)}} : Written{};
          }};
}

void derive_model(CaseReader& in, Case& c) {
  if (!c.asgd) return;
  c.model = model_of(*c.asgd, c.model.dimension, c.model.omega0);
  for (const auto& [name, value] : {std::pair{"gamma", c.model.gamma}, {"beta", c.model.beta}})
    if (value < physical.low || value > physical.high)
      in.finding("asgd", fmt::format("gives {} = {:.4g}; allowed: {} to {}", name, value, physical.low, physical.high));
}

std::vector<Key> model_keys() {
  return {integer("model.dimension", &Case::model, &Model::dimension, 1, 1, 3, "1, 2 or 3", "d: phase space (x, v) has dimension 2d"),
          number("model.omega0", &Case::model, &Model::omega0, required(), physical, "grad f = omega0^2 theta + eps(theta)"),
          unless_asgd(number("model.gamma", &Case::model, &Model::gamma, required(), physical, "friction; or `[asgd]`"),
                      "gamma follows from [asgd]: gamma = sqrt((1 - kappa)/eta)"),
          unless_asgd(number("model.beta", &Case::model, &Model::beta, required(), physical, "inverse temperature; or `[asgd]`"),
                      "beta follows from [asgd]: beta = 2 gamma/(tau^2 omega0^4)")};
}

std::vector<Key> asgd_keys() {
  const Default noise{"none; with `[table]` the table's", [](const Case& c) -> std::optional<double> {
                        if (!c.table) return {};
                        return c.table->fit ? c.table->noise() : 1;  // what is wrong with the table is told
                      }};
  return {asgd("asgd.learning_rate", &Asgd::learning_rate, required(), above(0, 1e6), "eta; `[asgd]` stands in place of gamma and beta"),
          asgd("asgd.staleness", &Asgd::staleness, required(), {0, 1 - 1e-9}, "kappa"),
          with(asgd("asgd.noise", &Asgd::noise, noise, above(0, 1e6), "Sigma: standard deviation of the gradient's noise"), derive_model)};
}

/// Where there is one.
Key of_perturbation(Key key) {
  key.read = [name = key.name, read = key.read](CaseReader& in, Case& c) {
    if (in.has("perturbation.potential") || in.has("perturbation.epsilon"))
      read(in, c);
    else
      in.forbid(name, "there is no potential and no epsilon to scale");
  };
  key.write = [write = key.write](const Case& c) { return c.perturbation.given() ? write(c) : Written{}; };
  return key;
}

std::vector<Key> perturbation_keys() {
  return {
      {"perturbation.potential", "eps = 0",
       "an expression in theta1..thetad, of + - * / ^, sin cos tan asin acos atan sinh cosh tanh exp log ln sqrt abs sign erf min max, pi",
       "V(theta), eps = grad V", [](CaseReader& in, Case& c) { c.perturbation.potential = in.text("perturbation.potential", ""); },
       [](const Case& c) {
         const std::string& V = c.perturbation.potential;
         return V.empty() ? Written{} : Written{{"perturbation.potential", toml_text(V)}};
       }},
      {"perturbation.epsilon", "eps = 0", "d such expressions; in place of the potential", "eps(theta), by component",
       [](CaseReader& in, Case& c) {
         c.perturbation.epsilon = in.texts("perturbation.epsilon", c.model.dimension);
         if (in.has("perturbation.potential") && in.has("perturbation.epsilon"))
           in.finding("perturbation.epsilon", "given beside perturbation.potential; allowed: one of the two");
         if (in.has("table") && in.has("perturbation"))
           in.finding("perturbation", "given beside [table], whose loss has its own; allowed: one of the two");
       },
       [](const Case& c) {
         const auto& eps = c.perturbation.epsilon;
         return eps.empty() ? Written{} : Written{{"perturbation.epsilon", toml_text(eps)}};
       }},
      of_perturbation(number("perturbation.scale", &Case::perturbation, &Perturbation::scale, 1, {-1e6, 1e6}, "a factor of either"))};
}

constexpr int default_cells = 24, most_cells = 100000;

void read_cells(CaseReader& in, Case& c) {
  const int fewest = std::max(4, c.grid.order + 2);
  const toml::node* cells = in.find("grid.cells");
  if (!cells || !cells->is_array()) {
    c.grid.x_cells = c.grid.v_cells = in.integer("grid.cells", default_cells, fewest, most_cells);
    return;
  }
  const auto both = in.numbers("grid.cells", 2);
  if (both.empty()) return;
  for (std::size_t i = 0; i < 2; ++i)
    if (!cells->as_array()->get(i)->is_integer() || both[i] < fewest || both[i] > most_cells) {
      in.finding("grid.cells", fmt::format("allowed: integers from {} (order + 2) to {}", fewest, most_cells));
      return;
    }
  c.grid.x_cells = static_cast<int>(both[0]), c.grid.v_cells = static_cast<int>(both[1]);
}

std::vector<Key> grid_keys() {
  return {with(integer("grid.order", &Case::grid, &GridSpec::order, 6, 2, 8, "2, 4, 6 or 8", "of the scheme in space"),
               [](CaseReader& in, Case& c) {
                 if (c.grid.order % 2 != 0) in.finding("grid.order", "allowed: 2, 4, 6 or 8");
               }),
          {"grid.cells", toml_text(default_cells), fmt::format("n or [n_x, n_v]: integers from order + 2 to {}", most_cells),
           "on each x-axis and each v-axis", read_cells,
           [](const Case& c) {
             return Written{{"grid.cells", fmt::format("[{}, {}]", c.grid.x_cells, c.grid.v_cells)}};
           }},
          number("grid.half_width", &Case::grid, &GridSpec::half_width, 6, {2, 12}, "of the box, in standard deviations of M")};
}

void check_interval(CaseReader& in, Case& c) {
  if (c.time.interval > c.time.end) in.finding("time.interval", fmt::format("allowed: at most time.end = {}", c.time.end));
  if (c.time.end / c.time.interval > 1e6) in.finding("time.interval", "gives more than 1000000 rows");
}

std::vector<Key> time_keys() {
  const Default tenth{"0.1, or time.end if less", [](const Case& c) { return std::min(0.1, c.time.end); }};
  return {number("time.end", &Case::time, &TimeSettings::end, 10, above(0, 1e6), "the run goes from 0 to here"),
          with(number("time.interval", &Case::time, &TimeSettings::interval, tenth, above(0, 1e6),
                      "between rows of the series; at most time.end"),
               check_interval),
          number("time.tolerance", &Case::time, &TimeSettings::tolerance, 1e-9, {1e-14, 1e-2}, "of the propagation, relative to ‖h‖_*"),
          choice("time.propagator", &Case::time, &TimeSettings::propagator, {"chebyshev", "ts", "mfn"}, "how e^{-tL} is applied")};
}

/// 0, the end, or a whole multiple of time.interval.
Key interval(const char* name, double OutputSettings::*member, const Default& preset, const char* help) {
  Key key = with(number(name, &Case::output, member, preset, {0, 1e6}, help), [=](CaseReader& in, Case& c) {
    const double value = c.output.*member, whole = value / c.time.interval;
    if (value != 0 && value != c.time.end && (whole < 0.5 || std::abs(whole - std::round(whole)) > 1e-9 * whole))
      in.finding(name, fmt::format("allowed: 0 (off), time.end, or a whole multiple of time.interval = {}", c.time.interval));
  });
  key.allowed = "0 (off), time.end, or a whole multiple of time.interval";
  return key;
}

std::vector<Key> output_keys() {
  const Default end{"time.end", [](const Case& c) { return c.time.end; }};
  return {interval("output.fields_interval", &OutputSettings::fields_interval, end, "between fields; the first is always there"),
          interval("output.checkpoint_interval", &OutputSettings::checkpoint_interval, 0, "between checkpoints")};
}

constexpr int most_degrees[] = {400, 60, 24};  // by dimension

void read_degree(CaseReader& in, Case& c) {
  in.known("witness.degree");
  const toml::node* node = in.find("witness.degree");
  if (node && node->is_string()) {
    const std::string word = in.text("witness.degree", "auto");
    if (word == "off") c.witness.degree = WitnessSettings::off;
    if (word != "off" && word != "auto") in.finding("witness.degree", "allowed: \"auto\", \"off\" or an integer");
    return;
  }
  if (node) c.witness.degree = in.integer("witness.degree", 0, 2, most_degrees[std::clamp(c.model.dimension, 1, 3) - 1]);
}

std::vector<Key> witness_keys() {
  return {{"witness.degree", toml_text("auto"),
           fmt::format("auto, off, or an integer from 2 to {} (d = 1), {} (2), {} (3)", most_degrees[0], most_degrees[1], most_degrees[2]),
           "of the Hermite-Galerkin solution beside the grid's", read_degree,
           [](const Case& c) {
             const int n = c.witness.degree;
             return Written{{"witness.degree", n == WitnessSettings::automatic ? toml_text("auto")
                                               : n == WitnessSettings::off     ? toml_text("off")
                                                                               : toml_text(n)}};
           }},
          number("witness.tolerance", &Case::witness, &WitnessSettings::tolerance, 1e-3, above(0, 1),
                 "largest relative difference of grid and witness that counts as agreement")};
}

/// A constant of H in place of the theorem's.
Key constant(const char* name, std::optional<double> LyapunovChoice::*member, const Range& range, const char* help) {
  return {name,
          "the theorem's",
          range.words(),
          help,
          [=](CaseReader& in, Case& c) {
            in.known(name);
            if (in.has(name)) c.lyapunov.*member = in.number(name, {}, range);
          },
          [=](const Case& c) {
            return c.lyapunov.*member ? Written{{name, toml_text(*(c.lyapunov.*member))}} : Written{};
          }};
}

std::vector<Key> lyapunov_keys() {
  const Default delta{"0.05, or gamma/4 if less", [](const Case& c) { return std::min(0.05, 0.25 * c.model.gamma); }};
  return {constant("lyapunov.C", &LyapunovChoice::C, above(0, 1e12), "of H, (3.8); C > C_hat^2"),
          constant("lyapunov.C_hat", &LyapunovChoice::C_hat, {-1e6, 1e6}, "of H, (3.8)"),
          number("lyapunov.delta", &Case::lyapunov, &LyapunovChoice::delta, delta, above(0, 1e6),
                 "of (3.6) at gamma = 2 omega0, where it is below gamma/2")};
}

std::vector<Key> ensemble_keys() {
  const auto rows = [](CaseReader& in, Case& c) {
    const EnsembleSettings& e = c.ensemble;
    if (e.steps % e.interval != 0) in.finding("ensemble.interval", fmt::format("allowed: a divisor of ensemble.steps = {}", e.steps));
    if (e.steps / e.interval > 10000) in.finding("ensemble.interval", "gives more than 10000 rows");
  };
  const auto count = [](const char* name, int EnsembleSettings::*member, int low, int high, const char* help) {
    const std::string allowed = fmt::format("an integer from {} to {}", low, high);
    return integer(name, &Case::ensemble, member, EnsembleSettings{}.*member, low, high, allowed.c_str(), help);
  };
  std::vector<Key> keys{
      count("ensemble.paths", &EnsembleSettings::paths, 100, 1000000000, "`hypofp asgd`: of the algorithm, and of the SDE"),
      count("ensemble.steps", &EnsembleSettings::steps, 1, 100000, "of the algorithm, each delta_t long"),
      with(count("ensemble.interval", &EnsembleSettings::interval, 1, 100000, "steps between rows; a divisor of ensemble.steps"), rows),
      count("ensemble.seed", &EnsembleSettings::seed, 0, 2147483647, "of the random numbers"),
      choice("ensemble.noise", &Case::ensemble, &EnsembleSettings::noise, {"gaussian", "two_point"},
             "of the gradients: normal, or +-Sigma, in each component"),
      count("ensemble.sde_substeps", &EnsembleSettings::sde_substeps, 1, 1000, "of the SDE in each delta_t, where eps is not 0")};
  for (Key& key : keys) key = with_asgd(std::move(key));
  return keys;
}

}  // namespace

Key with_asgd(Key key) {
  key.read = [name = key.name, read = key.read](CaseReader& in, Case& c) {
    if (in.has("asgd"))
      read(in, c);
    else
      in.forbid(name, "belongs to [asgd], which this case has not");
  };
  key.write = [write = key.write](const Case& c) { return c.asgd ? write(c) : Written{}; };
  return key;
}

const std::vector<Key>& case_keys() {
  static const std::vector<Key> keys = [] {
    std::vector<Key> all;
    for (const auto& part : {top_keys(), model_keys(), table_keys(), asgd_keys(), perturbation_keys(), grid_keys(), initial_keys(),
                             time_keys(), output_keys(), witness_keys(), lyapunov_keys(), ensemble_keys(), worker_keys(), sweep_keys()})
      std::copy(part.begin(), part.end(), std::back_inserter(all));
    return all;
  }();
  return keys;
}

}  // namespace hypofp
