#include "io/case/case.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <tuple>

#include "grids/errors.hpp"

namespace hypofp {
namespace {

namespace fs = std::filesystem;

/// A fresh file with this text.
std::string file_with(const std::string& text) {
  static int number = 0;
  const fs::path folder = fs::temp_directory_path() / ("hypofp-case-" + std::to_string(getpid()));
  fs::create_directories(folder);
  const fs::path path = folder / ("case" + std::to_string(number++) + ".toml");
  std::ofstream(path, std::ios::binary) << text;
  return path.string();
}
/// The text, with the physics that no case can do without where it has none of its own.
std::string whole(const std::string& text) {
  const bool model = text.find("[model]") != std::string::npos, asgd = text.find("[asgd]") != std::string::npos;
  return model ? text : text + "\n[model]\nomega0 = 1.0\n" + (asgd ? "" : "gamma = 1.0\nbeta = 1.0\n");
}
Case read(const std::string& text, const std::vector<std::string>& overrides = {}) { return read_case(file_with(whole(text)), overrides); }
/// The refusal, without the folder; empty where the case was taken.
std::string refusal(const std::string& text, const std::vector<std::string>& overrides = {}) {
  const std::string path = file_with(whole(text));
  try {
    read_case(path, overrides);
    return "";
  } catch (const UserError& e) {
    std::string what = e.what();
    for (std::size_t at; (at = what.find(path)) != std::string::npos;) what.replace(at, path.size(), "F");
    return what;
  }
}

struct Refused {
  const char *name, *text, *place, *words;
};
class Refusals : public testing::TestWithParam<Refused> {};
TEST_P(Refusals, NameThePlaceTheKeyAndWhatIsAllowed) {
  const std::string what = refusal(GetParam().text);
  EXPECT_NE(what.find(GetParam().place), std::string::npos) << what;
  EXPECT_NE(what.find(GetParam().words), std::string::npos) << what;
}
INSTANTIATE_TEST_SUITE_P(
    Kinds, Refusals,
    testing::Values(
        Refused{"misspelt", "[grid]\ncels = 24\n", "F:2:1: grid.cels", "did you mean grid.cells?"},
        Refused{"table", "[gird]\ncells = 24\n", "F:1:2: gird: unknown table", "did you mean grid?"},
        Refused{"type", "[grid]\ncells = 24.5\n", "F:2:9: grid.cells = 24.5", "allowed: an integer from 8"},
        Refused{"string", "[model]\ngamma = \"fast\"\n", "F:2:9: model.gamma = ", "is a string; allowed: a number"},
        Refused{"range", "[model]\ngamma = -1\n", "F:2:9: model.gamma = -1", "out of range"},
        Refused{"nan", "[model]\ngamma = nan\n", "F:2:9: model.gamma", "out of range"},
        Refused{"dimension", "[model]\ndimension = 4\n", "F:2:13: model.dimension = 4", "from 1 to 3"},
        Refused{"order", "[grid]\norder = 5\n", "F:2:9: grid.order = 5", "2, 4, 6 or 8"},
        Refused{"both", "[perturbation]\npotential = \"1\"\nepsilon = [\"1\"]\n", "F:3:11: perturbation.epsilon", "one of the two"},
        Refused{"count", "[model]\ndimension = 2\n[perturbation]\nepsilon = [\"1\"]\n", "F:4:11", "array of 2 strings"},
        Refused{"wide", "[initial]\ncovariance_scale = 2.5\n", "F:2:20: initial.covariance_scale = 2.5",
                "‖h‖_* is infinite; allowed: below 2"},
        Refused{"mean", "[initial]\nmean = [1.0]\n", "F:2:8: initial.mean", "array of 2 finite numbers"},
        Refused{"kind", "[initial]\nkind = \"box\"\nh0 = \"x1\"\nlower = [0, 0]\nupper = [1, 1]\n", "F:3:6: initial.h0",
                "belongs to kind = \"deviation\""},
        Refused{"unknownkind", "[initial]\nkind = \"ball\"\n", "F:2:8: initial.kind", "allowed: gaussian, mixture, deviation, box, file"},
        Refused{"covariance", "[initial]\ncovariance = [[1, 2], [2, 1]]\n", "F:2:14: initial.covariance", "positive definite"},
        Refused{"asgd", "[model]\ngamma = 1.0\n[asgd]\nlearning_rate = 0.1\n", "F:2:9: model.gamma", "follows from [asgd]"},
        Refused{"interval", "[time]\nend = 1.0\ninterval = 2.0\n", "F:3:12: time.interval", "at most time.end"},
        Refused{"multiple", "[output]\nfields_interval = 0.25\n", "F:2:19: output.fields_interval", "whole multiple of time.interval"},
        Refused{"constant", "[lyapunov]\nC = 0\n", "F:2:5: lyapunov.C = 0", "out of range"},
        Refused{"wholefloat", "[grid]\ncells = 24.0\n", "F:2:9: grid.cells = 24.0", "is a number; allowed: an integer"},
        Refused{"quotedname", "\"grid.cells\" = 24\n", "F:1:1: grid.cells", "unknown key"},
        Refused{"nul", "[perturbation]\nepsilon = [\"1\\u0000\"]\n", "F:2:11: perturbation.epsilon", "1 to 4096 characters"},
        Refused{"deepkey", "title = \"a\"\na.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q = 1\n", "F:2:32: ", "more than 16 parts"},
        Refused{"notatable", "grid = 3\n", "F:1:8: grid = 3", "is an integer; allowed: a table, [grid]"},
        Refused{"entry", "[initial]\nmean = [1.0, inf]\n", "F:2:8: initial.mean", "array of 2 finite numbers"},
        Refused{"cells", "[grid]\ncells = [24, 24.5]\n", "F:2:9: grid.cells", "integers from 8"},
        Refused{"matrix", "[initial]\ncovariance = [[0.5, 0.0]]\n", "F:2:14: initial.covariance", "2 rows of 2 finite numbers"},
        Refused{"wideentry", "[initial]\ncovariance = [[2.0, 0.0], [0.0, 0.5]]\n", "F:2:14: initial.covariance",
                "2 times M's in its widest direction"},
        Refused{"component", "[initial]\nkind = \"mixture\"\n[[initial.components]]\nwieght = 1\n", "F:4:1: initial.components[0].wieght",
                "did you mean initial.components[0].weight?"},
        Refused{"box", "[initial]\nkind = \"box\"\nlower = [0, 1]\nupper = [1, 1]\n", "F:4:9: initial.upper", "above initial.lower"},
        Refused{"staleness", "[asgd]\nstaleness = 1.0\n", "F:2:13: asgd.staleness = 1", "out of range; allowed: a number"},
        Refused{"ensemble", "[ensemble]\npaths = 10\n", "F:2:9: ensemble.paths = 10", "belongs to [asgd]"},
        Refused{"workers", "[workers]\npaths = 1000\n", "F:2:9: workers.paths = 1000", "belongs to [asgd]"},
        Refused{"workercount", "[asgd]\nlearning_rate = 0.1\nstaleness = 0.9\nnoise = 1.0\n[workers]\ncount = [4, 0]\n",
                "F:6:9: workers.count", "integers from 1 to 1024"},
        Refused{"workerrates", "[asgd]\nlearning_rate = 0.1\nstaleness = 0.9\nnoise = 1.0\n[workers]\nlearning_rates = \"good\"\n",
                "F:6:18: workers.learning_rates", "\"case\", \"best\""},
        Refused{"workersigma", "[asgd]\nlearning_rate = 0.1\nstaleness = 0.9\nnoise = 1.0\n[[workers.service]]\nsigma = 0.5\n",
                "F:6:9: workers.service[0].sigma", "belongs to law = \"lognormal\""},
        Refused{"workerlaw", "[asgd]\nlearning_rate = 0.1\nstaleness = 0.9\nnoise = 1.0\n[[workers.service]]\nlaws = \"lognormal\"\n",
                "F:6:1: workers.service[0].laws", "did you mean workers.service[0].law?"},
        Refused{"tableasgd", "[table]\nbatch = 2\n", "F:2:9: table.batch = 2", "belongs to [asgd]"},
        Refused{"rows", "[asgd]\nlearning_rate = 0.1\nstaleness = 0.9\nnoise = 1.0\n[ensemble]\nsteps = 10\ninterval = 3\n",
                "F:7:12: ensemble.interval = 3", "a divisor of ensemble.steps = 10"},
        Refused{"noise", "[asgd]\nlearning_rate = 0.1\nstaleness = 0.9\nnoise = 1.0\n[ensemble]\nnoise = \"pink\"\n",
                "F:6:9: ensemble.noise", "allowed: gaussian, two_point"},
        Refused{"syntax", "[model\ngamma = 1\n", "F:1:7: ", "']'"},
        Refused{"file", "[initial]\nkind = \"file\"\npath = \"nowhere.h5\"\n", "F:3:8: initial.path", "no such file"}),
    [](const auto& i) { return std::string(i.param.name); });

TEST(Case, AllFindingsOfAFileComeTogetherInTheOrderOfTheFile) {
  const std::string what = refusal("[model]\ngamma = -1\n[grid]\ncels = 3\norder = 7\n");
  EXPECT_LT(what.find("model.gamma"), what.find("grid.cels"));
  EXPECT_LT(what.find("grid.cels"), what.find("grid.order"));
}
TEST(Case, MissingFilesFoldersHugeAndBinaryFilesAreRefused) {
  EXPECT_THROW(read_case("/nonexistent/case.toml", {}), UserError);
  EXPECT_THROW(read_case(fs::temp_directory_path().string(), {}), UserError);
  EXPECT_NE(refusal(std::string(2 << 20, '#')).find("1 MiB"), std::string::npos);
  EXPECT_NE(refusal(std::string("title = \"\xff\xfe\"\n")), "");
  EXPECT_NE(refusal(std::string("title = \"a\0b\"\n", 14)), "");
  EXPECT_NE(refusal("a = " + std::string(100000, '[')), "");
  std::string deep = "a";
  for (int i = 0; i < 400000; ++i) deep += ".a";
  for (const std::string& text : {deep + " = 1\n", "[" + deep + "]\n", "# \"\n" + deep + " = 1\n", "a = ''''x'''''\n" + deep + " = 1\n"})
    EXPECT_NE(refusal(text).find("more than 16 parts"), std::string::npos);
  EXPECT_EQ(refusal("title = \"" + std::string(100, '.') + "\" # " + std::string(100, '.') + "\n"), "");
  EXPECT_THROW(read_case(std::string(5000, 'a'), {}), UserError);
  EXPECT_NE(refusal("[initial]\nkind = \"file\"\npath = \"" + std::string(300, 'a') + "\"\n").find("no such file"), std::string::npos);
}
TEST(Case, OverridesReplaceCreateAndAreHeldToTheSameRules) {
  const Case c = read("[grid]\ncells = 24\n", {"grid.cells=[10, 12]", "time.propagator=ts", "initial.covariance_scale=0.5"});
  EXPECT_EQ(c.grid.x_cells, 10);
  EXPECT_EQ(c.grid.v_cells, 12);
  EXPECT_EQ(c.time.propagator, PropagatorKind::ts);
  EXPECT_NEAR(c.initial.components[0].covariance(0, 0), 0.5, 1e-15);
  EXPECT_NE(refusal("", {"grid.cels=24"}).find("--set grid.cels"), std::string::npos);
  EXPECT_NE(refusal("", {"grid.cells=-1"}).find("--set grid.cells: grid.cells = -1"), std::string::npos);
  for (const char* bad : {"nokey", "=3", "grid.cells=", "grid..cells=3", ".=1", "grid.cells.deeper=3"})
    EXPECT_NE(refusal("[grid]\ncells = 24\n", {bad}), "") << bad;
}
TEST(Case, AnOverrideIsNamedAsThePlaceOfWhatItSets) {
  EXPECT_EQ(read("[grid]\ncells = 24\n", {"grid.cells=12"}).where.at("grid.cells"), "--set grid.cells");
  EXPECT_EQ(read("", {"perturbation.epsilon=[\"1\"]"}).where.at("perturbation.epsilon[0]"), "--set perturbation.epsilon");
  EXPECT_NE(refusal("", {"grid={cels=24}"}).find("--set grid: grid.cels"), std::string::npos);
  EXPECT_NE(refusal("", {"grid={cells=3}"}).find("--set grid: grid.cells = 3"), std::string::npos);
  EXPECT_NE(refusal("", {"gird.cells=24"}).find("--set gird.cells: gird: unknown table"), std::string::npos);
  EXPECT_NE(refusal("", {"title=\xff"}), "");
  EXPECT_EQ(read("", {"title=../../../../../../../../../a.b"}).title, "../../../../../../../../../a.b");
}
TEST(Case, ALaterFindingHasThePlaceOfTheKeyOrTheFileWhereItWasDefaulted) {
  const std::string path = file_with("[model]\ndimension = 2\n[perturbation]\nepsilon = [\"theta1\",\n  \"theta2\"]\n");
  const Case c = read_case(path, {"model.omega0=1", "model.gamma=1", "model.beta=1"});
  EXPECT_EQ(located(c, "perturbation.epsilon[1]", "\"theta2\"", "grows"), path + ":5:3: perturbation.epsilon[1] = \"theta2\": grows");
  EXPECT_EQ(located(c, "grid.cells", "24", "too few"), path + ": grid.cells = 24: too few");
}
TEST(Case, PhysicsLeftOutIsAnErrorThatNamesAllOfIt) {
  const std::string what = refusal("[model]\n");
  for (const char* key : {"model.omega0", "model.gamma", "model.beta"})
    EXPECT_NE(what.find(std::string("F: ") + key + ": missing; allowed: a number from 1e-06"), std::string::npos) << what;
  const std::string asgd = refusal("[model]\n[asgd]\n[initial]\ncovariance = [[9.0, 0.0], [0.0, 9.0]]\n");
  for (const char* key : {"model.omega0", "asgd.learning_rate", "asgd.staleness", "asgd.noise"})
    EXPECT_NE(asgd.find(std::string("F: ") + key + ": missing; allowed: a number "), std::string::npos) << asgd;
  EXPECT_EQ(std::count(asgd.begin(), asgd.end(), '\n'), 3) << "findings that follow from what is missing: " << asgd;
  EXPECT_EQ(refusal("[asgd]\nlearning_rate = 0.05\nstaleness = 0\nnoise = 1.0\n"), "");
}
TEST(Case, DeltaIsHeldAgainstGammaByTheTheoryNotByTheFile) { EXPECT_EQ(read("[lyapunov]\ndelta = 3.0\n").lyapunov.delta, 3.0); }
TEST(Case, AsgdParametersGiveGammaAndBeta) {
  const Case c = read("[model]\nomega0 = 2.0\n[asgd]\nlearning_rate = 0.01\nstaleness = 0.9\nnoise = 3.0\n");
  const double tau = std::pow(0.01, 0.75) / std::pow(0.1, 0.25) * 3;
  EXPECT_NEAR(c.model.gamma, std::sqrt(0.1 / 0.01), 1e-14);
  EXPECT_NEAR(c.model.beta, 2 * c.model.gamma / (tau * tau * 16), 1e-10);
}
void expect_same(const Case& a, const Case& b) {
  EXPECT_EQ(a.title, b.title);
  EXPECT_EQ(std::tie(a.model.dimension, a.model.omega0, a.model.gamma, a.model.beta),
            std::tie(b.model.dimension, b.model.omega0, b.model.gamma, b.model.beta));
  ASSERT_EQ(a.asgd.has_value(), b.asgd.has_value());
  if (a.asgd) {
    EXPECT_EQ(std::tie(a.asgd->learning_rate, a.asgd->staleness, a.asgd->noise),
              std::tie(b.asgd->learning_rate, b.asgd->staleness, b.asgd->noise));
  }
  EXPECT_EQ(a.perturbation.potential, b.perturbation.potential);
  EXPECT_EQ(a.perturbation.epsilon, b.perturbation.epsilon);
  EXPECT_EQ(std::tie(a.grid.x_cells, a.grid.v_cells, a.grid.half_width, a.grid.order),
            std::tie(b.grid.x_cells, b.grid.v_cells, b.grid.half_width, b.grid.order));
  EXPECT_EQ(std::tie(a.initial.kind, a.initial.h0, a.initial.lower, a.initial.upper, a.initial.path),
            std::tie(b.initial.kind, b.initial.h0, b.initial.lower, b.initial.upper, b.initial.path));
  EXPECT_EQ(a.initial.covariance_scale, b.initial.covariance_scale);
  ASSERT_EQ(a.initial.components.size(), b.initial.components.size());
  for (std::size_t i = 0; i < a.initial.components.size(); ++i) {
    const GaussianPart &p = a.initial.components[i], &q = b.initial.components[i];
    EXPECT_EQ(std::tie(p.weight, p.mean, p.covariance), std::tie(q.weight, q.mean, q.covariance));
  }
  EXPECT_EQ(std::tie(a.time.end, a.time.interval, a.time.tolerance, a.time.propagator),
            std::tie(b.time.end, b.time.interval, b.time.tolerance, b.time.propagator));
  EXPECT_EQ(std::tie(a.output.fields_interval, a.output.checkpoint_interval),
            std::tie(b.output.fields_interval, b.output.checkpoint_interval));
  EXPECT_EQ(std::tie(a.lyapunov.C, a.lyapunov.C_hat, a.lyapunov.delta), std::tie(b.lyapunov.C, b.lyapunov.C_hat, b.lyapunov.delta));
}
TEST(Case, EveryDefaultIsWrittenOutAndReadsBackTheSame) {
  const std::string data = file_with("");
  const std::string from_file = "[initial]\nkind = \"file\"\npath = \"" + fs::path(data).filename().string() + "\"\n";
  for (const std::string& text :
       {std::string(""), from_file,
        std::string("title = \"\\n a\\t'b'\\\"'''\\u0001\\\\ ‖h‖\"\n[model]\nomega0 = 1.0\ngamma = 0.1\nbeta = "
                    "0.3333333333333333\n[initial]\ncovariance = [[0.7, 0.1], [0.1, 0.9]]\n"),
        std::string(
            "[model]\ndimension = 2\nomega0 = 1.0\ngamma = 0.1\nbeta = 1.0\n[initial]\nkind = \"mixture\"\n[[initial.components]]\nmean "
            "= [0.1, 0, 0, 0]\nweight = 2.0\n[[initial.components]]\ncovariance_scale = 0.3\n"),
        std::string("[initial]\nkind = \"deviation\"\nh0 = \"x1 + 0.2*x1*v1\"\n[perturbation]\npotential = "
                    "\"0.05*exp(-theta1^2)\"\n[lyapunov]\nC = 2.0\n"),
        std::string("[initial]\nkind = \"box\"\nlower = [-1.0, -0.5]\nupper = [1.0, 0.5]\n[perturbation]\nepsilon = "
                    "[\"0.1*cos(theta1)\"]\n"),
        std::string("[initial]\nmean = [0.5, -0.25]\ncovariance = [[0.5, 0.125], [0.125, 0.75]]\n"),
        std::string("[asgd]\nlearning_rate = 0.05\nstaleness = 0.3\nnoise = 1.0\n[output]\ncheckpoint_interval = 1.0\n")}) {
    const Case once = read(text);
    const std::string written = to_toml(once);
    const Case twice = read(written);
    expect_same(once, twice);
    EXPECT_EQ(to_toml(twice), written);
  }
}
TEST(Case, NumbersAreWrittenWithTheFewestDigitsThatReadBackTheSame) {
  const std::string written = to_toml(read("[model]\nomega0 = 1\ngamma = 0.1\nbeta = 2\n[time]\ntolerance = 1e-9\n"));
  for (const char* line : {"\ngamma = 0.1\n", "\nbeta = 2.0\n", "\ntolerance = 1e-09\n"})
    EXPECT_NE(written.find(line), std::string::npos) << written;
}
TEST(Case, AnInitialFileIsFoundBesideTheCaseAndKeptByItsWholePath) {
  const std::string density = file_with("stands for HDF5");
  const Case once = read("[initial]\nkind = \"file\"\npath = \"" + fs::path(density).filename().string() + "\"\n");
  EXPECT_EQ(once.initial.path, density);
  EXPECT_EQ(read(to_toml(once)).initial.path, density);
}
TEST(Case, MutantsOfAValidCaseGiveACaseOrARefusalNeverACrash) {
  const std::string valid = to_toml(
      read("[perturbation]\nepsilon = [\"0.1*cos(theta1)\"]\n[initial]\nkind = \"mixture\"\n[[initial.components]]\nmean = [0.1, 0]\n"));
  std::mt19937 random(7);
  int taken = 0;
  for (int k = 0; k < 500; ++k) {
    std::string mutant = valid;
    for (unsigned n = 0; n <= random() % 4; ++n) {
      const std::size_t at = random() % mutant.size();
      switch (random() % 3) {
        case 0:
          mutant[at] = static_cast<char>(random() % 256);
          break;
        case 1:
          mutant.erase(at, random() % 20);
          break;
        default:
          mutant.insert(at, mutant.substr(random() % mutant.size(), random() % 20));
      }
      if (mutant.empty()) mutant = "x";
    }
    taken += refusal(mutant).empty();
  }
  EXPECT_GT(taken, 0);
  EXPECT_LT(taken, 500);
}

}  // namespace
}  // namespace hypofp
