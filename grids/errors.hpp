#pragma once
#include <stdexcept>
#include <string>

namespace hypofp {

/// What ends a command; what() is the complete message. `agreed`: every rank throws the same, so that all may leave in order; else
/// somebody may be waiting, and the ranks are ended.
struct Error : std::runtime_error {
  explicit Error(const std::string& what, bool agreed = false) : std::runtime_error(what), agreed(agreed) {}
  bool agreed;
};

/// The case or the command line is wrong (exit code 2).
struct UserError : Error {
  using Error::Error;
};

/// The computation failed: what, when and what is kept (exit code 3).
struct ComputationError : Error {
  using Error::Error;
};

/// A result could not be written (exit code 4).
struct OutputError : Error {
  using Error::Error;
};

}  // namespace hypofp
