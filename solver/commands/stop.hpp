#pragma once
#include <mpi.h>

#include <array>
#include <csignal>
#include <string>

namespace hypofp {

/// Thrown on every rank where a run was asked to stop; what it was asked by.
struct Stopped {
  std::string signal;
};

/// For its life SIGINT, SIGTERM and SIGUSR1 ask for a stop in order; a second SIGINT ends the process at once.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  /// Throws Stopped on every rank where any rank was asked. Collective.
  void check(MPI_Comm comm) const;

 private:
  std::array<struct sigaction, 3> before_;
};

}  // namespace hypofp
