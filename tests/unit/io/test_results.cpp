#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "grids/errors.hpp"
#include "io/files.hpp"
#include "io/hdf5.hpp"
#include "io/progress.hpp"
#include "io/results/fields.hpp"
#include "io/results/report.hpp"
#include "io/results/series.hpp"
#include "io/results/summary_file.hpp"
#include "io/results/xdmf.hpp"

namespace hypofp {
namespace {

namespace fs = std::filesystem;

class Results : public testing::Test {
 protected:
  Results() : folder(fs::temp_directory_path() / ("hypofp-results-" + std::to_string(getpid()))) { fs::create_directories(folder); }
  ~Results() override { fs::remove_all(folder); }
  static std::string text_of(const fs::path& path) {
    std::ostringstream out;
    out << std::ifstream(path).rdbuf();
    return out.str();
  }
  static std::string without(std::string text, char c) {
    std::erase(text, c);
    return text;
  }
  void write_run(const nlohmann::ordered_json& summary, const std::string& resolved_case = "title = \"T\"\n") const {
    write_summary(folder.string(), summary);
    std::ofstream(folder / "case.toml") << resolved_case;
    write_report(folder.string());
  }
  fs::path folder;
  std::vector<Observation> rows{{0, 1, 2.5, 3.1, 1, 0.5, -0.1, -1e-13, 1e-9}, {0.1, 1 + 1e-16, 1.0 / 3, 2.9, 0.9, 0.4, 0.1, 0, 1e-300}};
};

TEST_F(Results, SeriesReadBackBitForBit) {
  const std::string path = (folder / "series.h5").string();
  write_series(path, rows);
  const auto back = read_series(path);
  ASSERT_EQ(back.size(), rows.size());
  EXPECT_EQ(std::memcmp(back.data(), rows.data(), rows.size() * sizeof(Observation)), 0);
}
TEST_F(Results, FieldsKeepValuesOrderAndMaskAndAreListedOverTime) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const FieldGrid flat{"x-v", {"x", "v"}, {2, 3}, {{0, 1}, {5, 6, 7}}, {}, {{"g", {1, 2, 3, 4, 5, 6}}, {"h", {nan, 2, 3, 4, 5, nan}}}};
  const FieldGrid sheared{"theta-y", {"theta", "y"}, {2, 3}, {}, {0, 0, 1, 0, 2, 0, 0, 1, 1, 1, 2, 1}, {{"psi", {1, 2, 3, 4, 5, 6}}}};
  FieldsWriter writer(folder.string());
  writer.write({0, {flat, sheared}});
  writer.write({0.5, {flat, sheared}});
  writer.finish();
  std::vector<hsize_t> shape;
  const auto h = read_dataset((folder / "fields/000001.h5").string(), "h", shape);
  EXPECT_EQ(shape, (std::vector<hsize_t>{2, 3}));
  EXPECT_TRUE(std::isnan(h[0]) && std::isnan(h[5]) && h[1] == 2);
  const auto points = read_dataset((folder / "fields/000001.h5").string(), "points/x-v", shape);
  EXPECT_EQ(points, (std::vector<double>{0, 5, 0, 6, 0, 7, 1, 5, 1, 6, 1, 7}));
  const std::string main = text_of(folder / "fields.xdmf"), other = text_of(folder / "fields-theta-y.xdmf");
  for (const char* words : {"Time Value=\"0.5\"", "fields/000000.h5:/g", "Dimensions=\"2 3\"", "CollectionType=\"Temporal\""})
    EXPECT_NE(main.find(words), std::string::npos) << words;
  EXPECT_NE(other.find("fields/000001.h5:/psi"), std::string::npos);
}
TEST_F(Results, XdmfNamesEveryStepAndFieldWithItsTimeFileAndShape) {
  const FieldGrid space{"x-space", {"x1", "x2", "x3"}, {2, 3, 4}, {}, {}, {{"g", {}}, {"F", {}}}};
  const std::string text = xdmf_text(space, {{0, "fields/000000.h5"}, {1.0 / 3, "fields/000001.h5"}});
  for (const char* words :
       {"Time Value=\"0\"", "Time Value=\"0.33333333333333331\"", "TopologyType=\"3DSMesh\" Dimensions=\"2 3 4\"", "GeometryType=\"XYZ\"",
        "Dimensions=\"2 3 4 3\"", "fields/000000.h5:/points/x-space", "fields/000000.h5:/g_x_space", "fields/000001.h5:/F_x_space"})
    EXPECT_NE(text.find(words), std::string::npos) << words;
}
TEST_F(Results, AResumedWriterKeepsTheSnapshotsThatAreThere) {
  const FieldGrid grid{"x-v", {"x", "v"}, {2, 2}, {{0, 1}, {0, 1}}, {}, {{"g", {1, 2, 3, 4}}}};
  FieldsWriter(folder.string()).write({0, {grid}});
  FieldsWriter(folder.string(), {0}).write({2.5, {grid}});
  FieldsWriter(folder.string(), {0, 2.5}).write({4, {grid}});
  const std::string text = text_of(folder / "fields.xdmf");
  for (const char* words : {"Time Value=\"0\"", "000000.h5", "Time Value=\"2.5\"", "000001.h5", "Time Value=\"4\"", "000002.h5"})
    EXPECT_NE(text.find(words), std::string::npos) << words;
  EXPECT_TRUE(fs::exists(folder / "fields/000002.h5"));
}
TEST_F(Results, ASnapshotIsReadBackWithItsTimeAxesOrderAndValues) {
  const FieldGrid b{"x2-v2", {"x2", "v2"}, {2, 3}, {{0, 1}, {5, 6, 7}}, {}, {{"g", {1, 2, 3, 4, 5, 6}}, {"F", {6, 5, 4, 3, 2, 1}}}};
  const FieldGrid a{"a-space", {"x1", "x2", "x3"}, {1, 2, 1}, {{0}, {1, 2}, {3}}, {}, {{"g", {1, 2}}}};
  FieldsWriter(folder.string()).write({0.7, {b, a}});
  const Snapshot back = read_snapshot((folder / "fields/000000.h5").string());
  EXPECT_EQ(back.time, 0.7);
  ASSERT_EQ(back.grids.size(), 2u);
  EXPECT_EQ(back.grids[0].name, "x2-v2");
  EXPECT_EQ(back.grids[0].axis_names, b.axis_names);
  EXPECT_EQ(back.grids[0].shape, b.shape);
  EXPECT_EQ(back.grids[0].fields[0].name, "g");
  EXPECT_EQ(back.grids[0].fields[1].values, b.fields[1].values);
  EXPECT_EQ(back.grids[1].points, (std::vector<double>{0, 1, 3, 0, 2, 3}));
}
TEST_F(Results, SnapshotsAreThoseOfTheRunNotOfAnotherThatWentFurther) {
  EXPECT_TRUE(listed_snapshots(folder.string(), 9).empty());
  {
    FieldsWriter writer(folder.string());
    for (double t : {0.0, 1.0, 2.0}) writer.write({t, {{"x-v", {"x", "v"}, {1, 1}, {{0}, {0}}, {}, {{"g", {t}}}}}});
  }
  EXPECT_EQ(listed_snapshots(folder.string(), 9).back().time, 2);
  EXPECT_EQ(listed_snapshots(folder.string(), 1.5).back().time, 1);
}
TEST_F(Results, ASnapshotOfAnotherShapeIsAUserErrorThatNamesTheFile) {
  const std::string path = (folder / "000000.h5").string();
  const double values[6] = {};
  const auto refused = [&](const std::function<void(H5Writer&)>& fill) {
    H5Writer file(path);
    fill(file);
    file.commit();
    try {
      read_snapshot(path);
      return false;
    } catch (const UserError& e) {
      return std::string(e.what()).starts_with(path);
    }
  };
  EXPECT_TRUE(refused([](H5Writer&) {}));  // no time
  const auto grid = [&](H5Writer& f, const std::vector<std::string>& axes, hsize_t points, hsize_t field) {
    f.attribute("/", "time", 1.0);
    f.group("points");
    f.dataset("g", {field}, values);
    f.dataset("points/x-v", {points, 1, 2}, values);
    f.attribute("points/x-v", "axes", axes);
    for (const char* name : {"fields", "variables"}) f.attribute("points/x-v", name, std::vector<std::string>{"g"});
  };
  EXPECT_TRUE(refused([&](H5Writer& f) { grid(f, {"x"}, 2, 2); }));
  EXPECT_TRUE(refused([&](H5Writer& f) { grid(f, {"x", "v"}, 3, 2); }));
  std::ofstream(path) << "no HDF5";
  EXPECT_THROW(read_snapshot(path), UserError);
}
TEST_F(Results, AnIndexNamesOnlySnapshotsThatAreThere) {
  const FieldGrid grid{"x-v", {"x", "v"}, {2, 2}, {{0, 1}, {0, 1}}, {}, {{"g", {1, 2, 3, 4}}}};
  {
    FieldsWriter writer(folder.string());
    for (double t : {0.0, 1.0, 2.0}) writer.write({t, {grid}});
  }
  fs::remove(folder / "fields/000001.h5");
  FieldsWriter(folder.string(), {0, 1, 2}).write({3, {grid}});
  const auto listed = listed_snapshots(folder.string(), 9);
  ASSERT_EQ(listed.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(listed[i].time, (std::vector<double>{0, 2, 3})[i]);
}
TEST_F(Results, AResumedWriterWithOtherIntervalsLeavesNoSnapshotTwiceAndNoneUnderAnothersTime) {
  const auto write = [&](const std::vector<double>& kept, const std::vector<double>& times) {
    FieldsWriter writer(folder.string(), kept);
    for (double t : times) writer.write({t, {{"x-v", {"x", "v"}, {1, 1}, {{0}, {0}}, {}, {{"g", {t}}}}}});
  };
  write({}, {0, 1, 2, 3, 4});
  std::ofstream(folder / "fields/notes.h5") << "mine";
  std::ofstream(folder / "fields/000099.h5") << "no snapshot";
  write({0, 2}, {4, 6});
  const auto listed = listed_snapshots(folder.string(), 9);
  ASSERT_EQ(listed.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(listed[i].time, 2.0 * i);
    EXPECT_EQ(read_snapshot(listed[i].file).grids[0].fields[0].values[0], 2.0 * i);
  }
  EXPECT_FALSE(fs::exists(folder / "fields/000004.h5"));
  EXPECT_TRUE(fs::exists(folder / "fields/notes.h5") && fs::exists(folder / "fields/000099.h5"));
}
TEST_F(Results, AFieldsFolderThatTakesNoFilesIsFoundBeforeTheFirstSnapshot) {
  std::ofstream(folder / "fields") << "a file";
  EXPECT_THROW(FieldsWriter(folder.string()), OutputError);
  EXPECT_EQ(text_of(folder / "fields"), "a file");
}
TEST_F(Results, AUsersFileBesideAResultStaysWhateverItsName) {
  for (const char* name : {"series.h5.tmp", "summary.json.tmp"}) std::ofstream(folder / name) << "mine";
  write_series((folder / "series.h5").string(), rows);
  write_summary(folder.string(), {{"a", 1}});
  for (const char* name : {"series.h5.tmp", "summary.json.tmp"}) EXPECT_EQ(text_of(folder / name), "mine");
}
TEST_F(Results, ASeriesWithColumnsOfSeveralLengthsIsAUserError) {
  const std::string path = (folder / "series.h5").string();
  const double values[3] = {};
  H5Writer file(path);
  for (const Column& c : columns) file.dataset(c.name, {std::string(c.name) == "H" ? 3u : 2u}, values);
  file.commit();
  EXPECT_THROW(read_series(path), UserError);
}
TEST_F(Results, AReaderSeesTheOldOrTheNewFileNeverAPart) {
  const std::string path = (folder / "file").string(), one(300000, '1'), two(200000, '2');
  replace_file(path, one);
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int i = 0; i < 50; ++i) replace_file(path, i % 2 ? one : two);
    stop = true;
  });
  int parts = 0;
  while (!stop) {
    const std::string seen = text_of(path);
    parts += seen != one && seen != two;
  }
  writer.join();
  EXPECT_EQ(parts, 0);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);  // no temporary is left
}
TEST_F(Results, AFullDiskIsToldAndTheOldFileKept) {
  const std::string path = (folder / "series.h5").string();
  write_series(path, rows);
  const std::string before = text_of(path);
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit small{4096, 4096};
    setrlimit(RLIMIT_FSIZE, &small);
    int told = 0;
    try {
      write_series(path, std::vector<Observation>(10000, rows[0]));
    } catch (const OutputError&) {
      ++told;
    }
    try {
      replace_file(path, std::string(100000, 'x'));
    } catch (const OutputError&) {
      ++told;
    }
    _exit(told);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 2);
  EXPECT_EQ(text_of(path), before);
  EXPECT_FALSE(fs::exists(temporary_name(path)));
}
TEST_F(Results, ReplacingAFileInAMissingFolderIsAnOutputError) {
  EXPECT_THROW(replace_file((folder / "no/such/file").string(), "x"), OutputError);
  EXPECT_THROW(write_series((folder / "no/series.h5").string(), rows), OutputError);
}
TEST_F(Results, NumbersOfTheSummaryAreWholeAndNotFiniteOnesNull) {
  write_summary(folder.string(), {{"a", 0.1 + 0.2}, {"b", std::numeric_limits<double>::infinity()}, {"c", std::nan("")}});
  const auto back = nlohmann::json::parse(text_of(folder / "summary.json"));
  EXPECT_EQ(back["a"].get<double>(), 0.1 + 0.2);
  EXPECT_TRUE(back["b"].is_null() && back["c"].is_null());
}
nlohmann::ordered_json summary(const std::string& verdict) {
  using Json = nlohmann::ordered_json;
  return {{"case",
           {{"title", "By hand"},
            {"model", {{"dimension", 1}, {"omega0", 1.0}, {"gamma", 1.0}, {"beta", 1.0}}},
            {"perturbation", {{"epsilon", Json::array({"0.1*cos(theta1)"})}}},
            {"grid", {{"cells", {24, 32}}, {"half_width", 6.0}, {"order", 6}}}}},
          {"by", "grid"},
          {"discretisation", "24 x 32 cells an axis pair, half-width 6, order 6"},
          {"ranks", 2},
          {"theory",
           {{"regime", "underdamped"},
            {"mu", 0.5},
            {"mu_as_printed", 1.25},
            {"C", 1.0},
            {"C_hat", 0.5},
            {"C2", 1.0},
            {"C2_as_printed", 1.0},
            {"poincare", 1.0},
            {"poincare_as_printed", 1.0},
            {"eps0", 0.1},
            {"eps_bound", 0.75},
            {"eps_bound_derived", 0.7},
            {"assumption",
             {{"table",
               {{{"quantity", "sup |eps|"}, {"value", 0.1}, {"box_dependent", false}, {"resolved", true}},
                {{"quantity", "|eps' . x|"}, {"value", 2.5}, {"box_dependent", true}, {"resolved", false}}}}}}}},
          {"final", {{"time", 4.9}}},
          {"measured",
           {{"rate_h", 0.4875},
            {"rate_H", nullptr},
            {"uncertainty_h", 1e-4},
            {"uncertainty_H", 0.0},
            {"parts_h", {{"fit", 2e-5}, {"grid", 7e-5}, {"witness", 1e-5}}},
            {"parts_H", {{"fit", 0.0}}},
            {"window", {1.0, 9.0}},
            {"half_period", 3.6},
            {"method", "matrix pencil"}}},
          {"admissibility", {{"verdict", verdict}, {"why", "F reaches the edge of the box"}}},
          {"versions", {{"hypofp", "9.9.9"}}},
          {"steady",
           {{"mean", {0.0, 1e-17}},
            {"theta_mean", Json::array({0.0})},
            {"theta_y_covariance", Json::array({Json::array({2.0, -1.0}), Json::array({-1.0, 1.0})})},
            {"method", "shift and invert"},
            {"covariance", Json::array({Json::array({1.0, 0.0}), Json::array({0.0, 1.0})})},
            {"norm", 1.0},
            {"residual", 1e-12}}},
          {"verdicts",
           {{{"claim", "the norm decays at mu"}, {"holds", true}, {"value", 0.4875}, {"bound", 0.5}},
            {{"claim", "an open one"}, {"holds", nullptr}, {"value", nullptr}, {"bound", nullptr}, {"why", "the run is short"}}}},
          {"cost", {{"seconds", 1.5}, {"applications", 1234}, {"cells", 768}, {"peak_bytes", 2e8}, {"propagator", "chebyshev"}}},
          {"witness", {{"silent", "it would cost too much"}}}};
}
TEST_F(Results, TheTableShowsBothRatesTheMeasuredOnesAndTheVerdicts) {
  const std::string table = report_table(summary("admissible"));
  for (const char* words :
       {"By hand", "mu, derived", "0.5\n", "mu, as printed", "1.25\n", "vacuous (eps = 0.75)", "0.4875 +- 1.0e-04 (fit 2e-05, grid 7e-05,",
        "silent: it would cost too much", "HOLDS  the norm decays at mu", "OPEN   an open one", "2 ranks"})
    EXPECT_NE(table.find(words), std::string::npos) << words << "\n" << table;
  EXPECT_EQ(table.find("!!!"), std::string::npos);
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}
TEST_F(Results, ADoubtfulEpsIsSaidAloudInTheTableAndTheReport) {
  EXPECT_NE(report_table(summary("doubtful")).find("!!! eps is doubtful !!!"), std::string::npos);
  write_run(summary("doubtful"));
  const std::string report = text_of(folder / "report.md");
  for (const std::string& page : {text_of(folder / "report.html"), without(report, '\\')})
    EXPECT_NE(page.find("!!! eps is doubtful !!!"), std::string::npos) << page;
  EXPECT_EQ(report.find("![decay"), std::string::npos);  // no picture, no link
}
TEST_F(Results, TextOfACaseIsTextInTheReportAndBarsEndNoCell) {
  auto s = summary("admissible");
  s["case"]["title"] = "a `b` *c* ```\n# d | <e> & \"";
  s["verdicts"][0]["claim"] = "||h||_* <script>alert(1)</script>\n| x |";
  write_run(s, "title = \"</pre> ``` & <b>\"\n````\n");
  const std::string report = text_of(folder / "report.md"), html = text_of(folder / "report.html");
  EXPECT_EQ(report.find("# a \\`b\\` \\*c\\* \\`\\`\\` \\# d \\| \\<e\\> \\& \"\n"), 0u) << report;
  EXPECT_NE(report.find("| HOLDS | \\|\\|h\\|\\|\\_\\* \\<script\\>"), std::string::npos) << report;
  EXPECT_NE(report.find("\n`````\ntitle"), std::string::npos) << report;  // a fence that the case can't close
  EXPECT_NE(report.find("| sup \\|eps\\| | 0.1 |"), std::string::npos) << report;
  EXPECT_NE(html.find("<h1>a `b` *c* ``` # d | &lt;e&gt; &amp; &quot;</h1>"), std::string::npos) << html;
  EXPECT_NE(html.find("<title>a `b`"), std::string::npos);
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_NE(html.find("<pre>title = &quot;&lt;/pre&gt; ``` &amp; &lt;b&gt;&quot;\n````\n</pre>"), std::string::npos) << html;
}
TEST_F(Results, EveryRowOfATableInMarkdownHasTheCellsOfItsHead) {
  write_run(summary("admissible"));
  std::istringstream lines(text_of(folder / "report.md"));
  int cells = 0, tables = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] != '|') {
      cells = 0;
      continue;
    }
    int bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i) bars += line[i] == '|' && line[i - 1] != '\\';
    tables += cells == 0;
    if (cells == 0) cells = bars;
    EXPECT_EQ(bars, cells) << line;
  }
  EXPECT_GE(tables, 8);
}
TEST_F(Results, TheHtmlReportHoldsItsPicturesByteForByteAndNeedsNoOtherFile) {
  const std::string png("\x89PNG\0\xff\n\r\x01", 9);  // 9, 10 and 11 bytes: no, one, two signs of filling
  for (const auto& [more, base64] : {std::pair{"", "iVBORwD/Cg0B\""}, {"a", "iVBORwD/Cg0BYQ==\""}, {"ab", "iVBORwD/Cg0BYWI=\""}}) {
    std::ofstream(folder / "decay.png", std::ios::binary) << png << more;
    write_run(summary("admissible"));
    const std::string html = text_of(folder / "report.html");
    EXPECT_NE(html.find(std::string("src=\"data:image/png;base64,") + base64), std::string::npos) << html.substr(0, 3000);
    EXPECT_NE(text_of(folder / "report.md").find("](decay.png)"), std::string::npos);
    for (const char* link : {"http", "href", "src=\"decay"}) EXPECT_EQ(html.find(link), std::string::npos) << link;
  }
}
TEST_F(Results, BothReportsTellHowToReproduceTheRun) {
  write_run(summary("admissible"), "title = 'the case'\n");
  for (const char* name : {"report.md", "report.html"})
    for (const char* words : {"mpirun -n 2 hypofp run case.toml\n", "title = ", "9.9.9"})
      EXPECT_NE(text_of(folder / name).find(words), std::string::npos) << name << " " << words;
}
TEST_F(Results, AReportOfADamagedSummaryIsAUserError) {
  auto s = summary("admissible");
  s["theory"].erase("mu");
  EXPECT_THROW(write_run(s), UserError);
}
TEST_F(Results, FilesSayWhatMadeThemHoweverLongTheCase) {
  const Origin origin{{"case", std::string(200000, 'x') + "end"}, {"hypofp", "9.9.9"}, {"ranks", "2"}};
  const std::string series = (folder / "series.h5").string(), fields = (folder / "fields/000000.h5").string();
  write_series(series, rows, origin);
  FieldsWriter(folder.string(), {}, origin).write({0, {{"x-v", {"x", "v"}, {1, 1}, {{0}, {0}}, {}, {{"g", {1}}}}}});
  for (const std::string& path : {series, fields})
    for (const auto& [name, text] : origin) EXPECT_EQ(read_texts(path, "/", name).at(0), text) << path;
}
TEST_F(Results, ASnapshotKeepsItsExcessLossAndMarginalsHaveNamesOfTheirOwn) {
  const FieldGrid plane{"x1-v1", {"x1", "v1"}, {1, 2}, {{0}, {5, 6}}, {}, {{"g", {1, 2}}, {"F", {3, 4}}}};
  const FieldGrid space{"theta-space", {"theta1", "theta2"}, {1, 1}, {{0}, {1}}, {}, {{"g", {7}}}};
  FieldsWriter(folder.string()).write({0.5, {plane, space}, 0.25, 0.125});
  const std::string path = (folder / "fields/000000.h5").string();
  std::vector<hsize_t> shape;
  EXPECT_EQ(read_dataset(path, "F_x1_v1", shape), (std::vector<double>{3, 4}));
  EXPECT_EQ(read_dataset(path, "g_theta_space", shape), std::vector<double>{7});
  EXPECT_EQ(read_dataset(path, "time", shape), std::vector<double>{0.5});
  EXPECT_TRUE(shape.empty());
  EXPECT_EQ(read_texts(path, "F_x1_v1", "units").at(0), "1/(x x/t)");
  EXPECT_EQ(read_numbers(path).excess_loss, 0.25);
  EXPECT_EQ(read_snapshot(path).floor, 0.125);
}
TEST_F(Results, ProgressOfALogIsAPlainLineNowAndThenAndTheEnd) {
  std::FILE* out = std::tmpfile();
  Progress progress(true, false, out);
  progress.begin("evolution", 10);
  for (int i = 1; i < 10; ++i) progress.update(i);
  progress.end("all there");
  std::rewind(out);
  char text[1000] = {};
  const std::size_t n = std::fread(text, 1, sizeof text - 1, out);
  std::fclose(out);
  EXPECT_EQ(std::count(text, text + n, '\n'), 1);  // fast: the last line only
  EXPECT_EQ(std::string(text).find("to go"), std::string::npos);
  EXPECT_NE(std::string(text).find("all there"), std::string::npos);
}
TEST_F(Results, ProgressOnATerminalShowsATimeToGoAfterASecond) {
  std::FILE* out = std::tmpfile();
  Progress progress(true, true, out);
  progress.begin("evolution", 100);
  for (int i = 1; i <= 7; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    progress.update(i);
  }
  std::rewind(out);
  char text[4000] = {};
  ASSERT_GT(std::fread(text, 1, sizeof text - 1, out), 0u);
  std::fclose(out);
  const std::string shown(text);
  const std::size_t at = shown.rfind(" s to go");
  ASSERT_NE(at, std::string::npos) << shown;
  EXPECT_EQ(shown.substr(0, shown.find(" 3 %")).find("to go"), std::string::npos) << "within the first second";
  EXPECT_NEAR(std::stod(shown.substr(shown.rfind(' ', at - 1))), 93 * 0.2, 4);
}

}  // namespace
}  // namespace hypofp
