#pragma once

// Memory that lies in a temporary file, for numbers that are too many to be held otherwise. The file has no name and is gone
// with the process.

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <string>
#include <utility>

#include "tanuki/core/error.hpp"

#if defined(__unix__) || defined(__APPLE__)
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#endif

namespace tanuki {

class FileMemory {
 public:
  FileMemory() = default;
  FileMemory(const FileMemory&) = delete;
  FileMemory& operator=(const FileMemory&) = delete;
  FileMemory(FileMemory&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  FileMemory& operator=(FileMemory&& other) noexcept {
    std::swap(data_, other.data_), std::swap(bytes_, other.bytes_);
    return *this;
  }

#if defined(__unix__) || defined(__APPLE__)
  /// In the system's folder for temporary files ($TMPDIR). Throws Error where there is no room.
  explicit FileMemory(std::size_t bytes) : bytes_(bytes) {
    std::string path = (std::filesystem::temp_directory_path() / "tanuki-XXXXXX").string();
    const int file = ::mkstemp(path.data());
    if (file < 0) fail("[file_memory] '", path, "': ", std::strerror(errno));
    ::unlink(path.c_str());
    const int error = reserve(file);
    if (error == 0) data_ = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    const int why = error ? error : errno;
    ::close(file);
    if (!data_ || data_ == MAP_FAILED) {
      data_ = nullptr;
      fail("[file_memory] '", path, "': no room for ", bytes_, " bytes: ", std::strerror(why));
    }
  }
  ~FileMemory() {
    if (data_) ::munmap(data_, bytes_);
  }

 private:
  int reserve(int file) const {
#ifdef __linux__
    return ::posix_fallocate(file, 0, off_t(bytes_));  // else a full disk would be met only when writing
#else
    return ::ftruncate(file, off_t(bytes_)) == 0 ? 0 : errno;
#endif
  }

 public:
#else
  explicit FileMemory(std::size_t) { fail("[file_memory] is not there on this system"); }
#endif

  float* data() const { return static_cast<float*>(data_); }

 private:
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace tanuki
