#include "io/results/pictures.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "grids/errors.hpp"
#include "io/results/fields.hpp"
#include "io/results/gnuplot.hpp"
#include "io/results/series.hpp"
#include "io/results/summary_file.hpp"

namespace hypofp {
namespace {

namespace fs = std::filesystem;

class Pictures : public testing::Test {
 protected:
  Pictures() : folder(fs::temp_directory_path() / ("hypofp-pictures-" + std::to_string(getpid())) / "a '\"`touch ran`\n name") {
    fs::create_directories(folder);
  }
  ~Pictures() override {
    fs::remove_all(folder.parent_path());
    setenv("PATH", path.c_str(), 1);
  }
  void write_results(const std::string& title) const {
    write_summary(folder.string(), {{"case", {{"title", title}}},
                                    {"final", {{"time", 4.9}}},
                                    {"theory", {{"mu", 0.5}, {"mu_as_printed", 1.0}}},
                                    {"measured", {{"rate_h", 0.5}, {"rate_H", nullptr}, {"window", {1.0, 4.0}}}},
                                    {"admissibility", {{"verdict", "doubtful"}}}});
    std::vector<Observation> rows;
    for (int i = 0; i < 50; ++i) rows.push_back({0.1 * i, 1, std::exp(-0.05 * i), std::exp(-0.1 * i), 1, 1, 0, 0, 0});
    rows[7].H = 0;
    rows[8].h_norm = std::nan("");
    write_series((folder / "series.h5").string(), rows);
    const FieldGrid grid{"`touch ran`", {"\"x", "v\nset"}, {2, 3}, {{0, 1}, {5, 6, 7}}, {}, {{"h", {std::nan(""), 2, 3, 4, 5, 6}}}};
    FieldsWriter(folder.string()).write(4.9, {grid});
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
  static std::string text_of(const fs::path& file) {
    std::ostringstream out;
    out << std::ifstream(file).rdbuf();
    return out.str();
  }
  fs::path folder;
  const std::string path = getenv("PATH");
};

TEST_F(Pictures, AreDrawnFromTheFolderAndAZeroOrMissingValueDoesNotStopThem) {
  write_results("A title");
  const Drawing drawing = draw_pictures(folder.string());
  EXPECT_EQ(drawing.drawn, (std::vector<std::string>{"decay.png", "fields.png"}));
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
  EXPECT_EQ(why(1), "fields.png: gnuplot is not installed");
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
  EXPECT_EQ(drawing.drawn, std::vector<std::string>{"fields.png"});
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

}  // namespace
}  // namespace hypofp
