#include "io/results/folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "grids/errors.hpp"
#include "io/files.hpp"

namespace hypofp {
namespace {

namespace fs = std::filesystem;

constexpr const char* list_name = ".hypofp";
constexpr const char* list_title = "hypofp: files that runs wrote in this folder; a later run replaces and removes no others";
constexpr const char* fixed_names[] = {"case.toml",   "series.h5",       "summary.json",    "report.md",       "decay.png",
                                       "fields.png",  "checkpoint-0.h5", "checkpoint-1.h5", "eigenvalues.png", "certificate.png",
                                       "growth.png",  "optimal.h5",      "ensemble.h5",     "ensemble.png",    "workers.h5",
                                       "speedup.png", "rates.png",       "limit.png",       "ledger.h5",       "sweep.csv",
                                       "sweep.h5",    "sweep.png",       "theta.png",       "report.html",     "fields.gif"};

/// A name that a run may have written: a list that says otherwise is not believed.
bool plausible(const std::string& name) {
  if (std::find(std::begin(fixed_names), std::end(fixed_names), name) != std::end(fixed_names)) return true;
  const auto plain = [](const std::string& text) { return text.find('/') == std::string::npos; };
  if (name.starts_with("fields/") && name.ends_with(".h5")) return plain(name.substr(7));
  return name.starts_with("fields") && name.ends_with(".xdmf") && plain(name);
}

bool stands(const fs::path& path) {
  std::error_code none;
  return fs::symlink_status(path, none).type() != fs::file_type::not_found;
}

}  // namespace

ResultsFolder::ResultsFolder(fs::path folder, const std::vector<std::string>& fields, std::size_t snapshots)
    : folder_(std::move(folder)), names_(std::begin(fixed_names), std::end(fixed_names)) {
  for (std::size_t i = 0; i < snapshots; ++i) names_.insert(fmt::format("fields/{:06d}.h5", i));
  for (std::size_t i = 0; snapshots > 0 && i < fields.size(); ++i) names_.insert(i == 0 ? "fields.xdmf" : "fields-" + fields[i] + ".xdmf");
}

ResultsFolder::~ResultsFolder() {
  std::error_code none;
  for (const fs::path& folder : made_) fs::remove(folder, none);  // empty: nothing came of it
  if (lock_ >= 0) close(lock_);
}

void ResultsFolder::claim() {
  std::error_code e;
  for (fs::path p = fs::absolute(folder_).lexically_normal(); !stands(p) && p.has_relative_path(); p = p.parent_path()) made_.push_back(p);
  fs::create_directories(folder_, e);
  if (e) throw OutputError(fmt::format("{}: can't be created: {}", folder_.string(), e.message()));
  lock_ = open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock_ < 0)
    throw OutputError(
        fmt::format("{}: can't be opened as a folder: {}", folder_.string(), std::error_code(errno, std::generic_category()).message()));
  // gone with the process, whatever ends it; file systems without locks are used without. Ranks whose mpirun was killed live on for a
  // moment.
  bool held = false;
  for (int tries = 0; (held = flock(lock_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) && tries < 30; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  if (held)
    throw UserError(
        fmt::format("{}: another run is writing there; choose another folder (--out), or wait for it to end", folder_.string()));
  read_list();
}

void ResultsFolder::read_list() {
  std::ifstream list(folder_ / list_name);
  std::string line;
  if (!list) return;
  if (!std::getline(list, line) || line != list_title)
    throw UserError(
        fmt::format("{}: was not written by a run; remove it, or choose another folder (--out)", (folder_ / list_name).string()));
  while (std::getline(list, line))
    if (plausible(line)) written_.insert(line);
}

void ResultsFolder::refuse_to_replace(const std::vector<std::string>& inputs, bool resumed) const {
  std::set<std::string> touched = names_;
  touched.insert(written_.begin(), written_.end());
  for (const std::string& name : touched) {
    const fs::path there = folder_ / name;
    if (!stands(there)) continue;
    std::error_code none;
    const bool own = resumed && name == "case.toml";
    for (const std::string& input : inputs)
      if (!own && fs::equivalent(there, input, none))
        throw UserError(fmt::format("{}: a result would replace it; choose another folder (--out)", input));
    if (!written_.contains(name) && !(resumed && written_.empty()))
      throw UserError(fmt::format("{}: a result would replace it, and no run wrote it; choose another folder (--out), or move it away",
                                  there.string()));
  }
}

void ResultsFolder::take(bool resumed) {
  std::set<std::string> all = names_;
  all.insert(written_.begin(), written_.end());
  replace_file((folder_ / list_name).string(), fmt::format("{}\n{}\n", list_title, fmt::join(all, "\n")));
  made_.clear();
  if (resumed) return;
  std::error_code none;
  for (const std::string& name : all) {
    fs::remove(folder_ / name, none);
    fs::remove(temporary_name((folder_ / name).string()), none);  // of a run that was killed
  }
  if (std::none_of(names_.begin(), names_.end(), [](const std::string& name) { return name.starts_with("fields/"); }))
    fs::remove(folder_ / "fields", none);
}

std::vector<std::string> ResultsFolder::snapshots() const {
  std::vector<std::string> names;
  for (const std::set<std::string>* set : {&names_, &written_})
    std::copy_if(set->begin(), set->end(), std::back_inserter(names), [](const std::string& name) { return name.starts_with("fields/"); });
  return names;
}

}  // namespace hypofp
