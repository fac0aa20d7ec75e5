#pragma once
#include <hdf5.h>

#include <string>
#include <utility>
#include <vector>

namespace hypofp {

/// An HDF5 handle, closed at the end of its life.
class H5Handle {
 public:
  H5Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  H5Handle(H5Handle&& other) noexcept : id_(other.id_), close_(other.close_) { other.id_ = -1; }
  H5Handle& operator=(H5Handle&& other) noexcept {
    std::swap(id_, other.id_), std::swap(close_, other.close_);
    return *this;
  }
  ~H5Handle() {
    if (id_ >= 0) close_(id_);
  }
  operator hid_t() const { return id_; }
  /// Closes now and tells whether that worked.
  bool close() {
    const bool good = id_ < 0 || close_(id_) >= 0;
    id_ = -1;
    return good;
  }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

/// What made a file, as attributes of its root: name and text.
using Origin = std::vector<std::pair<std::string, std::string>>;
bool write_origin(hid_t file, const Origin& origin);

/// Writes one file serially: a temporary, put in place by commit(). Every call is checked; H5Dwrite is the one that tells of a
/// full disk. Throws OutputError, and removes the temporary.
class H5Writer {
 public:
  explicit H5Writer(const std::string& path, const Origin& origin = {});
  /// Begins as a copy of a file of the same kind, to be written over.
  struct Copy {
    std::string of;
  };
  H5Writer(const std::string& path, const Copy& like);
  ~H5Writer();
  void group(const std::string& name);
  void dataset(const std::string& name, const std::vector<hsize_t>& shape, const double* values);
  /// Over a dataset of that many values that is there.
  void overwrite(const std::string& name, const double* values);
  void attribute(const std::string& object, const std::string& name, const std::string& text);
  void attribute(const std::string& object, const std::string& name, double value);
  void attribute(const std::string& object, const std::string& name, const std::vector<std::string>& texts);
  /// `scale` becomes the coordinate of dimension `dimension` of `dataset` (h5py, xarray).
  void attach_scale(const std::string& scale, const std::string& dataset, unsigned dimension);
  void make_scale(const std::string& dataset);
  void commit();
  /// Without fsync: for one of many files, brought to disk together later (sync_folder).
  void commit_unsynced();

 private:
  void close();
  void check(bool good, const std::string& what) const;
  std::string path_, temporary_;
  H5Handle file_;
};

/// A whole dataset as doubles and its shape. Throws UserError with the path where it is missing or no number.
std::vector<double> read_dataset(const std::string& path, const std::string& name, std::vector<hsize_t>& shape);

/// Names in a group, in the order they were written.
std::vector<std::string> read_names(const std::string& path, const std::string& group);
/// Attributes. All readers throw UserError with the path where it is missing or of another kind.
double read_number(const std::string& path, const std::string& object, const std::string& attribute);
std::vector<std::string> read_texts(const std::string& path, const std::string& object, const std::string& attribute);

/// HDF5's own words about the last failure.
std::string h5_reason();

}  // namespace hypofp
