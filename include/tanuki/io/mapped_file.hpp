#pragma once

// A whole file as read-only bytes: mapped where the system is POSIX, read into memory elsewhere. Throws Error
// with the path where it cannot be had. Nobody may shorten a file while it is mapped (AtomicFile never does).

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <utility>

#include "tanuki/core/error.hpp"
#include "tanuki/io/platform.hpp"

#ifdef TANUKI_POSIX_FILES
#include <sys/mman.h>
#include <sys/stat.h>
#else
#include <fstream>
#include <iterator>
#include <vector>
#endif

namespace tanuki {

class MappedFile {
 public:
  explicit MappedFile(std::string path) : path_(std::move(path)) { open(); }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const std::string& path() const { return path_; }
  std::span<const std::byte> bytes() const { return bytes_; }

#ifdef TANUKI_POSIX_FILES
  ~MappedFile() {
    if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
  }

 private:
  void open() {
    const int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe must not block
    if (file < 0) fail("cannot open '", path_, "': ", std::strerror(errno));
    struct stat status;
    const bool known = ::fstat(file, &status) == 0;
    const bool regular = known && S_ISREG(status.st_mode);
    void* data = nullptr;
    int error = 0;
    if (regular && status.st_size > 0) {
      data = ::mmap(nullptr, std::size_t(status.st_size), PROT_READ, MAP_PRIVATE, file, 0);
      error = errno;
    }
    ::close(file);
    if (!regular) fail("cannot read '", path_, "': it is no regular file");
    if (data == MAP_FAILED) fail("cannot map '", path_, "': ", std::strerror(error));
    if (data) bytes_ = {static_cast<const std::byte*>(data), std::size_t(status.st_size)};
  }

#else
  ~MappedFile() = default;

 private:
  void open() {
    std::ifstream file(path_, std::ios::binary);
    if (!file) fail("cannot open '", path_, "'");
    content_.assign(std::istreambuf_iterator<char>(file), {});
    bytes_ = std::as_bytes(std::span<const char>(content_));
  }

  std::vector<char> content_;
#endif

  std::string path_;
  std::span<const std::byte> bytes_;
};

}  // namespace tanuki
