#pragma once

// The files of a set that could not be read: counted, and each named once, however many passes meet it.

#include <functional>
#include <iostream>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace tanuki {

struct BadFile {
  std::string path;
  std::string reason;
};

/// Told of each bad file once, by one thread at a time. What it throws ends the pass that met the file.
using BadFileReporter = std::function<void(const BadFile&)>;

class BadFiles {
 public:
  explicit BadFiles(BadFileReporter reporter = nullptr) : reporter_(std::move(reporter)) {
    if (!reporter_) reporter_ = [](const BadFile& file) { std::cerr << "skipped: " << file.reason << '\n'; };
  }

  /// True where the file is a new one.
  bool add(const BadFile& file) {
    std::lock_guard lock(mutex_);
    const bool added = reasons_.emplace(file.path, file.reason).second;
    if (added) reporter_(file);
    return added;
  }

  bool contains(const std::string& path) const {
    std::lock_guard lock(mutex_);
    return reasons_.contains(path);
  }

  /// Why that file is bad; "" where it is not.
  std::string reason(const std::string& path) const {
    std::lock_guard lock(mutex_);
    const auto found = reasons_.find(path);
    return found == reasons_.end() ? "" : found->second;
  }

  std::size_t count() const {
    std::lock_guard lock(mutex_);
    return reasons_.size();
  }

  /// Sorted by path.
  std::vector<BadFile> list() const {
    std::lock_guard lock(mutex_);
    std::vector<BadFile> files;
    for (const auto& [path, reason] : reasons_) files.push_back({path, reason});
    return files;
  }

 private:
  BadFileReporter reporter_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> reasons_;
};

}  // namespace tanuki
