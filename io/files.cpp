#include "io/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "grids/errors.hpp"

namespace hypofp {
namespace {

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw OutputError(fmt::format("{}: {}: {}; what stood there before is kept", path, what, std::strerror(errno)));
}

void sync(const std::string& path, int flags, int (*to_disk)(int)) {
  const int file = open(path.c_str(), flags);
  if (file < 0) fail(path, "can't be opened");
  const int code = to_disk(file);
  close(file);
  if (code != 0) fail(path, "can't be brought to disk");
}

/// All of `text` into `file`, or nothing is left of it; what fails is told of `path`.
void write(const std::string& file, const std::string& text, const std::string& path) {
  const int out = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (out < 0) fail(file, "can't be created");
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::write(out, text.data() + done, text.size() - done);
    if (n <= 0) {
      const int reason = errno;
      close(out);
      unlink(file.c_str());
      errno = reason;
      fail(path, "can't be written");
    }
    done += static_cast<std::size_t>(n);
  }
  if (close(out) != 0) fail(file, "can't be closed");
}

}  // namespace

std::string temporary_name(const std::string& path) {
  const std::filesystem::path place(path);
  return (place.parent_path() / fmt::format(".{}.hypofp-tmp", place.filename().string())).string();
}

void rename_into_place(const std::string& temporary, const std::string& path) {
  if (std::rename(temporary.c_str(), path.c_str()) != 0) fail(path, "can't be replaced");
}

void move_into_place(const std::string& temporary, const std::string& path) {
  sync(temporary, O_RDONLY, fsync);
  rename_into_place(temporary, path);
  const std::string folder = std::filesystem::path(path).parent_path().string();
  sync(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY, fsync);
}

void sync_folder(const std::string& folder) { sync(folder, O_RDONLY | O_DIRECTORY, syncfs); }

void replace_file(const std::string& path, const std::string& text) {
  const std::string temporary = temporary_name(path);
  write(temporary, text, path);
  move_into_place(temporary, path);
}

void begin_as_copy(const std::string& path, const std::string& of) {  // std::filesystem's copy tells a full disk as an I/O error
  std::ostringstream all;
  if (!(all << std::ifstream(of, std::ios::binary).rdbuf())) fail(of, "can't be read");
  write(temporary_name(path), all.str(), path);
}

}  // namespace hypofp
