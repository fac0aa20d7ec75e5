#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <thread>

#include "grids/errors.hpp"
#include "io/files.hpp"
#include "io/hdf5.hpp"
#include "io/results/fields.hpp"
#include "io/results/series.hpp"
#include "io/results/summary_file.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace hypofp {
namespace {

class Results : public TemporaryFolder {
 protected:
  std::vector<Observation> rows{{0, 1, 2.5, 3.1, 1, 0.5, -0.1, -1e-13, 1e-9}, {0.1, 1 + 1e-16, 1.0 / 3, 2.9, 0.9, 0.4, 0.1, 0, 1e-300}};
};

TEST_F(Results, SeriesReadBackBitForBit) {
  const std::string path = (folder / "series.h5").string();
  write_series(path, rows);
  const auto back = read_series(path);
  ASSERT_EQ(back.size(), rows.size());
  EXPECT_EQ(std::memcmp(back.data(), rows.data(), rows.size() * sizeof(Observation)), 0);
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
TEST_F(Results, AFullDiskIsToldWithItsReasonAndTheOldFileKept) {
  const std::string path = (folder / "series.h5").string(), large = (folder / "large").string();
  write_series(path, rows);
  replace_file(large, std::string(100000, 'x'));
  const std::string before = text_of(path);
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit small{4096, 4096};
    setrlimit(RLIMIT_FSIZE, &small);
    int told = 0;
    const auto tell = [&](const std::function<void()>& write) {
      try {
        write();
      } catch (const OutputError& e) {
        told += std::string(e.what()).find("File too large") != std::string::npos;
      }
    };
    tell([&] { write_series(path, std::vector<Observation>(10000, rows[0])); });
    tell([&] { replace_file(path, std::string(100000, 'x')); });
    tell([&] { begin_as_copy(path, large); });
    _exit(told);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 3);
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
TEST_F(Results, FilesSayWhatMadeThemHoweverLongTheCase) {
  const Origin origin{{"case", std::string(200000, 'x') + "end"}, {"hypofp", "9.9.9"}, {"ranks", "2"}};
  const std::string series = (folder / "series.h5").string(), fields = (folder / "fields/000000.h5").string();
  write_series(series, rows, origin);
  FieldsWriter(folder.string(), {}, origin).write({0, {{"x-v", {"x", "v"}, {1, 1}, {{0}, {0}}, {}, {{"g", {1}}}}}});
  for (const std::string& path : {series, fields})
    for (const auto& [name, text] : origin) EXPECT_EQ(read_texts(path, "/", name).at(0), text) << path;
}

}  // namespace
}  // namespace hypofp
