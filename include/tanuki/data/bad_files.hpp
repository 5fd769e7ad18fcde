#pragma once

// The files of a set that could not be read: counted, and each named once, however many passes meet it.

#include <functional>
#include <iostream>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace tanuki {

struct BadFile {
  std::string path;
  std::string reason;
  bool unreadable =
      false;  ///< it could not be opened or read, which it may be another time; else its content is bad
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
    const bool added = files_.emplace(file.path, file).second;
    if (added) reporter_(file);
    return added;
  }

  bool contains(const std::string& path) const {
    std::lock_guard lock(mutex_);
    return files_.contains(path);
  }

  /// Nothing where that file is not bad, as far as is known.
  std::optional<BadFile> find(const std::string& path) const {
    std::lock_guard lock(mutex_);
    const auto found = files_.find(path);
    return found == files_.end() ? std::nullopt : std::optional(found->second);
  }

  std::size_t count() const {
    std::lock_guard lock(mutex_);
    return files_.size();
  }

  /// Sorted by path.
  std::vector<BadFile> list() const {
    std::lock_guard lock(mutex_);
    std::vector<BadFile> files;
    for (const auto& [path, file] : files_) files.push_back(file);
    return files;
  }

 private:
  BadFileReporter reporter_;
  mutable std::mutex mutex_;
  std::map<std::string, BadFile> files_;
};

}  // namespace tanuki
