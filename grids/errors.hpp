#pragma once
#include <stdexcept>
#include <string>

namespace hypofp {

/// The case or the command line is wrong (exit code 2). what() is the complete message.
struct UserError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The computation failed: what, when and what is kept (exit code 3).
struct ComputationError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A result could not be written (exit code 4).
struct OutputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace hypofp
