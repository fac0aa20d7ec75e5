#include "solver/commands/stop.hpp"

#include <unistd.h>

#include <array>
#include <csignal>
#include <utility>

namespace hypofp {
namespace {

constexpr std::array<std::pair<int, const char*>, 3> handled{{{SIGINT, "SIGINT"}, {SIGTERM, "SIGTERM"}, {SIGUSR1, "SIGUSR1"}}};
volatile std::sig_atomic_t asked = 0;

void remember(int signal) {
  if (asked != 0 && signal == SIGINT) _exit(3);
  asked = signal;
}

}  // namespace

StopSignals::StopSignals() {
  asked = 0;
  struct sigaction action {};
  action.sa_handler = remember;
  action.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < handled.size(); ++i) sigaction(handled[i].first, &action, &before_[i]);
}

StopSignals::~StopSignals() {
  for (std::size_t i = 0; i < handled.size(); ++i) sigaction(handled[i].first, &before_[i], nullptr);
}

void StopSignals::check(MPI_Comm comm) const {
  int any = asked;
  MPI_Allreduce(MPI_IN_PLACE, &any, 1, MPI_INT, MPI_MAX, comm);
  for (const auto& [signal, name] : handled)
    if (any == signal) throw Stopped{name};
}

}  // namespace hypofp
