#pragma once

// A whole file as read-only bytes: mapped where the system is POSIX, read into memory elsewhere. Throws Error
// with the path where it cannot be had. Nobody may shorten a file while it is mapped (AtomicFile never does). What was
// looked at stays in memory until release() gives it back; read() copies bytes without a look at the mapped ones.

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tanuki/core/error.hpp"
#include "tanuki/core/platform.hpp"

#ifdef TANUKI_POSIX_FILES
#include <sys/mman.h>
#include <sys/stat.h>
#else
#include <fstream>
#include <iterator>
#endif

namespace tanuki {

class MappedFile {
 public:
  explicit MappedFile(std::string path) : path_(std::move(path)) { open(); }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const std::string& path() const { return path_; }
  std::span<const std::byte> bytes() const { return bytes_; }

  /// Whether these bytes are of this file, and of no other owner.
  bool has(std::span<const std::byte> part) const {
    const auto place = reinterpret_cast<std::uintptr_t>(part.data()),
               start = reinterpret_cast<std::uintptr_t>(bytes_.data());
    return place >= start && place - start <= bytes_.size() && part.size() <= bytes_.size() - (place - start);
  }

#ifdef TANUKI_POSIX_FILES
  ~MappedFile() {
    if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
    if (file_ >= 0) ::close(file_);
  }

  /// Copies a part of bytes(), out of the file: no mapped page comes into memory.
  void read(std::span<const std::byte> part, std::byte* to) const {
    auto place = off_t(part.data() - bytes_.data());
    for (std::size_t left = part.size(); left > 0;) {
      const ssize_t got = ::pread(file_, to, left, place);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) fail("cannot read '", path_, "': ", got < 0 ? std::strerror(errno) : "it was cut short");
      left -= std::size_t(got);
      to += got;
      place += got;
    }
  }

  /// The system may forget all pages; it reads them again where they are looked at.
  void release() const { release(bytes_); }

  /// The pages that a part of bytes() lies in.
  void release(std::span<const std::byte> part) const {
    if (part.empty()) return;
    const auto page = std::uintptr_t(::sysconf(_SC_PAGESIZE));
    const std::uintptr_t first = reinterpret_cast<std::uintptr_t>(part.data()) / page * page;
    ::madvise(reinterpret_cast<void*>(first),
              reinterpret_cast<std::uintptr_t>(part.data() + part.size()) - first, MADV_DONTNEED);
  }

 private:
  void open() {
    file_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe must not block
    if (file_ < 0) fail("cannot open '", path_, "': ", std::strerror(errno));
    struct stat status;
    const bool known = ::fstat(file_, &status) == 0;
    const bool regular = known && S_ISREG(status.st_mode);
    void* data = nullptr;
    int error = 0;
    if (regular && status.st_size > 0) {
      data = ::mmap(nullptr, std::size_t(status.st_size), PROT_READ, MAP_PRIVATE, file_, 0);
      error = errno;
    }
    if (regular && data != MAP_FAILED) {
      if (data) bytes_ = {static_cast<const std::byte*>(data), std::size_t(status.st_size)};
      return;
    }
    ::close(file_);
    if (!regular) fail("cannot read '", path_, "': it is no regular file");
    fail("cannot map '", path_, "': ", std::strerror(error));
  }

  int file_ = -1;

#else
  ~MappedFile() = default;

  void read(std::span<const std::byte> part, std::byte* to) const {
    std::memcpy(to, part.data(), part.size());
  }
  void release() const {}
  void release(std::span<const std::byte>) const {}

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

/// Calls use(part) for one part of the bytes after the other, each of a multiple of 64 bytes but the last. Where they are of
/// `file`, a part is a copy that lives as long as the call.
template <class Use>
void use_in_parts(std::span<const std::byte> bytes, const MappedFile* file, Use use) {
  if (!file || !file->has(bytes)) return use(bytes);
  std::vector<std::byte> copy(std::min(bytes.size(), std::size_t{1} << 18));
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(copy.size(), bytes.size()));
    file->read(part, copy.data());
    use(std::span<const std::byte>(copy.data(), part.size()));
    bytes = bytes.subspan(part.size());
  }
}

/// The same bytes at `to`.
inline void copy_bytes(std::span<const std::byte> bytes, const MappedFile* file, void* to) {
  if (file && file->has(bytes)) {
    file->read(bytes, static_cast<std::byte*>(to));
  } else if (!bytes.empty()) {
    std::memcpy(to, bytes.data(), bytes.size());
  }
}

}  // namespace tanuki
