// Any text is a case or a refusal; a case that is taken is written as one that reads back the same.
#include <cstdlib>

#include "grids/errors.hpp"
#include "io/case/case.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace hypofp;
  std::string once;
  try {
    once = to_toml(read_case_text({reinterpret_cast<const char*>(data), size}, "F", {}));
  } catch (const UserError&) {
    return 0;
  }
  if (to_toml(read_case_text(once, "F", {})) != once) std::abort();
  return 0;
}
