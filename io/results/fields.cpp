#include "io/results/fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <regex>
#include <set>

#include "grids/errors.hpp"
#include "io/files.hpp"
#include "io/hdf5.hpp"
#include "io/results/xdmf.hpp"

namespace hypofp {
namespace {

std::string step_file(std::size_t number) { return fmt::format("fields/{:06d}.h5", number); }

/// None where the file is no snapshot.
std::optional<double> time_of(const std::string& path) {
  try {
    return read_number(path, "/", "time");
  } catch (const UserError&) {
    return std::nullopt;
  }
}

}  // namespace

FieldsWriter::FieldsWriter(std::string directory, const EarlierSnapshots& earlier, Origin origin)
    : directory_(std::move(directory)), origin_(std::move(origin)) {
  const std::string folder = directory_ + "/fields";
  std::error_code e;
  std::filesystem::create_directories(folder, e);
  if (e) throw OutputError(fmt::format("{}: can't be created: {}", folder, e.message()));
  const std::string trial = temporary_name(folder + "/trial");
  if (!std::ofstream(trial)) throw OutputError(fmt::format("{}: no file can be created in it: {}", folder, std::strerror(errno)));
  std::filesystem::remove(trial, e);
  keep(earlier);
}

void FieldsWriter::keep(const EarlierSnapshots& earlier) {
  const std::set<std::string> files(earlier.files.begin(), earlier.files.end());  // in the order of their numbers
  std::error_code e;
  for (const std::string& name : files) {
    const std::string file = directory_ + "/" + name;
    const std::optional<double> time = time_of(file);
    if (!time) continue;
    const std::string place = step_file(steps_.size());
    if (std::find(earlier.times.begin(), earlier.times.end(), *time) == earlier.times.end()) {
      std::filesystem::remove(file, e);
    } else if (std::filesystem::rename(file, directory_ + "/" + place, e); !e) {
      steps_.push_back({*time, place});
    }
  }
}

FieldsWriter::~FieldsWriter() {
  try {
    finish();
  } catch (const OutputError&) {
  }
}

void FieldsWriter::write(const Snapshot& snapshot) {
  const std::string path = directory_ + "/" + step_file(steps_.size());
  if (layout_.empty() || !std::filesystem::exists(pattern_)) {
    H5Writer file(path, origin_);
    write_snapshot(file, snapshot);
    file.commit_unsynced();
    pattern_ = path;
  } else {
    H5Writer file(path, H5Writer::Copy{pattern_});
    overwrite_snapshot(file, snapshot);
    file.commit_unsynced();
  }
  steps_.push_back({snapshot.time, step_file(steps_.size())});
  listed_ = false;
  if (layout_.empty())
    for (const FieldGrid& grid : snapshot.grids) {
      layout_.push_back({grid.name, grid.axis_names, grid.shape, {}, {}, {}});
      for (const auto& field : grid.fields) layout_.back().fields.push_back({field.name, {}});
    }
  if (Clock::now() >= index_due_) finish();
}

void FieldsWriter::finish() {
  if (listed_) return;
  sync_folder(directory_ + "/fields");
  for (const FieldGrid& grid : layout_) {
    const bool main = &grid == &layout_.front();
    replace_file(directory_ + (main ? "/fields.xdmf" : "/fields-" + grid.name + ".xdmf"), xdmf_text(grid, steps_));
  }
  listed_ = true;
  index_due_ = Clock::now() + std::chrono::seconds(2);
}

std::vector<XdmfStep> listed_snapshots(const std::string& directory, double until) {
  std::ifstream index(directory + "/fields.xdmf");  // what it does not list is not ours
  const std::string text((std::istreambuf_iterator<char>(index)), {});
  std::vector<XdmfStep> steps;
  const std::regex name("fields/[0-9]+\\.h5");
  for (std::sregex_iterator found(text.begin(), text.end(), name), end; found != end; ++found) {
    const std::string path = directory + "/" + found->str();
    if (!steps.empty() && steps.back().file == path) continue;
    if (const double time = read_number(path, "/", "time"); time <= until) steps.push_back({time, path});
  }
  return steps;
}

}  // namespace hypofp
