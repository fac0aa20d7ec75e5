// Run on 1, 2 and 4 ranks.
#include "io/results/checkpoint.hpp"

#include <gtest/gtest.h>
#include <hdf5_hl.h>
#include <petscsys.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "grids/errors.hpp"

namespace hypofp {
namespace {

namespace fs = std::filesystem;

class Checkpoints : public testing::Test {
 protected:
  void SetUp() override {
    MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
    MPI_Comm_size(PETSC_COMM_WORLD, &size);
    long id = getpid();
    MPI_Bcast(&id, 1, MPI_LONG, 0, PETSC_COMM_WORLD);
    folder = (fs::temp_directory_path() / ("hypofp-checkpoint-" + std::to_string(id))).string();
    if (rank == 0) fs::create_directories(folder);
    MPI_Barrier(PETSC_COMM_WORLD);
    whole = {2, {4, 3, 0}, {0, 0, 0}, {4, 3, 1}, 5};
    mine = whole;  // the slower axis is cut
    mine.first[0] = 4 * rank / size;
    mine.count[0] = 4 * (rank + 1) / size - mine.first[0];
  }
  void TearDown() override {
    MPI_Barrier(PETSC_COMM_WORLD);
    if (rank == 0) fs::remove_all(folder);
    MPI_Barrier(PETSC_COMM_WORLD);
  }
  std::vector<double> values(const Distribution& part, double seed) const {
    std::vector<double> v;
    for (int a = part.first[0]; a < part.first[0] + part.count[0]; ++a)
      for (int b = 0; b < 3; ++b)
        for (int k = 0; k < 5; ++k) v.push_back(std::sin(seed + a * 100 + b * 10 + k) * 1e-7);
    return v;
  }
  void write(double time) const {
    Checkpoint c;
    c.fingerprint = "case";
    c.time = time;
    c.applications = 1234567890123;
    c.rows = {{0, 1, 2, 3, 4, 5, 6, 7, 8}, {time, 1.0 / 3, 2, 3, 4, 5, 6, 7, 1e-310}};
    c.propagator = {0.1, -2.0 / 3, 5};
    c.stretch = 0.375;
    c.names = {"h", "F"};
    const auto h = values(mine, time), F = values(mine, 7);
    write_checkpoint(PETSC_COMM_WORLD, folder, c, mine, {h.data(), F.data()});
  }
  std::optional<Checkpoint> read() {
    remarks.clear();
    return read_checkpoint(PETSC_COMM_WORLD, folder, mine, any, remarks);
  }
  /// Changes the slot with the newest time: what is done with its bytes.
  void damage(int slot, const std::function<void(std::string&)>& change) const {
    MPI_Barrier(PETSC_COMM_WORLD);
    if (rank == 0) {
      const std::string path = folder + "/checkpoint-" + std::to_string(slot) + ".h5";
      std::ifstream in(path, std::ios::binary);
      std::string bytes((std::istreambuf_iterator<char>(in)), {});
      change(bytes);
      std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    }
    MPI_Barrier(PETSC_COMM_WORLD);
  }
  static void flip(const std::string& path, std::uintmax_t at, int bit) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(static_cast<std::streamoff>(at));
    const int byte = file.get();
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(byte ^ bit));
  }
  int rank = 0, size = 1;
  std::string folder;
  Distribution whole, mine;
  std::vector<std::string> remarks;
  Usable any = [](const Checkpoint&) { return std::string(); };
};

