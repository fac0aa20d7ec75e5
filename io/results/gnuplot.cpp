#include "io/results/gnuplot.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <vector>

#include "grids/errors.hpp"
#include "io/files.hpp"

extern char** environ;

namespace hypofp::gnuplot {
namespace {

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  operator int() const { return descriptor_; }

 private:
  int descriptor_;
};

bool write_all(int file, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = write(file, text.data() + done, text.size() - done);
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return lseek(file, 0, SEEK_SET) == 0;
}

/// The last `bytes` of a file, or what there is.
std::string end_of(int file, off_t bytes) {
  const off_t size = lseek(file, 0, SEEK_END), begin = std::max<off_t>(0, size - bytes);
  std::string text(static_cast<std::size_t>(std::max<off_t>(0, size - begin)), '\0');
  const ssize_t n = pread(file, text.data(), text.size(), begin);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, n)));
  return text;
}

/// The last line with words in it.
std::string last_words(int file) {
  std::string text = end_of(file, 500);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
  return text.substr(text.rfind('\n') + 1);  // npos + 1 is 0
}

/// gnuplot's end in words, empty for a good one. A spawn like vfork's is safe in an MPI process.
std::string run(int script, int picture, int words) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, script, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, picture, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, words, STDERR_FILENO);
  std::string name = "gnuplot", no_startup = "-d", input = "/dev/stdin";  // by that name it is read in blocks, not by the byte
  char* const arguments[] = {name.data(), no_startup.data(), input.data(), nullptr};
  pid_t child = 0;
  const int code = posix_spawnp(&child, "gnuplot", &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (code == ENOENT) return "gnuplot is not installed";
  if (code != 0) return fmt::format("gnuplot can't be started: {}", std::strerror(code));
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return fmt::format("gnuplot's end is not known: {}", std::strerror(errno));
  if (WIFSIGNALED(status)) return fmt::format("gnuplot was ended by signal {}", WTERMSIG(status));
  if (WEXITSTATUS(status) != 0) return fmt::format("gnuplot ended with code {}: {}", WEXITSTATUS(status), last_words(words));
  const std::string end = end_of(picture, 12);  // of a PNG, of a GIF: it does not tell of a full disk
  const bool whole = end == std::string("\0\0\0\0IEND\xae\x42\x60\x82", 12) || end.ends_with(std::string("\0;", 2));
  return whole ? "" : "gnuplot left no whole picture (is the disk full?)";
}

}  // namespace

std::string constant(const std::string& text) {
  std::string out = "\"";
  for (unsigned char c : text)
    if (c == ' ' || (c < 128 && std::isalpha(c)))
      out += static_cast<char>(c);
    else
      out += fmt::format("\\{:03o}", c);
  return out + "\"";
}

std::string wrapped(const std::string& text, std::size_t columns) {
  constexpr std::size_t most = 3;
  std::vector<std::string> characters;  // of UTF-8
  for (unsigned char c : text)
    if ((c & 0xC0) == 0x80 && !characters.empty())
      characters.back() += static_cast<char>(c);
    else
      characters.push_back(std::iscntrl(c) ? " " : std::string(1, static_cast<char>(c)));
  std::vector<std::vector<std::string>> lines(1);
  for (std::size_t begin = 0; begin < characters.size() && lines.size() <= most;) {
    std::size_t end = begin;
    while (end < characters.size() && characters[end] != " ") ++end;
    const std::size_t length = end - begin, used = lines.back().size();
    if (used > 0 && used + 1 + length > columns) lines.emplace_back();
    if (!lines.back().empty()) lines.back().push_back(" ");
    for (; begin < end; ++begin) {
      if (lines.back().size() == columns) lines.emplace_back();
      lines.back().push_back(characters[begin]);
    }
    begin = end + 1;
  }
  if (lines.size() > most) {
    lines.resize(most);
    if (lines.back().size() == columns) lines.back().pop_back();
    lines.back().push_back("…");
  }
  std::string out;
  for (const auto& line : lines) out += fmt::format("{}{}", &line == &lines.front() ? "" : "\n", fmt::join(line, ""));
  return out;
}

std::string draw(const std::string& png, const std::string& script) {
  const std::string temporary = temporary_name(png);
  const File input(memfd_create("script", MFD_CLOEXEC)), words(memfd_create("words", MFD_CLOEXEC));
  const File picture(open(temporary.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (picture < 0) return fmt::format("can't be created: {}", std::strerror(errno));
  std::string trouble;
  if (input < 0 || words < 0 || !write_all(input, script))
    trouble = fmt::format("gnuplot can't be given its script: {}", std::strerror(errno));
  else
    trouble = run(input, picture, words);
  if (trouble.empty()) try {
      move_into_place(temporary, png);
    } catch (const OutputError& e) {
      trouble = e.what();
    }
  if (!trouble.empty()) unlink(temporary.c_str());
  return trouble;
}

}  // namespace hypofp::gnuplot
