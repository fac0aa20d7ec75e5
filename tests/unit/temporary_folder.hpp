#pragma once
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace hypofp {

namespace fs = std::filesystem;

/// A test with a folder of its own, gone with it. One process.
class TemporaryFolder : public testing::Test {
 protected:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / ("hypofp-test-" + std::string(6, 'X'))).string();  // filled in by mkdtemp
    if (!mkdtemp(name.data())) throw std::runtime_error(name + ": no folder");
    folder = name;
  }
  ~TemporaryFolder() override { fs::remove_all(folder); }
  static std::string text_of(const fs::path& path) {
    std::ostringstream out;
    out << std::ifstream(path).rdbuf();
    return out.str();
  }
  fs::path folder;
};

}  // namespace hypofp
