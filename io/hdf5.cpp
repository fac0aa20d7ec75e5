#include "io/hdf5.hpp"

#include <fmt/format.h>
#include <hdf5_hl.h>
#include <unistd.h>

#include "grids/errors.hpp"
#include "io/files.hpp"

namespace hypofp {
namespace {

/// The program prints its own messages. HDF5's clean-up at exit is not wanted: every file is closed where it is used, and after
/// a failed write (a full disk) that clean-up crashes.
const bool prepared = H5dont_atexit() >= 0 && H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr) >= 0;

}  // namespace

std::string h5_reason() {
  std::string text = "HDF5 gives no reason";
  const auto deepest = [](unsigned, const H5E_error2_t* error, void* out) -> herr_t {
    if (error->desc && *error->desc) *static_cast<std::string*>(out) = error->desc;
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, deepest, &text);
  return text;
}

H5Writer::H5Writer(const std::string& path)
    : path_(path), temporary_(path + ".tmp"), file_(H5Fcreate(temporary_.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose) {
  check(file_ >= 0, "creating the file");
}

H5Writer::~H5Writer() { unlink(temporary_.c_str()); }  // nothing there after commit()

void H5Writer::check(bool good, const std::string& what) const {
  if (!good) throw OutputError(fmt::format("{}: {} failed: {}; what stood there before is kept", path_, what, h5_reason()));
}

void H5Writer::group(const std::string& name) {
  const H5Handle group(H5Gcreate2(file_, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  check(group >= 0, "creating the group " + name);
}

void H5Writer::dataset(const std::string& name, const std::vector<hsize_t>& shape, const double* values) {
  const H5Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
  check(space >= 0, "describing " + name);
  const H5Handle data(H5Dcreate2(file_, name.c_str(), H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose);
  check(data >= 0, "creating " + name);
  check(H5Dwrite(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0, "writing " + name);
}

void H5Writer::attribute(const std::string& dataset, const std::string& name, const std::string& text) {
  check(H5LTset_attribute_string(file_, dataset.c_str(), name.c_str(), text.c_str()) >= 0, "writing the attribute " + name);
}

void H5Writer::make_scale(const std::string& dataset) {
  const H5Handle data(H5Dopen2(file_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  check(data >= 0 && H5DSset_scale(data, dataset.c_str()) >= 0, "making a scale of " + dataset);
}

void H5Writer::attach_scale(const std::string& scale, const std::string& dataset, unsigned dimension) {
  const H5Handle s(H5Dopen2(file_, scale.c_str(), H5P_DEFAULT), H5Dclose), d(H5Dopen2(file_, dataset.c_str(), H5P_DEFAULT), H5Dclose);
  check(s >= 0 && d >= 0 && H5DSattach_scale(d, s, dimension) >= 0, "attaching the scale " + scale);
}

void H5Writer::commit() {
  check(H5Fflush(file_, H5F_SCOPE_GLOBAL) >= 0, "flushing");
  check(file_.close(), "closing");
  move_into_place(temporary_, path_);
}

std::vector<double> read_dataset(const std::string& path, const std::string& name, std::vector<hsize_t>& shape) {
  const auto need = [&](bool good, const char* what) {
    if (!good) throw UserError(fmt::format("{}: {} ({})", path, what, h5_reason()));
  };
  const H5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  need(file >= 0, "is not a readable HDF5 file");
  const H5Handle data(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose);
  need(data >= 0, fmt::format("has no dataset {}", name).c_str());
  const H5Handle space(H5Dget_space(data), H5Sclose);
  const int rank = H5Sget_simple_extent_ndims(space);
  need(rank >= 0, "has a dataset without shape");
  shape.resize(static_cast<std::size_t>(rank));
  need(H5Sget_simple_extent_dims(space, shape.data(), nullptr) >= 0, "has a dataset without shape");
  std::size_t n = 1;
  for (hsize_t s : shape) n *= s;
  std::vector<double> values(n);
  need(H5Dread(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0, "could not be read as numbers");
  return values;
}

}  // namespace hypofp
