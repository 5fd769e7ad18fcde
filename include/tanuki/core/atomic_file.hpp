#pragma once

// Writing a file so that its name always leads to a whole one: into a temporary file in the same folder,
// synced, then renamed. What stood under the name stays until commit(), and for good where that is not
// reached. A link is followed; what is there and is no regular file (a folder, a device) is refused. A process
// that is killed leaves its temporary file, NAME.PROCESS.NUMBER.tmp. Throws Error with the path.

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "tanuki/core/error.hpp"
#include "tanuki/core/platform.hpp"

#ifdef TANUKI_POSIX_FILES
#include <csignal>
#endif

namespace tanuki {

class AtomicFile {
 public:
  explicit AtomicFile(std::string path) : path_(std::move(path)) {
    follow_links();
    open();
  }
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile() {
    close();
    std::error_code ignored;
    if (!committed_) std::filesystem::remove(temporary_, ignored);
  }

  void write(std::string_view text) { write(std::as_bytes(std::span(text))); }

  /// Where the bytes lie until commit(), for a library that writes files by their names: instead of write().
  const std::string& temporary() const { return temporary_; }

  void commit() {
    sync();
    close();
    std::error_code error;
    std::filesystem::rename(temporary_, path_, error);
    if (error) fail("cannot write '", path_, "': ", error.message());
    committed_ = true;
    sync_folder();
  }

#ifdef TANUKI_POSIX_FILES
  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) refuse();
      bytes = bytes.subspan(std::size_t(written));
    }
  }

 private:
  void open() {
    static std::atomic<unsigned> counter{0};
    temporary_ = path_ + "." + std::to_string(::getpid()) + "." + std::to_string(counter++) + ".tmp";
    file_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file_ < 0) refuse();
  }
  void sync() {  // by its name: a library may have put another file there
    close();
    file_ = ::open(temporary_.c_str(), O_RDONLY | O_CLOEXEC);
    if (file_ < 0 || ::fsync(file_) != 0) refuse();
  }
  void close() {
    if (file_ >= 0) ::close(file_);
    file_ = -1;
  }
  void sync_folder() const {  // makes the new name last; some file systems cannot, which does no harm
    const std::string folder = std::filesystem::path(path_).parent_path().string();
    const int handle = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC);
    if (handle < 0) return;
    ::fsync(handle);
    ::close(handle);
  }

  int file_ = -1;
#else
  void write(std::span<const std::byte> bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) refuse();
  }

 private:
  void open() {
    static std::atomic<unsigned> counter{0};
    temporary_ = path_ + "." + std::to_string(counter++) + ".tmp";
    file_ = std::fopen(temporary_.c_str(), "wb");
    if (!file_) refuse();
  }
  void sync() {
    if (std::fflush(file_) != 0) refuse();
  }
  void close() {
    if (file_) std::fclose(file_);
    file_ = nullptr;
  }
  void sync_folder() const {}

  std::FILE* file_ = nullptr;
#endif

  void follow_links() {
    namespace fs = std::filesystem;
    std::error_code error;
    for (int links = 0; fs::is_symlink(fs::symlink_status(path_, error)); ++links) {
      if (links == 40) fail("cannot write '", path_, "': too many links, one to the other");
      path_ = (fs::path(path_).parent_path() / fs::read_symlink(path_, error)).string();
    }
    const auto type = fs::status(path_, error).type();
    if (fs::exists(fs::file_status(type)) && type != fs::file_type::regular) {
      fail("cannot write '", path_, "': it is ",
           type == fs::file_type::directory ? "a folder" : "no regular file");
    }
  }

  [[noreturn]] void refuse() const { fail("cannot write '", path_, "': ", std::strerror(errno)); }

  std::string path_, temporary_;
  bool committed_ = false;
};

/// Removes the temporary files of `path` that processes have left which are there no more.
inline void remove_stale_files([[maybe_unused]] const std::string& path) {
#ifdef TANUKI_POSIX_FILES
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(path).parent_path();
  const std::string start = fs::path(path).filename().string() + ".";
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder.empty() ? "." : folder, ignored)) {
    const std::string name = entry.path().filename().string();
    int process = 0, counter = 0, length = 0;
    if (name.compare(0, start.size(), start) != 0 ||
        std::sscanf(name.c_str() + start.size(), "%d.%d.tmp%n", &process, &counter, &length) != 2 ||
        start.size() + std::size_t(length) != name.size())
      continue;
    if (process > 0 && ::kill(process, 0) != 0 && errno == ESRCH) fs::remove(entry.path(), ignored);
  }
#endif
}

}  // namespace tanuki
