#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "grids/errors.hpp"
#include "io/results/report.hpp"
#include "io/results/summary_file.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace hypofp {
namespace {

class Report : public TemporaryFolder {
 protected:
  static std::string without(std::string text, char c) {
    std::erase(text, c);
    return text;
  }
  void write_run(const nlohmann::ordered_json& summary, const std::string& resolved_case = "title = \"T\"\n") const {
    write_summary(folder.string(), summary);
    std::ofstream(folder / "case.toml") << resolved_case;
    write_report(folder.string());
  }
};

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
TEST_F(Report, TheTableShowsBothRatesTheMeasuredOnesAndTheVerdicts) {
  const std::string table = report_table(summary("admissible"));
  for (const char* words :
       {"By hand", "mu, derived", "0.5\n", "mu, as printed", "1.25\n", "vacuous (eps = 0.75)", "0.4875 +- 1.0e-04 (fit 2e-05, grid 7e-05,",
        "silent: it would cost too much", "HOLDS  the norm decays at mu", "OPEN   an open one", "2 ranks"})
    EXPECT_NE(table.find(words), std::string::npos) << words << "\n" << table;
  EXPECT_EQ(table.find("!!!"), std::string::npos);
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}
TEST_F(Report, ADoubtfulEpsIsSaidAloudInTheTableAndTheReport) {
  EXPECT_NE(report_table(summary("doubtful")).find("!!! eps is doubtful !!!"), std::string::npos);
  write_run(summary("doubtful"));
  const std::string report = text_of(folder / "report.md");
  for (const std::string& page : {text_of(folder / "report.html"), without(report, '\\')})
    EXPECT_NE(page.find("!!! eps is doubtful !!!"), std::string::npos) << page;
  EXPECT_EQ(report.find("![decay"), std::string::npos);  // no picture, no link
}
TEST_F(Report, TextOfACaseIsTextInTheReportAndBarsEndNoCell) {
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
TEST_F(Report, EveryRowOfATableInMarkdownHasTheCellsOfItsHead) {
  write_run(summary("admissible"));
  std::istringstream lines(text_of(folder / "report.md"));
  int cells = 0, tables = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] != '|') {
      cells = 0;
      continue;
    }
    int bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i) bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\');
    tables += cells == 0;
    if (cells == 0) cells = bars;
    EXPECT_EQ(bars, cells) << line;
  }
  EXPECT_GE(tables, 8);
}
TEST_F(Report, TheHtmlReportHoldsItsPicturesByteForByteAndNeedsNoOtherFile) {
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
TEST_F(Report, BothReportsTellHowToReproduceTheRun) {
  write_run(summary("admissible"), "title = 'the case'\n");
  for (const char* name : {"report.md", "report.html"})
    for (const char* words : {"mpirun -n 2 hypofp run case.toml\n", "title = ", "9.9.9"})
      EXPECT_NE(text_of(folder / name).find(words), std::string::npos) << name << " " << words;
}
TEST_F(Report, RatesThatTheWitnessFittedComeWithTheirUncertainties) {
  auto s = summary("admissible");
  s["witness"] = {{"degree", 14},          {"unknowns", 3060},  {"rate_h", 0.5},
                  {"uncertainty_h", 2e-3}, {"rate_H", nullptr}, {"uncertainty_H", 0.0}};
  write_run(s);
  EXPECT_NE(text_of(folder / "report.md").find("rates 0.5 +- 2.0e-03 and -, fitted to its own series"), std::string::npos);
}
TEST_F(Report, OfATableTellsItsLossAndThatItIsPerturbed) {
  auto s = summary("admissible");
  s["case"].erase("perturbation");
  s["case"]["table"] = {{"file", "labels.csv"}, {"taper", 4.0}};
  write_run(s);
  const std::string report = text_of(folder / "report.md");
  EXPECT_NE(report.find("of the logistic loss on labels.csv, tapered at 4 standard deviations"), std::string::npos) << report;
  EXPECT_NE(report.find("(eps = 0)"), std::string::npos) << report;  // mu is of the equation without
  s["case"].erase("table");
  write_run(s);
  EXPECT_EQ(text_of(folder / "report.md").find("(eps = 0)"), std::string::npos);
}
TEST_F(Report, AReportOfADamagedSummaryIsAUserError) {
  auto s = summary("admissible");
  s["theory"].erase("mu");
  EXPECT_THROW(write_run(s), UserError);
}

}  // namespace
}  // namespace hypofp
