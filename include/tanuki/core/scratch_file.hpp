#pragma once

// A file that is there for a while.

#include <filesystem>
#include <string>
#include <system_error>

namespace tanuki {

/// Removes a file at the end of a scope.
struct ScratchFile {
  std::string path;
  ~ScratchFile() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
};

}  // namespace tanuki
