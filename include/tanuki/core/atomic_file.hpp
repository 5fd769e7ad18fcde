#pragma once

// Writing a file so that its name always leads to a whole one: into a temporary file in the same folder,
// synced, then renamed. What stood under the name stays until commit(), and for good where that is not
// reached. A link is followed; what is there and is no regular file (a folder, a device) is refused. A process
// that is killed leaves its temporary file, NAME.MACHINE.PROCESS.NUMBER.tmp, where MACHINE is 8 digits made of the host's name and
// a NAME too long for more behind it gives 16 digits; remove_stale_files() removes it. Throws Error with the path.

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "tanuki/core/error.hpp"
#include "tanuki/core/platform.hpp"
#include "tanuki/core/random.hpp"

#ifdef TANUKI_POSIX_FILES
#include <csignal>
#endif

namespace tanuki {

namespace detail {

inline std::string where_links_lead(std::string path) {
  namespace fs = std::filesystem;
  std::error_code error;
  for (int links = 0; fs::is_symlink(fs::symlink_status(path, error)); ++links) {
    if (links == 40) fail("cannot write '", path, "': too many links, one to the other");
    path = (fs::path(path).parent_path() / fs::read_symlink(path, error)).string();
  }
  return path;
}

inline std::string hexadecimal(std::uint64_t number, int digits) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(number));
  return text + 16 - digits;
}

/// What the names of all temporary files of `path` begin with; "NAME.". Names have at most 255 bytes.
inline std::string temporary_start(const std::string& path) {
  const std::filesystem::path whole(path);
  const std::string name = whole.filename().string();
  if (name.size() <= 200) return path + ".";
  return (whole.parent_path() / (hexadecimal(hash(name), 16) + ".")).string();
}

/// "MACHINE.PROCESS.", or nothing where there is no POSIX.
inline std::string this_process() {
#ifdef TANUKI_POSIX_FILES
  char name[256] = {};
  ::gethostname(name, sizeof name - 1);
  return hexadecimal(hash(name), 8) + "." + std::to_string(::getpid()) + ".";
#else
  return {};
#endif
}

}  // namespace detail

class AtomicFile {
 public:
  explicit AtomicFile(std::string path) : path_(std::move(path)) {
    follow_links();
    static std::atomic<unsigned> counter{0};
    temporary_ = detail::temporary_start(path_) + detail::this_process() + std::to_string(counter++) + ".tmp";
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

  /// For what a library will write: throws Error where the disk has less room than so many bytes. HDF5's, where it finds that
  /// out by itself, leaves the process to crash as it ends.
  void expect(std::uint64_t bytes) const {
    std::error_code error;
    const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
    const auto space = std::filesystem::space(folder.empty() ? "." : folder, error);
#ifdef TANUKI_POSIX_FILES
    const auto free = ::geteuid() == 0 ? space.free : space.available;  // some is kept for root
#else
    const auto free = space.available;
#endif
    if (error || space.capacity == 0 || free >= bytes) return;
    fail("cannot write '", path_, "': ", std::strerror(ENOSPC), ": some ", bytes,
         " bytes are to be written, ", free, " are free");
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
    path_ = detail::where_links_lead(path_);
    std::error_code error;
    const auto type = std::filesystem::status(path_, error).type();
    if (std::filesystem::exists(std::filesystem::file_status(type)) &&
        type != std::filesystem::file_type::regular) {
      fail("cannot write '", path_, "': it is ",
           type == std::filesystem::file_type::directory ? "a folder" : "no regular file");
    }
  }

  [[noreturn]] void refuse() const { fail("cannot write '", path_, "': ", std::strerror(errno)); }

  std::string path_, temporary_;
  bool committed_ = false;
};

/// Removes the temporary files of `path` that processes of this machine have left which are there no more.
inline void remove_stale_files([[maybe_unused]] const std::string& path) {
#ifdef TANUKI_POSIX_FILES
  namespace fs = std::filesystem;
  const fs::path all = detail::temporary_start(detail::where_links_lead(path));
  const fs::path folder = all.parent_path();
  const std::string mine = detail::this_process(), machine = mine.substr(0, mine.find('.') + 1);
  const std::string start = all.filename().string() + machine;
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
