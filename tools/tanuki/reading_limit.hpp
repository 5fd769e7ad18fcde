#pragma once

// A library may never come back from a damaged file.

#include <algorithm>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/resource.h>
#endif

namespace tool {

/// While it lives, this process may compute two minutes more (a gigabyte takes some five seconds); then SIGXCPU ends it.
class ReadingLimit {
#if defined(__unix__) || defined(__APPLE__)
 public:
  ReadingLimit() {
    rusage used{};
    getrlimit(RLIMIT_CPU, &before_);
    getrusage(RUSAGE_SELF, &used);
    rlimit limit = before_;
    limit.rlim_cur = std::min(before_.rlim_max, rlim_t(used.ru_utime.tv_sec + used.ru_stime.tv_sec + 120));
    setrlimit(RLIMIT_CPU, &limit);
  }
  ReadingLimit(const ReadingLimit&) = delete;
  ReadingLimit& operator=(const ReadingLimit&) = delete;
  ~ReadingLimit() { setrlimit(RLIMIT_CPU, &before_); }

 private:
  rlimit before_{};
#endif
};

}  // namespace tool
