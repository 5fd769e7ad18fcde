#pragma once

// One process at a time has what is at a path: by a lock on PATH.lock, which the system lifts when the process ends, however it
// ends. Who asks again in the same process is not kept out, and the first of both to end lifts it. Where there is no POSIX, or
// the file system has no locks, nobody is.

#include <cerrno>
#include <string>

#include "tanuki/core/error.hpp"
#include "tanuki/core/platform.hpp"

#ifdef TANUKI_POSIX_FILES
#include <sys/stat.h>
#endif

namespace tanuki {

class FileLock {
 public:
  /// Throws Error, with the path and the process, where another process has it.
  explicit FileLock(const std::string& path) : name_(path + ".lock") {
#ifdef TANUKI_POSIX_FILES
    // Who had it removes the name: then it is locked anew under the name that others see.
    for (int attempts = 0; attempts < 100 && !holds_name(); ++attempts) {
      close();
      file_ = ::open(name_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
      if (file_ < 0) return;
      struct flock lock {};
      lock.l_type = F_WRLCK, lock.l_whence = SEEK_SET;
      if (::fcntl(file_, F_SETLK, &lock) == 0) continue;
      const bool taken = errno == EACCES || errno == EAGAIN;
      if (taken && ::fcntl(file_, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK) {
        close();
        fail("'", path, "' is in use by another program (process ", lock.l_pid,
             "): give each a file of its own");
      }
      close();
      if (!taken) return;
    }
#endif
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock() {
#ifdef TANUKI_POSIX_FILES
    if (file_ >= 0 && maker_ == ::getpid()) ::unlink(name_.c_str());
    close();
#endif
  }

 private:
  std::string name_;
#ifdef TANUKI_POSIX_FILES
  bool holds_name() const {
    struct stat mine {
    }, there{};
    return file_ >= 0 && ::fstat(file_, &mine) == 0 && ::stat(name_.c_str(), &there) == 0 &&
           mine.st_ino == there.st_ino && mine.st_dev == there.st_dev;
  }
  void close() {
    if (file_ >= 0) ::close(file_);
    file_ = -1;
  }

  int file_ = -1;
  pid_t maker_ = ::getpid();
#endif
};

}  // namespace tanuki
