#include "io/results/checkpoint.hpp"

#include <fmt/format.h>
#include <hdf5_hl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <functional>

#include "grids/errors.hpp"
#include "io/files.hpp"
#include "io/hdf5.hpp"

namespace hypofp {
namespace {

/// The mark that all of a slot is there, and its layout: 1 had the x-cells outermost, 2 no stretch.
constexpr int whole_mark = 5;

std::string slot_path(const std::string& folder, int slot) { return fmt::format("{}/checkpoint-{}.h5", folder, slot); }

bool agreed(MPI_Comm comm, bool good) {
  int all = good;
  MPI_Allreduce(MPI_IN_PLACE, &all, 1, MPI_INT, MPI_MIN, comm);
  return all != 0;
}

/// Visits this rank's v-cells run by run: rows of cells that stand together in the file. (first cell in the file, first here, cells)
void for_each_run(const Distribution& part, const std::function<void(hsize_t, std::size_t, hsize_t)>& visit) {
  const int d = part.dimension;
  const auto count = [&](int i) { return i < d ? part.count[i] : 1; };
  std::size_t local = 0;
  const int length = count(d - 1);
  const int outer = (d > 1 ? count(0) : 1) * (d > 2 ? count(1) : 1);
  for (int o = 0; o < outer; ++o) {
    int at[3] = {0, 0, 0}, rest = o;
    for (int i = d - 2; i >= 0; --i) at[i] = rest % count(i), rest /= count(i);
    hsize_t cell = 0;
    for (int i = 0; i < d; ++i) cell = cell * part.cells[i] + part.first[i] + at[i];
    visit(cell, local, length);
    local += length;
  }
}

std::uint64_t mixed(std::uint64_t x) {  // the finaliser of splitmix64
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}
std::uint64_t mixed(std::uint64_t index, double value) {
  std::uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return mixed(bits + 0x9e3779b97f4a7c15ULL * (index + 1));
}

/// A sum over all entries of a hash of place and bits: the same on any number of ranks.
std::uint64_t checksum(MPI_Comm comm, const Distribution& part, const double* data) {
  std::uint64_t sum = 0;
  for_each_run(part, [&](hsize_t cell, std::size_t local, hsize_t cells) {
    for (std::size_t e = 0; e < cells * part.block; ++e) sum += mixed(cell * part.block + e, data[local * part.block + e]);
  });
  MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_UINT64_T, MPI_SUM, comm);
  return sum;
}
/// Rows as the file holds them, [rows][columns].
std::vector<double> flat(const std::vector<Observation>& rows) {
  std::vector<double> values;
  for (const Observation& row : rows)
    for (const Column& column : columns) values.push_back(row.*column.value);
  return values;
}
/// Of all that is not a vector.
std::uint64_t checksum(const Checkpoint& c) {
  std::uint64_t sum = 0;
  const std::vector<double> values = flat(c.rows);
  for (std::size_t i = 0; i < values.size(); ++i) sum += mixed(i, values[i]);
  for (std::size_t i = 0; i < c.fingerprint.size(); ++i) sum += mixed(i, static_cast<double>(c.fingerprint[i]));
  constexpr std::uint64_t header = 1ULL << 32;  // places no row has
  for (std::size_t i = 0; i < c.propagator.size(); ++i) sum += mixed(header + 4 + i, c.propagator[i]);
  return sum + mixed(header, c.time) + mixed(header + 1, c.seconds) + mixed(header + 2, static_cast<double>(c.applications)) +
         mixed(header + 3, static_cast<double>(c.names.size())) + mixed(header + 4 + c.propagator.size(), c.stretch);
}

/// Stored as written: a damaged layout message crashes HDF5's read.
bool contiguous(hid_t file, const std::string& name) {
  const H5Handle set(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose);
  if (set < 0) return false;
  const H5Handle how(H5Dget_create_plist(set), H5Pclose);
  return how >= 0 && H5Pget_layout(how) == H5D_CONTIGUOUS;
}

/// Moves this rank's part of a [cells, block] dataset, at most 1 GiB at a time (MPI counts are int).
bool transfer(hid_t dataset, const Distribution& part, const std::function<herr_t(hid_t memory, hid_t file, std::size_t offset)>& move) {
  bool good = true;
  for_each_run(part, [&](hsize_t cell, std::size_t local, hsize_t cells) {
    const hsize_t most = std::max<hsize_t>(1, (1ULL << 27) / part.block);
    for (hsize_t done = 0; good && done < cells; done += most) {
      const hsize_t start[2] = {cell + done, 0}, size[2] = {std::min(most, cells - done), part.block};
      const H5Handle file(H5Dget_space(dataset), H5Sclose), memory(H5Screate_simple(2, size, nullptr), H5Sclose);
      good = H5Sselect_hyperslab(file, H5S_SELECT_SET, start, nullptr, size, nullptr) >= 0 && memory >= 0 &&
             move(memory, file, (local + done) * part.block) >= 0;
    }
  });
  return good;
}

bool write_file(MPI_Comm comm, const std::string& path, const Checkpoint& c, const Distribution& part,
                const std::vector<const double*>& data, const std::vector<std::uint64_t>& sums) {
  const H5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  // the 1.8 format carries checksums of HDF5's own structures: read back, damage there is an error, not a crash
  if (H5Pset_fapl_mpio(access, comm, MPI_INFO_NULL) < 0 || H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_LATEST) < 0)
    return false;
  H5Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access), H5Fclose);
  bool good = agreed(comm, file >= 0);
  if (!good) return false;
  hsize_t cells = 1;
  for (int i = 0; i < part.dimension; ++i) cells *= part.cells[i];
  const hsize_t shape[2] = {cells, part.block}, rows[2] = {c.rows.size(), columns.size()};
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  for (std::size_t k = 0; good && k < data.size(); ++k) {
    const H5Handle space(H5Screate_simple(2, shape, nullptr), H5Sclose);
    const H5Handle set(H5Dcreate2(file, c.names[k].c_str(), H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose);
    good = set >= 0 && transfer(set, part, [&](hid_t memory, hid_t there, std::size_t at) {
             return H5Dwrite(set, H5T_NATIVE_DOUBLE, memory, there, H5P_DEFAULT, data[k] + at);
           });
    good = agreed(comm, good);
  }
  {
    const H5Handle space(H5Screate_simple(2, rows, nullptr), H5Sclose);
    const H5Handle set(H5Dcreate2(file, "rows", H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose);
    if (good && rank == 0) good = H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, flat(c.rows).data()) >= 0;
    good = agreed(comm, good && set >= 0);
  }
  const long long applications = c.applications;
  const auto sums_ll = reinterpret_cast<const long long*>(sums.data());  // the bits; HDF5 LT has no unsigned one
  good = good && write_origin(file, c.origin) && H5LTset_attribute_double(file, "/", "time", &c.time, 1) >= 0 &&
         H5LTset_attribute_double(file, "/", "seconds", &c.seconds, 1) >= 0 &&
         H5LTset_attribute_double(file, "/", "stretch", &c.stretch, 1) >= 0 &&
         H5LTset_attribute_long_long(file, "/", "applications", &applications, 1) >= 0 &&
         (c.propagator.empty() || H5LTset_attribute_double(file, "/", "propagator", c.propagator.data(), c.propagator.size()) >= 0) &&
         H5LTmake_dataset_string(file, "fingerprint", c.fingerprint.c_str()) >= 0 &&
         H5LTset_attribute_long_long(file, "/", "checksums", sums_ll, sums.size()) >= 0;
  good = good && H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0 && H5LTset_attribute_int(file, "/", "complete", &whole_mark, 1) >= 0 &&
         H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0;
  return agreed(comm, file.close() && good);
}

