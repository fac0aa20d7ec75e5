#pragma once
#include <string>

namespace hypofp {

/// Puts `text` in place of the file at `path`: temporary beside it, fsync, rename, fsync of the folder. Throws OutputError.
void replace_file(const std::string& path, const std::string& text);
/// The second half, for a temporary that another library wrote: fsync, rename on `path`, fsync of the folder. Throws OutputError.
void move_into_place(const std::string& temporary, const std::string& path);

}  // namespace hypofp
