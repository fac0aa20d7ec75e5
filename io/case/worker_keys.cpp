#include <algorithm>
#include <iterator>

#include "io/case/keys.hpp"

namespace hypofp {
namespace {

const std::vector<std::string> laws(std::begin(service_laws), std::end(service_laws));
const Range rates = above(0, 1e6), sigmas = above(0, 3), slownesses{1, 1000};
constexpr int most_workers = 1024;

/// A key of the i-th [[workers.service]].
struct ServiceKey {
  std::string name, preset, allowed, help;
  void (*read)(CaseReader&, Service&, const std::string& key);
  std::string (*write)(const Service&);  // empty where it does not belong to the law
};

const std::vector<ServiceKey>& service_keys() {
  static const std::vector<ServiceKey> keys{
      {"law", laws.front(), fmt::format("{}", fmt::join(laws, ", ")), "of the time that a gradient takes, with mean 1",
       [](CaseReader& in, Service& s, const std::string& key) { s.law = static_cast<ServiceLaw>(in.choice(key, 0, laws)); },
       [](const Service& s) { return toml_text(laws[static_cast<int>(s.law)]); }},
      {"sigma", fmt::format("{}", Service{}.sigma), sigmas.words(), "lognormal: standard deviation of its logarithm",
       [](CaseReader& in, Service& s, const std::string& key) {
         if (s.law == ServiceLaw::lognormal)
           s.sigma = in.number(key, s.sigma, sigmas);
         else
           in.forbid(key, "belongs to law = \"lognormal\"");
       },
       [](const Service& s) { return s.law == ServiceLaw::lognormal ? toml_text(s.sigma) : ""; }},
      {"slow_factor", fmt::format("{}", Service{}.slow_factor), slownesses.words(), "the first worker takes so many times as long",
       [](CaseReader& in, Service& s, const std::string& key) { s.slow_factor = in.number(key, s.slow_factor, slownesses); },
       [](const Service& s) { return toml_text(s.slow_factor); }}};
  return keys;
}

void read_services(CaseReader& in, Case& c) {
  in.known("workers.service");
  const toml::node* node = in.find("workers.service");
  if (!node) return;
  const auto array = node->as_array();
  if (!array || array->empty() || !array->is_homogeneous<toml::table>()) {
    in.finding("workers.service", "allowed: one or more [[workers.service]] with law, sigma and slow_factor");
    return;
  }
  c.workers->service.resize(array->size());
  for (std::size_t i = 0; i < array->size(); ++i)
    for (const ServiceKey& key : service_keys()) key.read(in, c.workers->service[i], fmt::format("workers.service[{}].{}", i, key.name));
}

Written written_services(const Case& c) {
  Written all;
  for (std::size_t i = 0; i < c.workers->service.size(); ++i)
    for (const ServiceKey& key : service_keys())
      if (const std::string value = key.write(c.workers->service[i]); !value.empty())
        all.emplace_back(fmt::format("workers.service[{}].{}", i, key.name), value);
  return all;
}

void read_count(CaseReader& in, Case& c) {
  in.known("workers.count");
  const toml::node* node = in.find("workers.count");
  if (!node) return;
  c.workers->count.clear();
  if (const auto array = node->as_array())
    for (const auto& element : *array)
      if (const auto m = element.as_integer(); m && m->get() >= 1 && m->get() <= most_workers)
        c.workers->count.push_back(static_cast<int>(m->get()));
  if (c.workers->count.empty() || c.workers->count.size() != node->as_array()->size())
    in.finding("workers.count", fmt::format("allowed: an array of integers from 1 to {}", most_workers));
}

/// A number, or one of two words.
std::optional<RateChoice> rate_of(const toml::node& node) {
  if (const auto word = node.as_string()) {
    if (word->get() == "case") return RateChoice{RateChoice::of_case};
    if (word->get() == "best") return RateChoice{RateChoice::best};
    return {};
  }
  const auto value = node.value<double>();
  if (!value || !(*value > rates.low && *value <= rates.high)) return {};
  return RateChoice{RateChoice::given, *value};
}

void read_rates(CaseReader& in, Case& c) {
  in.known("workers.learning_rates");
  const toml::node* node = in.find("workers.learning_rates");
  if (!node) return;
  std::vector<RateChoice> choices;
  bool good = true;
  const auto take = [&](const toml::node& element) {
    if (const auto choice = rate_of(element))
      choices.push_back(*choice);
    else
      good = false;
  };
  if (const auto array = node->as_array())
    for (const auto& element : *array) take(element);
  else
    take(*node);
  if (!good || choices.empty())
    in.finding("workers.learning_rates", "allowed: \"case\", \"best\", or an array of these and of numbers above 0");
  else
    c.workers->learning_rates = choices;
}

Written written_rates(const Case& c) {
  std::string list;
  for (const RateChoice& rate : c.workers->learning_rates)
    list += (list.empty() ? "" : ", ") + (rate.kind == RateChoice::of_case ? toml_text(std::string("case"))
                                          : rate.kind == RateChoice::best  ? toml_text(std::string("best"))
                                                                           : toml_text(rate.value));
  return {{"workers.learning_rates", "[" + list + "]"}};
}

void read_start(CaseReader& in, Case& c) {
  const auto given = in.numbers("workers.start", c.model.dimension);
  c.workers->start = Eigen::VectorXd::Ones(c.model.dimension);
  if (!given.empty()) c.workers->start = Eigen::Map<const Eigen::VectorXd>(given.data(), c.model.dimension);
}

}  // namespace

std::vector<Key> worker_keys() {
  std::vector<Key> keys{
      {"workers.count", "[4, 16]", fmt::format("integers from 1 to {}", most_workers), "`hypofp asgd`: m, how many asynchronous workers",
       read_count,
       [](const Case& c) {
         return Written{{"workers.count", fmt::format("[{}]", fmt::join(c.workers->count, ", "))}};
       }},
      integer_of("workers.paths", &Case::workers, &WorkerSettings::paths, 100, 10000000, "sent through the workers"),
      integer_of("workers.updates", &Case::workers, &WorkerSettings::updates, 10, 1000000, "of theta in each path"),
      number_of("workers.target", &Case::workers, &WorkerSettings::target, above(0, 0.999),
                "share of the start's excess loss that is to be reached"),
      {"workers.start", "1 in each component", "d numbers", "theta that all workers read at time 0", read_start,
       [](const Case& c) {
         return Written{{"workers.start", toml_text(c.workers->start)}};
       }},
      {"workers.learning_rates", "[\"case\", \"best\"]", "\"case\", \"best\", or an array of these and of numbers above 0",
       "eta: the case's, the one that reaches the target first", read_rates, written_rates},
      {"workers.service", "one exponential", "one or more `[[workers.service]]`", "laws of the time that a gradient takes", read_services,
       written_services}};
  for (Key& key : keys) key = of_table("workers", &Case::workers, std::move(key));
  for (const ServiceKey& key : service_keys()) keys.push_back({"workers.service[]." + key.name, key.preset, key.allowed, key.help});
  return keys;
}

}  // namespace hypofp
