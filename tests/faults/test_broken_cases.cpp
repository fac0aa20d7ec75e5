// Every line of broken_cases.txt is a case that `prepare` refuses, and what its message holds.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include "grids/errors.hpp"
#include "io/case/keys.hpp"
#include "solver/problem.hpp"

namespace hypofp {
namespace {

std::vector<std::string> split(const std::string& text, const std::string& at) {
  std::vector<std::string> parts;
  for (std::size_t from = 0;;) {
    const std::size_t to = text.find(at, from);
    parts.push_back(text.substr(from, to - from));
    if (to == std::string::npos) return parts;
    from = to + at.size();
  }
}

/// \x28 as the byte it is, \x28*3 as three of them.
std::string with_bytes(const std::string& text) {
  static const std::regex byte(R"(\\x([0-9a-f]{2})(\*([0-9]+))?)");
  std::string out;
  auto rest = text.cbegin();
  for (std::smatch found; std::regex_search(rest, text.cend(), found, byte); rest = found.suffix().first) {
    out.append(rest, found[0].first);
    out.append(found[3].matched ? std::stoul(found[3]) : 1, static_cast<char>(std::stoul(found[1], nullptr, 16)));
  }
  return out.append(rest, text.cend());
}

std::string name_of(const std::string& line) { return line.substr(0, line.find(' ')); }

/// The lines of a case, and below them those of the least case that they neither say nor take out.
std::string case_of(const std::string& fault) {
  std::vector<std::string> least{"model.omega0 = 1.0", "model.gamma = 1.0", "model.beta = 1.0"};
  const std::vector<std::string> lines = split(fault, " ;; ");
  for (const std::string& line : lines) {
    if (line == "@") least.clear();
    if (line == "+asgd") least = {"model.omega0 = 1.0", "asgd.learning_rate = 0.1", "asgd.staleness = 0.5", "asgd.noise = 1.0"};
  }
  std::string text;
  for (const std::string& line : lines) {
    const std::string name = name_of(line[0] == '-' ? line.substr(1) : line);
    std::erase_if(least, [&](const std::string& l) { return name_of(l) == name; });
    if (line != "@" && line != "+asgd" && line[0] != '-') text += with_bytes(line) + "\n";
  }
  for (const std::string& line : least) text += line + "\n";
  return text;
}

/// Why the case is refused; empty where it is taken.
std::string refusal(const std::string& text) {
  try {
    prepare(text, "F", {}, 1);
    return "";
  } catch (const UserError& e) {
    return e.what();
  }
}

TEST(BrokenCases, AreRefusedWithPlaceAndWhatIsAllowed) {
  std::ifstream table(FAULTS "/broken_cases.txt");
  std::string line;
  int count = 0;
  while (std::getline(table, line)) {
    if (line.starts_with("#")) continue;
    const std::vector<std::string> parts = split(line, " | ");
    const std::string what = refusal(case_of(parts[0]));
    ASSERT_GT(parts.size(), 1u) << line;
    EXPECT_NE(what, "") << "is taken: " << parts[0];
    for (std::size_t i = 1; !what.empty() && i < parts.size(); ++i)
      EXPECT_NE(what.find(parts[i]), std::string::npos) << parts[0] << "\n says: " << what << "\n and not: " << parts[i];
    ++count;
  }
  EXPECT_GT(count, 300);
}

/// What else a case says that reads this key.
std::string around(const std::string& key) {
  const std::pair<const char*, const char*> contexts[] = {{"asgd.", "+asgd"},
                                                          {"ensemble.", "+asgd"},
                                                          {"workers.", "+asgd"},
                                                          {"table.", "+asgd"},
                                                          {"perturbation.scale", "perturbation.potential = 'cos(theta1)'"},
                                                          {"initial.components", "initial.kind = 'mixture'"},
                                                          {"initial.h0", "initial.kind = 'deviation'"},
                                                          {"initial.lower", "initial.kind = 'box' ;; initial.upper = [1, 1]"},
                                                          {"initial.upper", "initial.kind = 'box' ;; initial.lower = [0, 0]"},
                                                          {"initial.path", "initial.kind = 'file'"}};
  for (const auto& [start, lines] : contexts)
    if (key.starts_with(start)) return std::string(" ;; ") + lines;
  return "";
}

TEST(BrokenCases, EveryKeyRefusesEveryValueThatNoneCanHave) {  // keys to come too
  for (const Key& key : case_keys()) {
    if (key.name.find_first_of("[\"") != std::string::npos) continue;  // of a part, of any name: the table has them
    for (const char* value : {"true", "nan", "-inf", "1979-05-27T07:32:00Z", "{none = 1}", "[[[1]]]", "\"\"", "-1e308"}) {
      const std::string fault = key.name + " = " + value + around(key.name), what = refusal(case_of(fault));
      EXPECT_NE(what.find("F:1:"), std::string::npos) << fault << "\n says: " << what;
      EXPECT_NE(what.find(key.name), std::string::npos) << fault << "\n says: " << what;
      EXPECT_NE(what.find("allowed: "), std::string::npos) << fault << "\n says: " << what;
    }
    const std::string fault = key.name + "x = 1" + around(key.name), what = refusal(case_of(fault));
    EXPECT_NE(what.find("did you mean " + key.name + "?"), std::string::npos) << fault << "\n says: " << what;
  }
}

}  // namespace
}  // namespace hypofp
