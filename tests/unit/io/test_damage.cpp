// Flipped bits and truncations of every file that is read: told, or without an effect; nothing crashes. (Checkpoints: test_checkpoint.cpp.)
#include <gtest/gtest.h>
#include <hdf5_hl.h>

#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "grids/errors.hpp"
#include "io/initial_file.hpp"
#include "io/results/ensemble.hpp"
#include "io/results/fields.hpp"
#include "io/results/series.hpp"
#include "io/results/summary_file.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace hypofp {
namespace {

/// The bits of what a reader gave.
std::string bits(const std::vector<double>& values) { return {reinterpret_cast<const char*>(values.data()), 8 * values.size()}; }
template <class Matrix>
std::string bits(const std::vector<Matrix>& rows) {
  std::string all;
  for (const Matrix& m : rows) all += bits(std::vector<double>(m.data(), m.data() + m.size()));
  return all;
}

class Damage : public TemporaryFolder {
 protected:
  Damage() { fs::create_directories(folder / "fields"); }
  std::string at(const char* name) const { return (folder / name).string(); }

  /// 500 flipped bits of the file at `path`, and 500 truncations: each is told, or leaves what `read` gives as it was (`strict`), or gives
  /// something. Returns how many were told.
  int told(const std::string& path, const std::function<std::string()>& read, bool strict = true) const {
    const std::string right = read();
    const std::uintmax_t size = fs::file_size(path);
    std::mt19937 random(3);
    int told = 0;
    const auto look = [&](const char* damage, std::uintmax_t place) {
      try {
        const std::string now = read();
        EXPECT_TRUE(!strict || now == right) << damage << place << " of " << size;
      } catch (const UserError& e) {
        EXPECT_NE(std::string(e.what()).find(path), std::string::npos) << e.what();
        ++told;
      }
    };
    for (int k = 0; k < 500; ++k) {
      const std::uintmax_t place = random() % size;
      const char bit = static_cast<char>(1 << random() % 8);
      flip(path, place, bit);
      look("a bit flipped in byte ", place);
      flip(path, place, bit);
    }
    for (int k = 1; k <= 500; ++k) {
      const std::uintmax_t length = size - 1 - (size - 1) * k / 500;
      fs::resize_file(path, length);
      look("truncated at ", length);
    }
    return told;
  }
  static void flip(const std::string& path, std::uintmax_t place, char bit) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(static_cast<std::streamoff>(place));
    const char byte = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(place));
    file.put(static_cast<char>(byte ^ bit));
  }
};

TEST_F(Damage, OfASeriesIsToldOrHarmless) {
  std::vector<Observation> rows;
  for (int i = 0; i < 100; ++i) rows.push_back({0.1 * i, 1, std::exp(-0.05 * i), std::exp(-0.1 * i), 1, 2, 3, 4, 5, 6, 7});
  write_series(at("series.h5"), rows);
  const auto read = [&] {
    std::vector<double> values;
    for (const Observation& row : read_series(at("series.h5")))
      for (const Column& c : columns) values.push_back(row.*c.value);
    return bits(values);
  };
  EXPECT_GT(told(at("series.h5"), read), 600);
}
TEST_F(Damage, OfASnapshotIsToldOrHarmless) {
  const FieldGrid grid{
      "x-v", {"x", "v"}, {12, 10}, {std::vector<double>(12, 1), std::vector<double>(10, 2)}, {}, {{"g", std::vector<double>(120, 0.3)}}};
  FieldsWriter(folder.string()).write({4.9, {grid}});
  const auto read = [&] {
    const Snapshot s = read_snapshot(at("fields/000000.h5"));
    std::string all = bits({s.time});
    for (const FieldGrid& g : s.grids) {
      all += g.name + bits(g.points);
      for (const auto& name : g.axis_names) all += name;
      for (const auto& field : g.fields) all += field.name + bits(field.values);
    }
    return all;
  };
  EXPECT_GT(told(at("fields/000000.h5"), read), 600);
}
TEST_F(Damage, OfAnEnsembleIsToldOrHarmless) {
  EnsembleTable t;
  EnsembleGroup paths{"algorithm", "paths", {}, {}, {}, {}, {}, {}, {}};
  for (int row = 0; row < 50; ++row) {
    t.step.push_back(row), t.time.push_back(0.7 * row);
    paths.mean.emplace_back(Eigen::Vector2d(row, 0.3)), paths.covariance.emplace_back(Eigen::Matrix2d::Constant(row));
    paths.excess_loss.push_back(row);
  }
  t.groups = {paths};
  write_ensemble(at("ensemble.h5"), t);
  const auto read = [&] {
    const EnsembleTable e = read_ensemble(at("ensemble.h5"));
    std::string all = bits(e.step) + bits(e.time);
    for (const EnsembleGroup& g : e.groups) all += g.name + bits(g.mean) + bits(g.covariance) + bits(g.excess_loss) + bits(g.mean_se);
    return all;
  };
  EXPECT_GT(told(at("ensemble.h5"), read), 600);
}
TEST_F(Damage, OfASummaryIsToldOrHarmless) {
  write_summary(folder.string(),
                {{"case", {{"title", "‖h‖"}}}, {"final", {{"time", 4.9}}}, {"measured", {{"rate_h", 0.1 + 0.2}, {"rate_H", nullptr}}}});
  const auto read = [&] {
    const nlohmann::json summary = read_summary(at("summary.json"));  // the checksum's own name may be damaged
    return summary.at("case").dump() + summary.at("final").dump() + summary.at("measured").dump();
  };
  EXPECT_GT(told(at("summary.json"), read), 800);
}
TEST_F(Damage, OfAnInitialFileOfOursIsToldOrHarmless) {
  const Distribution part{1, {9, 0, 0}, {0, 0, 0}, {9, 1, 1}, 11};
  std::vector<double> g;
  for (int i = 0; i < 99; ++i) g.push_back(std::sin(i));
  write_density(at("g.h5"), 1, 11, 9, g);
  EXPECT_GT(told(at("g.h5"), [&] { return bits(read_density(at("g.h5"), part, 11)); }), 600);
}
TEST_F(Damage, OfAnInitialFileOfAnotherProgramIsToldOrReadNeverACrash) {  // its numbers have no checksum
  const Distribution part{1, {9, 0, 0}, {0, 0, 0}, {9, 1, 1}, 11};
  const hsize_t shape[2] = {11, 9};
  const std::vector<double> g(99, 0.25);
  const hid_t file = H5Fcreate(at("g.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  ASSERT_GE(H5LTmake_dataset_double(file, "g", 2, shape, g.data()), 0);
  H5Fclose(file);
  EXPECT_GT(told(
                at("g.h5"), [&] { return bits(read_density(at("g.h5"), part, 11)); }, false),
            300);
}

}  // namespace
}  // namespace hypofp