/// Reads one slot; false (and why) where anything about it is not as written.
bool read_file(MPI_Comm comm, const std::string& path, const Distribution& part, Checkpoint& c, std::string& why) {
  why = "is not a whole checkpoint";
  const H5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (!agreed(comm, file >= 0)) return false;
  int whole = 0;
  long long applications = 0;
  std::vector<std::uint64_t> sums;
  hsize_t n = 0, text_size = 0;
  H5T_class_t kind;
  std::size_t width = 0;
  bool good =
      H5Aexists(file, "complete") > 0 && H5LTget_attribute_int(file, "/", "complete", &whole) >= 0 && whole == whole_mark &&
      H5LTget_attribute_double(file, "/", "time", &c.time) >= 0 && H5LTget_attribute_double(file, "/", "seconds", &c.seconds) >= 0 &&
      H5LTget_attribute_double(file, "/", "stretch", &c.stretch) >= 0 &&
      H5LTget_attribute_long_long(file, "/", "applications", &applications) >= 0 &&
      H5LTget_attribute_info(file, "/", "checksums", &n, &kind, &width) >= 0 && n >= 2 && n <= 3 && contiguous(file, "fingerprint") &&
      contiguous(file, "rows") && H5LTget_dataset_info(file, "fingerprint", &text_size, &kind, &width) >= 0 && width < (1 << 22);
  if (whole > 0 && whole < whole_mark) why = "is of an earlier version";
  if (!agreed(comm, good)) return false;
  sums.resize(n);
  std::string text(width + 1, '\0');
  hsize_t shape[2] = {0, 0};
  good = H5LTget_attribute(file, "/", "checksums", H5T_NATIVE_LLONG, sums.data()) >= 0 &&
         H5LTread_dataset_string(file, "fingerprint", text.data()) >= 0 && H5LTget_dataset_info(file, "rows", shape, &kind, &width) >= 0 &&
         shape[1] == columns.size() && shape[0] < (1 << 24);
  if (!agreed(comm, good)) return false;
  c.fingerprint = text.c_str();
  if (H5Aexists(file, "propagator") > 0) {
    good = H5LTget_attribute_info(file, "/", "propagator", &n, &kind, &width) >= 0 && n <= 64;
    if (good) c.propagator.resize(n);
    good = good && H5LTget_attribute_double(file, "/", "propagator", c.propagator.data()) >= 0;
    if (!agreed(comm, good)) return false;
  }
  c.applications = applications;
  c.rows.resize(shape[0]);
  std::vector<double> values(shape[0] * columns.size());
  c.names = sums.size() == 3 ? std::vector<std::string>{"h", "F"} : std::vector<std::string>{"h"};
  good = H5LTread_dataset_double(file, "rows", values.data()) >= 0;
  for (std::size_t i = 0; i < values.size(); ++i) c.rows[i / columns.size()].*columns[i % columns.size()].value = values[i];
  good = good && checksum(c) == sums[0];
  std::size_t local = part.block;
  for (int i = 0; i < part.dimension; ++i) local *= part.count[i];
  c.vectors.assign(c.names.size(), {});
  hsize_t cells = 1;
  for (int i = 0; i < part.dimension; ++i) cells *= part.cells[i];
  for (std::size_t k = 0; agreed(comm, good) && k < c.names.size(); ++k) {
    const H5Handle set(H5Dopen2(file, c.names[k].c_str(), H5P_DEFAULT), H5Dclose);
    good = set >= 0 && contiguous(file, c.names[k]) && H5LTget_dataset_info(file, c.names[k].c_str(), shape, &kind, &width) >= 0 &&
           shape[0] == cells && shape[1] == part.block;
    if (!agreed(comm, good)) {
      why = "is of another grid";
      return false;
    }
    c.vectors[k].resize(local);
    good = transfer(set, part, [&](hid_t memory, hid_t there, std::size_t at) {
      return H5Dread(set, H5T_NATIVE_DOUBLE, memory, there, H5P_DEFAULT, c.vectors[k].data() + at);
    });
    if (!agreed(comm, good)) return false;
    good = checksum(comm, part, c.vectors[k].data()) == sums[k + 1];
  }
  if (agreed(comm, good)) return true;
  why = "is damaged (checksum)";
  return false;
}

