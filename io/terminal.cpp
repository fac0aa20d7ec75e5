#include "io/terminal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "grids/errors.hpp"

namespace hypofp {

void prepare_streams() {
  std::signal(SIGPIPE, SIG_IGN);
  for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(fd, F_GETFD) < 0) {  // read-only: what is written to it fails, and print() says so
      const int opened = open("/dev/null", O_RDONLY);
      if (opened >= 0 && opened != fd) dup2(opened, fd), close(opened);
    }
}

void say(const std::string& line) {
  std::fputs((line + "\n").c_str(), stderr);
  std::fflush(stderr);
}

void print(const std::string& text) {
  errno = 0;
  if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0)
    throw OutputError(std::string("stdout can't be written: ") + std::strerror(errno));
}

}  // namespace hypofp
