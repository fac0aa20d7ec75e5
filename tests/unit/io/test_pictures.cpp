#include "io/results/pictures.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "grids/errors.hpp"
#include "io/results/colour_map.hpp"
#include "io/results/fields.hpp"
#include "io/results/gnuplot.hpp"
#include "io/results/series.hpp"
#include "io/results/summary_file.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace hypofp {
namespace {

class Pictures : public TemporaryFolder {
 protected:
  Pictures() { fs::create_directories(folder /= "a '\"`touch ran`\n name"); }
  ~Pictures() override {
    folder = folder.parent_path();
    setenv("PATH", path.c_str(), 1);
  }
  void write_results(const std::string& title) const {
    write_summary(folder.string(), {{"case", {{"title", title}}},
                                    {"final", {{"time", 4.9}}},
                                    {"theory", {{"mu", 0.5}, {"mu_as_printed", 1.0}}},
                                    {"steady", {{"theta_mean", {0.1}}, {"theta_covariance", {{2.0}}}}},
                                    {"measured", {{"rate_h", 0.5}, {"rate_H", nullptr}, {"window", {1.0, 4.0}}}},
                                    {"admissibility", {{"verdict", "doubtful"}}}});
    std::vector<Observation> rows;
    for (int i = 0; i < 50; ++i) rows.push_back({0.1 * i, 1, std::exp(-0.05 * i), std::exp(-0.1 * i), 1, 1, 0, 0, 0});
    for (Observation& o : rows) o.theta1 = 1 - 0.1 * o.time, o.theta11 = 4;
    rows[7].H = 0;
    rows[8].h_norm = std::nan("");
    write_series((folder / "series.h5").string(), rows);
    const FieldGrid grid{"`touch ran`", {"\"x", "v\nset"}, {2, 3}, {{0, 1}, {5, 6, 7}}, {}, {{"h", {std::nan(""), 2, 3, 4, 5, 6}}}};
    FieldsWriter(folder.string()).write({4.9, {grid}});
  }
  /// From here on a program of that text is the gnuplot that is found.
  void replace_gnuplot(const std::string& text) const {
    const fs::path bin = folder.parent_path() / "bin";
    fs::create_directories(bin);
    std::ofstream(bin / "gnuplot") << "#!/bin/sh\n" << text << "\n";
    fs::permissions(bin / "gnuplot", fs::perms::owner_all);
    setenv("PATH", (bin.string() + ":/bin").c_str(), 1);
  }
  std::string why(std::size_t picture = 0) const {
    const Drawing drawing = draw_pictures(folder.string());
    return picture < drawing.missing.size() ? drawing.missing[picture] : "drawn";
  }
  const std::string path = getenv("PATH");
};

TEST_F(Pictures, AreDrawnFromTheFolderAndAZeroOrMissingValueDoesNotStopThem) {
  write_results("A title");
  const Drawing drawing = draw_pictures(folder.string());
  EXPECT_EQ(drawing.drawn, (std::vector<std::string>{"decay.png", "theta.png", "fields.png"}));
  EXPECT_TRUE(drawing.missing.empty());
  EXPECT_GT(fs::file_size(folder / "decay.png"), 5000u);
  EXPECT_GT(fs::file_size(folder / "fields.png"), 2000u);
}
TEST_F(Pictures, AreTheSameDrawnAgainAndLeaveNothingElse) {
  write_results("A title");
  draw_pictures(folder.string());
  const std::string decay = text_of(folder / "decay.png"), fields = text_of(folder / "fields.png");
  draw_pictures(folder.string());
  EXPECT_EQ(text_of(folder / "decay.png"), decay);
  EXPECT_EQ(text_of(folder / "fields.png"), fields);
  for (const auto& entry : fs::directory_iterator(folder)) EXPECT_NE(entry.path().filename().string()[0], '.') << entry.path();
}
TEST_F(Pictures, TakeATitleAFolderAndNamesAsTextNotAsCommands) {
  const std::string target = (folder.parent_path() / "ran").string();
  const std::string touch = "touch " + target;
  for (const std::string& title : {"eps from `" + touch + "`", "\"; system(\"" + touch + "\"); \"", "EOD\ne\nsystem '" + touch + "'",
                                   "'.system('" + touch + "').'", "$(" + touch + ") \\\" @x {} %s \\", std::string(20000, '`')}) {
    write_results(title);
    EXPECT_EQ(why(), "drawn") << title;
    EXPECT_FALSE(fs::exists(target)) << title;
    EXPECT_FALSE(fs::exists("ran")) << title;
  }
}
TEST_F(Pictures, GiveGnuplotEveryByteOfATextAsItIs) {
  std::string all;
  for (int first = 1; first < 256; ++first) all += std::string(1, static_cast<char>(first)) + "17a`$(\\";
  const fs::path script = folder.parent_path() / "script";
  std::ofstream(script) << "set print '-'\nprint " << gnuplot::constant(all) << "\n";
  std::FILE* output = popen(("gnuplot -d " + script.string()).c_str(), "r");
  std::string seen(all.size() + 100, '\0');
  seen.resize(std::fread(seen.data(), 1, seen.size(), output));
  EXPECT_EQ(pclose(output), 0);
  EXPECT_EQ(seen, all + "\n");
}
TEST_F(Pictures, HaveTitlesOfAtMostThreeLinesThatFit) {
  EXPECT_EQ(gnuplot::wrapped("short", 10), "short");
  EXPECT_EQ(gnuplot::wrapped("one two three", 7), "one two\nthree");
  EXPECT_EQ(gnuplot::wrapped("1234567890", 4), "1234\n5678\n90");
  EXPECT_EQ(gnuplot::wrapped("a b\tc\nd", 10), "a b c d");
  EXPECT_EQ(gnuplot::wrapped("one two three four five", 5), "one\ntwo\nthre…");
  EXPECT_EQ(gnuplot::wrapped("µµµµµµµµµ", 3), "µµµ\nµµµ\nµµµ");
  EXPECT_EQ(gnuplot::wrapped("µµµµµµµµµµ", 3), "µµµ\nµµµ\nµµ…");
}
TEST_F(Pictures, ThatAreNotDrawnAreToldWithTheReason) {
  write_results("A title");
  setenv("PATH", "/nowhere", 1);
  EXPECT_EQ(why(0), "decay.png: gnuplot is not installed");
  EXPECT_EQ(why(1), "theta.png: gnuplot is not installed");
  EXPECT_EQ(why(2), "fields.png: gnuplot is not installed");
  replace_gnuplot("echo first >&2; echo 'no such font' >&2; exit 3");
  EXPECT_EQ(why(), "decay.png: gnuplot ended with code 3: no such font");
  replace_gnuplot("kill -9 $$");
  EXPECT_EQ(why(), "decay.png: gnuplot was ended by signal 9");
  replace_gnuplot("echo half a picture");
  EXPECT_NE(why().find("no whole picture"), std::string::npos);
  EXPECT_FALSE(fs::exists(folder / "decay.png"));
}
TEST_F(Pictures, ThatCannotBePutInPlaceAreToldAndTheOthersDrawn) {
  write_results("A title");
  fs::create_directories(folder / "decay.png/in the way");
  const Drawing drawing = draw_pictures(folder.string());
  EXPECT_EQ(drawing.drawn, (std::vector<std::string>{"theta.png", "fields.png"}));
  ASSERT_EQ(drawing.missing.size(), 1u);
  EXPECT_NE(drawing.missing[0].find("can't be replaced"), std::string::npos) << drawing.missing[0];
}
TEST_F(Pictures, OfAFolderWithoutResultsAreAUserErrorThatNamesTheFile) {
  const auto refused = [&](const std::string& name) {
    try {
      draw_pictures(folder.string());
      return false;
    } catch (const UserError& e) {
      return std::string(e.what()).starts_with((folder / name).string());
    }
  };
  EXPECT_TRUE(refused("summary.json"));
  for (const char* text : {"", "{", "[1, 2]", "{\"case\": 3}"}) {
    std::ofstream(folder / "summary.json") << text;
    EXPECT_TRUE(refused("summary.json")) << text;
  }
  write_results("A title");
  std::ofstream(folder / "fields/000000.h5") << "no HDF5";
  EXPECT_TRUE(refused("fields/000000.h5"));
  write_series((folder / "series.h5").string(), {});
  EXPECT_TRUE(refused("series.h5"));
  fs::remove(folder / "series.h5");
  EXPECT_TRUE(refused("series.h5"));
}

TEST_F(Pictures, OfThetaNeedTheColumnsOfTheta) {
  write_results("A title");
  std::vector<Observation> rows = read_series((folder / "series.h5").string());
  for (Observation& o : rows) o.theta1 = o.theta11 = Observation::none;
  write_series((folder / "series.h5").string(), rows);
  EXPECT_EQ(why(), "theta.png: the series has no moments of theta");
}
TEST_F(Pictures, MoveAFrameASnapshot) {
  write_results("A title");
  {
    FieldsWriter writer(folder.string());
    for (int i = 0; i < 5; ++i) {
      FieldGrid grid{"x-v", {"x", "v"}, {2, 3}, {{0, 1}, {5, 6, 7}}, {}, {}};
      for (const char* name : {"g", "h", "F"}) grid.fields.push_back({name, {1, 2, 3, 4, 5, 1.0 * i}});
      writer.write({0.5 * i, {grid}});
    }
  }
  Drawing drawing;
  animate_fields(folder.string(), drawing);
  ASSERT_EQ(drawing.drawn, std::vector<std::string>{"fields.gif"}) << drawing.missing[0];
  const std::string gif = text_of(folder / "fields.gif"), control("\x21\xF9\x04", 3);  // a frame's graphic control extension
  EXPECT_EQ(gif.substr(0, 6), "GIF89a");
  int frames = 0;
  for (std::size_t at = gif.find(control); at != std::string::npos; at = gif.find(control, at + 1)) ++frames;
  EXPECT_EQ(frames, 5);
}
TEST(ColourMaps, ShowAFieldOfThreeAxesAsItsMarginalOnTheFirstTwo) {
  const double nodes[2] = {0.0, 0.5};
  FieldGrid grid{"x-space", {"x1", "x2", "x3"}, {2, 2, 2}, {}, {}, {{"g", {1, 2, 3, 4, 5, 6, 7, 8}}}};
  for (double a : nodes)
    for (double b : nodes)
      for (double c : nodes) grid.points.insert(grid.points.end(), {a, b, c});
  const Plane plane = plane_of(grid, grid.fields[0]);
  EXPECT_EQ(plane.axes, (std::vector<std::string>{"x1", "x2"}));
  EXPECT_EQ(plane.values, (std::vector<double>{1.5, 3.5, 5.5, 7.5}));
  EXPECT_EQ(plane.points, (std::vector<double>{0, 0, 0, 0.5, 0.5, 0, 0.5, 0.5}));
}
TEST(ColourMaps, AreCroppedToTheCellsWhereAnyPanelHasSomething) {
  Plane a{{"x", "v"}, 6, 5, {}, std::vector<double>(30, 1e-5)}, b;
  for (int i = 0; i < 6; ++i)
    for (int j = 0; j < 5; ++j) a.points.insert(a.points.end(), {1.0 * i, 10.0 * j});
  b = a;
  a.values[2 * 5 + 1] = 1, b.values[3 * 5 + 1] = -1;
  std::vector<Panel> panels{{"a", a, {false, 1}}, {"b", b, {true, 1}}};
  crop(panels);
  EXPECT_EQ(panels[0].plane.rows, 4u);     // 1 to 4
  EXPECT_EQ(panels[1].plane.columns, 3u);  // 0 to 2
  EXPECT_EQ(panels[0].plane.values[1 * 3 + 1], 1);
  EXPECT_EQ(panels[1].plane.values[2 * 3 + 1], -1);
  EXPECT_EQ(panels[1].plane.points[2 * (2 * 3 + 1)], 3);
}
TEST(ColourMaps, NameAxesInThePapersLetters) {
  EXPECT_EQ(in_letters("theta2"), "θ₂");
  EXPECT_EQ(in_letters("v13"), "v₁₃");
  EXPECT_EQ(in_letters("y"), "y");
}
TEST(ColourMaps, LeaveRoomForEveryLineOfAHeading) {
  const Panel panel{"g", {{"x", "v"}, 2, 2, {0, 0, 0, 1, 1, 0, 1, 1}, {1, 2, 3, 4}}, {false, 4.0}};
  const int one = sheet_of({{panel}}, "short").height, three = sheet_of({{panel}}, std::string(400, 'w')).height;
  EXPECT_EQ(three - one, 2 * 24);
}

}  // namespace
}  // namespace hypofp
