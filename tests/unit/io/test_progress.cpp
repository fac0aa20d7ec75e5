#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "io/progress.hpp"

namespace hypofp {
namespace {

TEST(Progress, ProgressOfALogIsAPlainLineNowAndThenAndTheEnd) {
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
TEST(Progress, ProgressOnATerminalShowsATimeToGoAfterASecond) {
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
