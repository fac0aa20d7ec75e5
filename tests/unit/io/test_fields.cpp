#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "grids/errors.hpp"
#include "io/hdf5.hpp"
#include "io/results/fields.hpp"
#include "io/results/xdmf.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace hypofp {
namespace {

class Fields : public TemporaryFolder {
 protected:
  /// As a resumed run finds them.
  static EarlierSnapshots earlier(const std::vector<double>& times) {
    EarlierSnapshots e{times, {}};
    for (char digit = '0'; digit <= '9'; ++digit) e.files.push_back(std::string("fields/00000") + digit + ".h5");
    return e;
  }
};

TEST_F(Fields, FieldsKeepValuesOrderAndMaskAndAreListedOverTime) {
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
TEST_F(Fields, XdmfNamesEveryStepAndFieldWithItsTimeFileAndShape) {
  const FieldGrid space{"x-space", {"x1", "x2", "x3"}, {2, 3, 4}, {}, {}, {{"g", {}}, {"F", {}}}};
  const std::string text = xdmf_text(space, {{0, "fields/000000.h5"}, {1.0 / 3, "fields/000001.h5"}});
  for (const char* words :
       {"Time Value=\"0\"", "Time Value=\"0.33333333333333331\"", "TopologyType=\"3DSMesh\" Dimensions=\"2 3 4\"", "GeometryType=\"XYZ\"",
        "Dimensions=\"2 3 4 3\"", "fields/000000.h5:/points/x-space", "fields/000000.h5:/g_x_space", "fields/000001.h5:/F_x_space"})
    EXPECT_NE(text.find(words), std::string::npos) << words;
}
TEST_F(Fields, AResumedWriterKeepsTheSnapshotsThatAreThere) {
  const FieldGrid grid{"x-v", {"x", "v"}, {2, 2}, {{0, 1}, {0, 1}}, {}, {{"g", {1, 2, 3, 4}}}};
  FieldsWriter(folder.string()).write({0, {grid}});
  FieldsWriter(folder.string(), earlier({0})).write({2.5, {grid}});
  FieldsWriter(folder.string(), earlier({0, 2.5})).write({4, {grid}});
  const std::string text = text_of(folder / "fields.xdmf");
  for (const char* words : {"Time Value=\"0\"", "000000.h5", "Time Value=\"2.5\"", "000001.h5", "Time Value=\"4\"", "000002.h5"})
    EXPECT_NE(text.find(words), std::string::npos) << words;
  EXPECT_TRUE(fs::exists(folder / "fields/000002.h5"));
}
TEST_F(Fields, ASnapshotIsReadBackWithItsTimeAxesOrderAndValues) {
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
TEST_F(Fields, SnapshotsAreThoseOfTheRunNotOfAnotherThatWentFurther) {
  EXPECT_TRUE(listed_snapshots(folder.string(), 9).empty());
  {
    FieldsWriter writer(folder.string());
    for (double t : {0.0, 1.0, 2.0}) writer.write({t, {{"x-v", {"x", "v"}, {1, 1}, {{0}, {0}}, {}, {{"g", {t}}}}}});
  }
  EXPECT_EQ(listed_snapshots(folder.string(), 9).back().time, 2);
  EXPECT_EQ(listed_snapshots(folder.string(), 1.5).back().time, 1);
}
TEST_F(Fields, ASnapshotOfAnotherShapeIsAUserErrorThatNamesTheFile) {
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
TEST_F(Fields, AnIndexNamesOnlySnapshotsThatAreThere) {
  const FieldGrid grid{"x-v", {"x", "v"}, {2, 2}, {{0, 1}, {0, 1}}, {}, {{"g", {1, 2, 3, 4}}}};
  {
    FieldsWriter writer(folder.string());
    for (double t : {0.0, 1.0, 2.0}) writer.write({t, {grid}});
  }
  fs::remove(folder / "fields/000001.h5");
  FieldsWriter(folder.string(), earlier({0, 1, 2})).write({3, {grid}});
  const auto listed = listed_snapshots(folder.string(), 9);
  ASSERT_EQ(listed.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(listed[i].time, (std::vector<double>{0, 2, 3})[i]);
}
TEST_F(Fields, AResumedWriterWithOtherIntervalsLeavesNoSnapshotTwiceAndNoneUnderAnothersTime) {
  const auto write = [&](const std::vector<double>& kept, const std::vector<double>& times) {
    FieldsWriter writer(folder.string(), earlier(kept));
    for (double t : times) writer.write({t, {{"x-v", {"x", "v"}, {1, 1}, {{0}, {0}}, {}, {{"g", {t}}}}}});
  };
  write({}, {0, 1, 2, 3, 4});
  std::ofstream(folder / "fields/notes.h5") << "mine";
  std::ofstream(folder / "fields/000005.h5") << "no snapshot";
  fs::copy_file(folder / "fields/000003.h5", folder / "fields/000099.h5");  // a user's copy, which no list names
  write({0, 2}, {4, 6});
  const auto listed = listed_snapshots(folder.string(), 9);
  ASSERT_EQ(listed.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(listed[i].time, 2.0 * i);
    EXPECT_EQ(read_snapshot(listed[i].file).grids[0].fields[0].values[0], 2.0 * i);
  }
  EXPECT_FALSE(fs::exists(folder / "fields/000004.h5"));
  EXPECT_TRUE(fs::exists(folder / "fields/notes.h5") && fs::exists(folder / "fields/000005.h5") && fs::exists(folder / "fields/000099.h5"));
}
TEST_F(Fields, AFieldsFolderThatTakesNoFilesIsFoundBeforeTheFirstSnapshot) {
  std::ofstream(folder / "fields") << "a file";
  EXPECT_THROW(FieldsWriter(folder.string()), OutputError);
  EXPECT_EQ(text_of(folder / "fields"), "a file");
}
TEST_F(Fields, ASnapshotKeepsItsExcessLossAndMarginalsHaveNamesOfTheirOwn) {
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

}  // namespace
}  // namespace hypofp
