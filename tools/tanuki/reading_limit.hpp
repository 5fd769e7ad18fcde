#pragma once

// A library may never come back from a damaged file.

#include <algorithm>
#include <filesystem>
#include <string>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/resource.h>
#endif

namespace tool {

/// What a process may compute while it reads a file: 20 s, and 20 more a gigabyte, of which each takes some five.
inline long reading_seconds(const std::string& file) {
  std::error_code unknown;
  const auto bytes = std::filesystem::file_size(file, unknown);
  return 20 + (unknown ? 0 : 20 * long(bytes >> 30));
}

/// While it lives, this process may compute reading_seconds(file) more; then SIGXCPU ends it.
class ReadingLimit {
#if defined(__unix__) || defined(__APPLE__)
 public:
  explicit ReadingLimit(const std::string& file) {
    rusage used{};
    getrlimit(RLIMIT_CPU, &before_);
    getrusage(RUSAGE_SELF, &used);
    rlimit limit = before_;
    limit.rlim_cur = std::min(before_.rlim_max,
                              rlim_t(used.ru_utime.tv_sec + used.ru_stime.tv_sec + reading_seconds(file)));
    setrlimit(RLIMIT_CPU, &limit);
  }
  ReadingLimit(const ReadingLimit&) = delete;
  ReadingLimit& operator=(const ReadingLimit&) = delete;
  ~ReadingLimit() { setrlimit(RLIMIT_CPU, &before_); }

 private:
  rlimit before_{};
#else
 public:
  explicit ReadingLimit(const std::string&) {}
#endif
};

}  // namespace tool
