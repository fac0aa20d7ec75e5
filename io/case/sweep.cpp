#include "io/case/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <map>

#include "grids/edit_distance.hpp"
#include "grids/errors.hpp"
#include "io/case/keys.hpp"

namespace hypofp {
namespace {

constexpr int most_values = 1000;
const std::vector<std::string> commands{"run", "spectrum", "certify"};

void read_what(CaseReader& in, const std::string& key, Sweep& sweep) {
  const toml::node* node = in.find(key);
  sweep.what.clear();
  const auto take = [&](const toml::node& word) {
    const auto text = word.as_string();
    if (text && std::find(commands.begin(), commands.end(), text->get()) != commands.end() &&
        std::find(sweep.what.begin(), sweep.what.end(), text->get()) == sweep.what.end())
      sweep.what.push_back(text->get());
    else
      in.finding(key, fmt::format("allowed: one or more of {}, each once", fmt::join(commands, ", ")));
  };
  if (const auto list = node->as_array())
    for (const auto& word : *list) take(word);
  else
    take(*node);
  if (sweep.what.empty()) in.finding(key, fmt::format("allowed: one or more of {}", fmt::join(commands, ", ")));
}

/// From a range { from, to, points, scale }.
std::vector<std::string> range_values(CaseReader& in, const std::string& key) {
  const Range any{-1e300, 1e300};
  const double from = in.number(key + ".from", {}, any), to = in.number(key + ".to", {}, any);
  const int n = in.integer(key + ".points", 0, 2, most_values);
  const bool log = in.choice(key + ".scale", 0, {"linear", "log"}) == 1;
  if (!in.find(key + ".points")) in.finding(key, fmt::format("points is missing; allowed: an integer from 2 to {}", most_values));
  if (log && !(from > 0 && to > 0)) in.finding(key, "from and to of a log scale; allowed: above 0");
  const auto whole = [&](const char* name) { return in.find(key + name) && in.find(key + name)->is_integer(); };
  const bool integers = whole(".from") && whole(".to");
  std::vector<std::string> values;
  for (int i = 0; i < n; ++i) {
    const double share = i / (n - 1.0), value = log ? from * std::pow(to / from, share) : from + (to - from) * share;
    const double shown = std::stod(fmt::format("{:.12g}", value));
    values.push_back(integers && shown == std::round(shown) && std::abs(shown) < 1e9 ? toml_text(static_cast<int>(shown))
                                                                                     : toml_text(shown));
  }
  return values;
}

std::vector<std::string> list_values(CaseReader& in, const std::string& key, const toml::array& list) {
  std::vector<std::string> values;
  for (const auto& value : list)
    if (!value.is_table()) values.push_back(toml_text(value));
  if (values.empty() || values.size() != list.size() || values.size() > most_values)
    in.finding(key, fmt::format("allowed: a list of 1 to {} values of that key, or a range {{ from, to, points, scale }}", most_values));
  return values;
}

void read_axis(CaseReader& in, const std::string& name, const std::string& key, Sweep& sweep) {
  std::vector<std::string> known;
  for (const Key& k : case_keys())
    if (k.write && k.name.find('.') != std::string::npos && k.name.find('[') == std::string::npos) known.push_back(k.name);
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    std::vector<std::string> here{"sweep.what"};
    for (const std::string& k : known) here.push_back("sweep." + toml_text(k));
    const auto distance = [&](const std::string& k) { return edit_distance(k, key); };
    const auto nearest =
        std::min_element(here.begin(), here.end(), [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
    in.finding(key,
               fmt::format("unknown key, did you mean {}?; allowed: a key of the case in quotes, as \"model.gamma\", or what", *nearest));
    return;
  }
  const toml::node* node = in.find(key);
  if (const auto list = node->as_array())
    sweep.axes.push_back({name, list_values(in, key, *list)});
  else if (node->is_table())
    sweep.axes.push_back({name, range_values(in, key)});
  else
    in.finding(key, "allowed: a list, or a range { from, to, points, scale }");
}

/// A value as it stands in a folder's name.
std::string plain(const std::string& toml) {
  std::string text = toml;
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  std::erase(text, '"');
  for (char& c : text)
    if (!std::isalnum(static_cast<unsigned char>(c)) && std::string_view(".+-").find(c) == std::string_view::npos) c = '_';
  return text.substr(0, 40);
}

}  // namespace

std::size_t Sweep::points() const {
  std::size_t n = 1;
  for (const Axis& axis : axes) n = std::min(n * axis.values.size(), most_points + 1);
  return n;
}

std::vector<std::string> Sweep::settings(std::size_t point) const {
  std::vector<std::string> out(axes.size());
  for (std::size_t i = axes.size(); i-- > 0; point /= axes[i].values.size())
    out[i] = axes[i].key + "=" + axes[i].values[point % axes[i].values.size()];
  return out;
}

std::vector<std::string> Sweep::names() const {
  const auto last = [](const std::string& key) { return key.substr(key.rfind('.') + 1); };
  std::map<std::string, int> shared;
  for (const Axis& axis : axes) ++shared[last(axis.key)];
  std::vector<std::string> names;
  std::map<std::string, int> used;
  for (std::size_t p = 0; p < points(); ++p) {
    std::string name;
    for (const std::string& setting : settings(p)) {
      const std::size_t equals = setting.find('=');
      const std::string key = setting.substr(0, equals);
      name += (name.empty() ? "" : ",") + (shared[last(key)] > 1 ? key : last(key)) + "=" + plain(setting.substr(equals + 1));
    }
    if (const int again = used[name.substr(0, 200)]++; again > 0 || name.size() > 200) name = fmt::format("{},{}", name.substr(0, 200), p);
    names.push_back(name);
  }
  return names;
}

namespace {

Sweep sweep_of(CaseReader& in) {
  Sweep sweep;
  auto entries = in.entries("sweep");
  const auto line = [&](const auto& entry) { return in.find(entry.key)->source().begin.line; };
  std::stable_sort(entries.begin(), entries.end(), [&](const auto& a, const auto& b) { return line(a) < line(b); });
  for (const auto& [name, key] : entries) name == "what" ? read_what(in, key, sweep) : read_axis(in, name, key, sweep);
  if (sweep.points() > most_points) in.finding("sweep", fmt::format("has more than {} points", most_points));
  return sweep;
}

}  // namespace

/// Not written: a point of a sweep is a case of its own.
std::vector<Key> sweep_keys() {
  return {{"sweep.what", "run", "one or more of run, spectrum, certify", "`hypofp sweep`: done at each point",
           [](CaseReader& in, Case&) { sweep_of(in); }},
          {"sweep.\"section.key\"", none, "a list of values of that key, or { from, to, points, scale = \"linear\" or \"log\" }",
           "an axis of the sweep, any number of them"}};
}

Sweep read_sweep(const std::string& text, const std::string& path, const std::vector<std::string>& overrides) {
  toml::table root = parse_toml(text, path);
  std::vector<std::string> overridden;
  for (const auto& o : overrides) overridden.push_back(override_key(root, o));
  if (!root.get_as<toml::table>("sweep") || root.get_as<toml::table>("sweep")->empty())
    throw UserError(path + ": sweep: missing; allowed: a table [sweep] of quoted keys, \"model.gamma\" = [0.5, 1.0]");
  const std::string title = root["title"].value_or(std::filesystem::path(path).stem().string());
  for (auto i = root.begin(); i != root.end();) i = i->first.str() == "sweep" ? std::next(i) : root.erase(i);
  CaseReader in(path, root, overridden);
  Sweep sweep = sweep_of(in);
  if (sweep.axes.empty()) in.finding("sweep", "sweeps no key; allowed: quoted keys, \"model.gamma\" = [0.5, 1.0]");
  Where places;
  in.finish(places);
  sweep.title = title;
  return sweep;
}

}  // namespace hypofp
