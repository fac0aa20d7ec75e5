#include "io/hdf5.hpp"

#include <fmt/format.h>
#include <hdf5_hl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "grids/errors.hpp"
#include "io/files.hpp"

namespace hypofp {
namespace {

/// HDF5's words are kept when a call fails: the next call, be it of a clean-up, clears them.
std::string last_reason = "HDF5 gives no reason";

herr_t keep_reason(hid_t stack, void*) {
  const auto deepest = [](unsigned, const H5E_error2_t* error, void*) -> herr_t {
    if (error->desc && *error->desc) last_reason = error->desc;
    return 0;
  };
  return H5Ewalk2(stack, H5E_WALK_DOWNWARD, deepest, nullptr);
}

/// The program prints its own messages. HDF5's clean-up at exit is not wanted: every file is closed where it is used, and after
/// a failed write (a full disk) that clean-up crashes.
const bool prepared = H5dont_atexit() >= 0 && H5Eset_auto2(H5E_DEFAULT, keep_reason, nullptr) >= 0;

/// Creation properties of a file or group that remembers the order in which its parts were written.
H5Handle ordered(hid_t kind) {
  H5Handle properties(H5Pcreate(kind), H5Pclose);
  H5Pset_link_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
  return properties;
}

/// The layout whose own parts have checksums; what reads HDF5 1.10 reads it.
H5Handle checked_layout() {
  H5Handle properties(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_libver_bounds(properties, H5F_LIBVER_V110, H5F_LIBVER_V110);
  return properties;
}

/// Of a dataset with checksums: in chunks, below 64 MiB, of whole slices along the first dimension where one is not larger.
H5Handle checksummed(std::vector<hsize_t> shape) {
  hsize_t slice = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    shape[i] = std::clamp<hsize_t>((1 << 23) / slice, 1, std::max<hsize_t>(shape[i], 1));
    slice *= shape[i];
  }
  H5Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  if (!shape.empty()) H5Pset_chunk(properties, static_cast<int>(shape.size()), shape.data()), H5Pset_fletcher32(properties);
  return properties;
}

/// Of what is read.
void need(const std::string& path, bool good, const std::string& what) {
  if (!good) throw UserError(fmt::format("{}: {} ({})", path, what, h5_reason()));
}

H5Handle open_to_read(const std::string& path) {
  H5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  need(path, file >= 0, "is not a readable HDF5 file");
  return file;
}

H5Handle open_attribute(const std::string& path, hid_t file, const std::string& object, const std::string& name) {
  H5Handle attribute(H5Aopen_by_name(file, object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  need(path, attribute >= 0, fmt::format("{} has no attribute {}", object, name));
  return attribute;
}

}  // namespace

std::string h5_reason() { return last_reason; }

bool write_origin(hid_t file, const Origin& origin) {
  return std::all_of(origin.begin(), origin.end(), [&](const auto& entry) {
    return H5LTset_attribute_string(file, "/", entry.first.c_str(), entry.second.c_str()) >= 0;
  });
}

H5Writer::H5Writer(const std::string& path, const Origin& origin)
    : path_(path),
      temporary_(temporary_name(path)),
      file_(H5Fcreate(temporary_.c_str(), H5F_ACC_TRUNC, ordered(H5P_FILE_CREATE), checked_layout()), H5Fclose) {
  check(file_ >= 0, "creating the file");
  check(write_origin(file_, origin), "writing what made the file");
}

H5Writer::H5Writer(const std::string& path, const Copy& like) : path_(path), temporary_(temporary_name(path)), file_(-1, H5Fclose) {
  begin_as_copy(path, like.of);
  file_ = H5Handle(H5Fopen(temporary_.c_str(), H5F_ACC_RDWR, checked_layout()), H5Fclose);
  if (file_ < 0) unlink(temporary_.c_str());
  check(file_ >= 0, "opening the file");
}

H5Writer::~H5Writer() { unlink(temporary_.c_str()); }  // nothing there after commit()

void H5Writer::check(bool good, const std::string& what) const {
  if (!good) throw OutputError(fmt::format("{}: {} failed: {}; what stood there before is kept", path_, what, h5_reason()));
}

void H5Writer::group(const std::string& name) {
  const H5Handle group(H5Gcreate2(file_, name.c_str(), H5P_DEFAULT, ordered(H5P_GROUP_CREATE), H5P_DEFAULT), H5Gclose);
  check(group >= 0, "creating the group " + name);
}

void H5Writer::dataset(const std::string& name, const std::vector<hsize_t>& shape, const double* values) {
  const H5Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
  check(space >= 0, "describing " + name);
  const H5Handle data(H5Dcreate2(file_, name.c_str(), H5T_IEEE_F64LE, space, H5P_DEFAULT, checksummed(shape), H5P_DEFAULT), H5Dclose);
  check(data >= 0, "creating " + name);
  check(H5Dwrite(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0, "writing " + name);
}

void H5Writer::overwrite(const std::string& name, const double* values) {
  const H5Handle data(H5Dopen2(file_, name.c_str(), H5P_DEFAULT), H5Dclose);
  check(data >= 0 && H5Dwrite(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0, "writing " + name);
}

void H5Writer::attribute(const std::string& object, const std::string& name, const std::string& text) {
  check(H5LTset_attribute_string(file_, object.c_str(), name.c_str(), text.c_str()) >= 0, "writing the attribute " + name);
}

void H5Writer::attribute(const std::string& object, const std::string& name, double value) {
  check(H5LTset_attribute_double(file_, object.c_str(), name.c_str(), &value, 1) >= 0, "writing the attribute " + name);
}

void H5Writer::attribute(const std::string& object, const std::string& name, const std::vector<std::string>& texts) {
  std::size_t longest = 1;
  for (const auto& text : texts) longest = std::max(longest, text.size());
  std::string all;
  for (const auto& text : texts) all += text + std::string(longest - text.size(), '\0');
  const hsize_t n = texts.size();
  const H5Handle type(H5Tcopy(H5T_C_S1), H5Tclose), space(H5Screate_simple(1, &n, nullptr), H5Sclose);
  check(H5Tset_size(type, longest) >= 0 && H5Tset_strpad(type, H5T_STR_NULLPAD) >= 0, "describing the attribute " + name);
  const H5Handle attribute(H5Acreate_by_name(file_, object.c_str(), name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                           H5Aclose);
  check(attribute >= 0 && H5Awrite(attribute, type, all.data()) >= 0, "writing the attribute " + name);
}

void H5Writer::make_scale(const std::string& dataset) {
  const H5Handle data(H5Dopen2(file_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  check(data >= 0 && H5DSset_scale(data, dataset.c_str()) >= 0, "making a scale of " + dataset);
}

void H5Writer::attach_scale(const std::string& scale, const std::string& dataset, unsigned dimension) {
  const H5Handle s(H5Dopen2(file_, scale.c_str(), H5P_DEFAULT), H5Dclose), d(H5Dopen2(file_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  check(s >= 0 && d >= 0 && H5DSattach_scale(d, s, dimension) >= 0, "attaching the scale " + scale);
}

void H5Writer::close() {
  check(H5Fflush(file_, H5F_SCOPE_GLOBAL) >= 0, "flushing");
  check(file_.close(), "closing");
}

void H5Writer::commit() {
  close();
  move_into_place(temporary_, path_);
}

void H5Writer::commit_unsynced() {
  close();
  rename_into_place(temporary_, path_);
}

std::vector<double> read_dataset(const std::string& path, const std::string& name, std::vector<hsize_t>& shape) {
  const H5Handle file = open_to_read(path);
  const H5Handle data(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose);
  need(path, data >= 0, "has no dataset " + name);
  const H5Handle space(H5Dget_space(data), H5Sclose);
  const int rank = H5Sget_simple_extent_ndims(space);
  need(path, rank >= 0, "has a dataset without shape");
  shape.resize(static_cast<std::size_t>(rank));
  need(path, H5Sget_simple_extent_dims(space, shape.data(), nullptr) >= 0, "has a dataset without shape");
  double n = 1;
  for (hsize_t s : shape) n *= static_cast<double>(s);
  // 129 numbers a byte is the most that deflate makes
  need(path, n <= 129.0 * static_cast<double>(std::filesystem::file_size(path)), fmt::format("{} says to be larger than it can be", name));
  const H5Handle type(H5Dget_type(data), H5Tclose), how(H5Dget_create_plist(data), H5Pclose);
  const double bytes = n * static_cast<double>(H5Tget_size(type));
  need(path, H5Pget_layout(how) == H5D_CHUNKED || static_cast<double>(H5Dget_storage_size(data)) == bytes,
       fmt::format("{} is not stored whole", name));  // HDF5 crashes on some of these
  std::vector<double> values(static_cast<std::size_t>(n));
  need(path, H5Dread(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0, "could not be read as numbers");
  return values;
}

std::vector<std::string> read_names(const std::string& path, const std::string& group) {
  const H5Handle file = open_to_read(path), opened(H5Gopen2(file, group.c_str(), H5P_DEFAULT), H5Gclose);
  H5G_info_t info{};
  need(path, opened >= 0 && H5Gget_info(opened, &info) >= 0, "has no group " + group);
  std::vector<std::string> names;
  for (hsize_t i = 0; i < info.nlinks; ++i) {
    char name[256] = {};
    need(path, H5Lget_name_by_idx(opened, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT) >= 0,
         "does not keep the order of what is in " + group);
    names.push_back(name);
  }
  return names;
}

double read_number(const std::string& path, const std::string& object, const std::string& attribute) {
  const H5Handle file = open_to_read(path), opened = open_attribute(path, file, object, attribute);
  const H5Handle space(H5Aget_space(opened), H5Sclose);
  double value = 0;
  need(path, H5Sget_simple_extent_npoints(space) == 1 && H5Aread(opened, H5T_NATIVE_DOUBLE, &value) >= 0,
       fmt::format("the attribute {} of {} is no number", attribute, object));
  return value;
}

std::vector<std::string> read_texts(const std::string& path, const std::string& object, const std::string& attribute) {
  const H5Handle file = open_to_read(path), opened = open_attribute(path, file, object, attribute);
  const H5Handle type(H5Aget_type(opened), H5Tclose), space(H5Aget_space(opened), H5Sclose);
  const hssize_t n = H5Sget_simple_extent_npoints(space);
  const std::size_t size = H5Tget_size(type);
  std::string all(static_cast<std::size_t>(std::max<hssize_t>(n, 0)) * size, '\0');
  need(path, H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0 && n > 0 && H5Aread(opened, type, all.data()) >= 0,
       fmt::format("the attribute {} of {} is no list of texts", attribute, object));
  std::vector<std::string> texts;
  for (hssize_t i = 0; i < n; ++i) texts.push_back(all.substr(i * size, size).c_str());
  return texts;
}

}  // namespace hypofp