TEST_F(Checkpoints, ComeBackBitForBitAndOnAnyNumberOfRanks) {
  write(1.5);
  const auto c = read();
  ASSERT_TRUE(c);
  EXPECT_EQ(c->fingerprint, "case");
  EXPECT_EQ(c->applications, 1234567890123);
  EXPECT_EQ(c->propagator, (std::vector<double>{0.1, -2.0 / 3, 5}));
  EXPECT_EQ(c->stretch, 0.375);
  EXPECT_EQ(c->rows[1].mass, 1.0 / 3);
  EXPECT_EQ(c->rows[1].edge, 1e-310);
  EXPECT_EQ(c->vectors[0], values(mine, 1.5));
  EXPECT_EQ(c->vectors[1], values(mine, 7));
  const auto alone = read_checkpoint(PETSC_COMM_SELF, folder, whole, any, remarks);
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->vectors[0], values(whole, 1.5));
}
TEST_F(Checkpoints, TwoSlotsAreWrittenInTurnAndTheNewestCounts) {
  for (double t : {1.0, 2.0, 3.0}) write(t);
  auto c = read();
  ASSERT_TRUE(c);
  EXPECT_EQ(c->time, 3.0);
  damage(0, [](std::string& bytes) { bytes.resize(100); });  // 3.0 stands in slot 0
  c = read();
  ASSERT_TRUE(c);
  EXPECT_EQ(c->time, 2.0);
  EXPECT_EQ(remarks.size(), 1u);
}
TEST_F(Checkpoints, WhereTheNewestCannotBeUsedTheOtherSlotIs) {
  for (double t : {1.0, 2.0}) write(t);
  any = [](const Checkpoint& c) { return c.time == 2.0 ? std::string("stands nowhere") : std::string(); };
  const auto c = read();
  ASSERT_TRUE(c);
  EXPECT_EQ(c->time, 1.0);
  ASSERT_EQ(remarks.size(), 1u);
  EXPECT_NE(remarks[0].find("stands nowhere"), std::string::npos);
}
TEST_F(Checkpoints, ADamagedSlotIsPassedOverWithARemark) {
  const std::vector<std::function<void(std::string&)>> ways{
      [](std::string& b) { b.resize(b.size() / 2); }, [](std::string& b) { b = "no HDF5 at all"; }, [](std::string& b) { b.clear(); },
      [this](std::string& b) {  // one bit of the data
        const double needle = values(whole, 2)[17];
        const std::size_t at = b.find(std::string(reinterpret_cast<const char*>(&needle), 8));
        ASSERT_NE(at, std::string::npos);
        b[at + 3] ^= 1;
      },
      [](std::string& b) {  // the mark
        const std::size_t at = b.find("complete");
        ASSERT_NE(at, std::string::npos);
        b[at] = 'x';
      }};
  for (const auto& way : ways) {
    write(1);
    write(2);
    int slot = 0;  // the one that holds t = 2
    if (rank == 0) slot = fs::last_write_time(folder + "/checkpoint-1.h5") > fs::last_write_time(folder + "/checkpoint-0.h5") ? 1 : 0;
    MPI_Bcast(&slot, 1, MPI_INT, 0, PETSC_COMM_WORLD);
    damage(slot, way);
    const auto c = read();
    ASSERT_TRUE(c);
    EXPECT_EQ(c->time, 1);
    EXPECT_EQ(remarks.size(), 1u);
    MPI_Barrier(PETSC_COMM_WORLD);
    if (rank == 0)
      for (int s : {0, 1}) fs::remove(folder + "/checkpoint-" + std::to_string(s) + ".h5");
    MPI_Barrier(PETSC_COMM_WORLD);
  }
}
TEST_F(Checkpoints, AnotherLayoutIsPassedOverByName) {  // the mark says how a vector stands in the file
  write(1.0);
  if (rank == 0) {
    const hid_t file = H5Fopen((folder + "/checkpoint-0.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    const int before = 1;
    EXPECT_GE(H5LTset_attribute_int(file, "/", "complete", &before, 1), 0);
    H5Fclose(file);
  }
  MPI_Barrier(PETSC_COMM_WORLD);
  EXPECT_FALSE(read());
  ASSERT_EQ(remarks.size(), 1u);
  EXPECT_NE(remarks[0].find("is of an earlier version"), std::string::npos) << remarks[0];
}
TEST_F(Checkpoints, EveryNumberOfTheHeadIsHeldByAChecksum) {
  for (const char* name : {"time", "seconds", "stretch", "propagator", "applications"}) {
    write(1.0);
    MPI_Barrier(PETSC_COMM_WORLD);
    if (rank == 0) {
      const hid_t file = H5Fopen((folder + "/checkpoint-0.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
      const hid_t attribute = H5Aopen(file, name, H5P_DEFAULT);
      std::vector<double> values(3);
      EXPECT_GE(H5Aread(attribute, H5T_NATIVE_DOUBLE, values.data()), 0);
      values[0] += 1;
      EXPECT_GE(H5Awrite(attribute, H5T_NATIVE_DOUBLE, values.data()), 0);
      H5Aclose(attribute);
      H5Fclose(file);
    }
    MPI_Barrier(PETSC_COMM_WORLD);
    EXPECT_FALSE(read()) << name;
    MPI_Barrier(PETSC_COMM_WORLD);
    if (rank == 0) fs::remove(folder + "/checkpoint-0.h5");
    MPI_Barrier(PETSC_COMM_WORLD);
  }
}
TEST_F(Checkpoints, OfHundredsOfFlippedBitsAndTruncationsEachIsHarmlessOrPassedOver) {
  write(2);
  MPI_Barrier(PETSC_COMM_WORLD);
  const std::string path = folder + "/checkpoint-0.h5";
  const std::uintmax_t bytes = fs::file_size(path);
  int passed_over = 0;
  const auto look = [&](std::uintmax_t at) {
    MPI_Barrier(PETSC_COMM_WORLD);
    if (const auto c = read()) {
      EXPECT_EQ(c->fingerprint, "case") << at;
      EXPECT_EQ(c->time, 2) << at;
      EXPECT_EQ(c->seconds, 0) << at;
      EXPECT_EQ(c->applications, 1234567890123) << at;
      ASSERT_EQ(c->rows.size(), 2u) << at;
      EXPECT_EQ(c->rows[1].edge, 1e-310) << at;
      ASSERT_EQ(c->vectors.size(), 2u) << at;
      EXPECT_EQ(c->vectors[0], values(mine, 2)) << at;
      EXPECT_EQ(c->vectors[1], values(mine, 7)) << at;
    } else {
      EXPECT_EQ(remarks.size(), 1u) << at;
      ++passed_over;
    }
    MPI_Barrier(PETSC_COMM_WORLD);
  };
  std::mt19937 random(5);
  const int times = size == 1 ? 500 : 50;  // more ranks read through the same code, and wait for each other
  for (int k = 0; k < times; ++k) {
    const std::uintmax_t at = random() % bytes;
    const int bit = 1 << random() % 8;
    for (const bool damaged : {true, false}) {
      if (rank == 0) flip(path, at, bit);
      if (damaged) look(at);
    }
  }
  for (int k = 1; k <= times; ++k) {
    const std::uintmax_t length = bytes - 1 - (bytes - 1) * k / times;
    if (rank == 0) fs::resize_file(path, length);
    look(length);
  }
  EXPECT_GT(passed_over, times);
}
TEST_F(Checkpoints, WithBothSlotsDamagedThereIsNone) {
  write(1);
  write(2);
  for (int slot : {0, 1})
    damage(slot, [](std::string& b) {
      b.resize(b.size() - 200);
      b[300] ^= 4;
    });
  EXPECT_FALSE(read());
  EXPECT_EQ(remarks.size(), 2u);
}
TEST_F(Checkpoints, AFolderThatIsNotThereIsAnOutputErrorOnEveryRank) {
  folder += "/gone";
  EXPECT_THROW(write(1), OutputError);
}

}  // namespace
}  // namespace hypofp
