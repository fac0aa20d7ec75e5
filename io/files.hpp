#pragma once
#include <string>

namespace hypofp {

/// Where what shall stand at `path` is written first: a hidden file beside it, of a name that is nobody else's.
std::string temporary_name(const std::string& path);
/// Puts `text` in place of the file at `path`: temporary beside it, fsync, rename, fsync of the folder. Throws OutputError.
void replace_file(const std::string& path, const std::string& text);
/// Makes the temporary of `path` a copy of the file `of`, to be written over. Throws OutputError.
void begin_as_copy(const std::string& path, const std::string& of);
/// The second half of replace_file, for a temporary that something else wrote: fsync, rename on `path`, fsync of the folder. Throws OutputError.
void move_into_place(const std::string& temporary, const std::string& path);
/// Without the two fsyncs: a reader sees the old or the new file, but until sync_folder() a power cut may take the new one. Throws
/// OutputError.
void rename_into_place(const std::string& temporary, const std::string& path);
/// Brings everything written on the folder's file system to disk, at once instead of file by file. Throws OutputError.
void sync_folder(const std::string& folder);

}  // namespace hypofp