/// Time of a slot that at least says it is whole, else -1.
double slot_time(const std::string& path) {
  const H5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  double time = -1;
  if (file < 0 || H5Aexists(file, "complete") <= 0 || H5LTget_attribute_double(file, "/", "time", &time) < 0) return -1;
  return time;
}

}  // namespace

void write_checkpoint(MPI_Comm comm, const std::string& folder, const Checkpoint& c, const Distribution& part,
                      const std::vector<const double*>& data) {
  int rank = 0, slot = 0;
  MPI_Comm_rank(comm, &rank);
  if (rank == 0) slot = slot_time(slot_path(folder, 0)) > slot_time(slot_path(folder, 1)) ? 1 : 0;  // the older or damaged one
  MPI_Bcast(&slot, 1, MPI_INT, 0, comm);
  std::vector<std::uint64_t> sums{checksum(c)};
  for (const double* d : data) sums.push_back(checksum(comm, part, d));
  const std::string path = slot_path(folder, slot), temporary = temporary_name(path);
  const bool written = write_file(comm, temporary, c, part, data, sums);
  std::string trouble =
      written ? "" : fmt::format("{}: the checkpoint could not be written ({}); the one before is kept", path, h5_reason());
  if (rank == 0) try {
      if (written)
        move_into_place(temporary, path);
      else
        unlink(temporary.c_str());
    } catch (const OutputError& e) {
      trouble = e.what();
    }
  if (!agreed(comm, trouble.empty()))
    throw OutputError(trouble.empty() ? path + ": the checkpoint could not be written on another rank" : trouble);
}

std::optional<Checkpoint> read_checkpoint(MPI_Comm comm, const std::string& folder, const Distribution& part, const Usable& usable,
                                          std::vector<std::string>& remarks) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  double times[2] = {-1, -1};
  int there[2] = {0, 0};
  for (int slot = 0; rank == 0 && slot < 2; ++slot) {
    const std::string path = slot_path(folder, slot);
    there[slot] = std::filesystem::exists(path);
    times[slot] = slot_time(path);
  }
  MPI_Bcast(times, 2, MPI_DOUBLE, 0, comm);
  MPI_Bcast(there, 2, MPI_INT, 0, comm);
  const int newest = times[1] > times[0] ? 1 : 0;
  std::optional<Checkpoint> found;
  for (int slot : {newest, 1 - newest}) {
    std::string why = "is not a whole checkpoint";
    Checkpoint c;
    if (!there[slot] || (found && times[slot] >= 0)) continue;  // the older one is not needed, but a broken one is told
    if (!found && read_file(comm, slot_path(folder, slot), part, c, why)) {
      why = usable(c);
      if (why.empty()) {
        found = std::move(c);
        continue;
      }
    }
    remarks.push_back(fmt::format("{} {}: passed over", slot_path(folder, slot), why));
  }
  return found;
}

}  // namespace hypofp
