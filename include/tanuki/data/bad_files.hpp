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

/// Told of each bad file once, by one thread at a time. What it throws ends the pass that met the file. It may ask for bad_files(),
/// among which that file is, but must not read the data.
using BadFileReporter = std::function<void(const BadFile&)>;

class BadFiles {
 public:
  explicit BadFiles(BadFileReporter reporter = nullptr) : reporter_(std::move(reporter)) {
    if (!reporter_) reporter_ = [](const BadFile& file) { std::cerr << "skipped: " << file.reason << '\n'; };
  }

  /// Reports a new one, after it was noted down, together with `noted()`.
  template <class Noted>
  void add(const BadFile& file, const Noted& noted) {
    {
      std::lock_guard lock(mutex_);
      if (!files_.emplace(file.path, file).second) return;
      noted();
    }
    std::lock_guard lock(reporting_);
    reporter_(file);
  }
  void add(const BadFile& file) {
    add(file, [] {});
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
  std::mutex reporting_;  ///< apart from the other, which a reporter may need
  mutable std::mutex mutex_;
  std::map<std::string, BadFile> files_;
};

}  // namespace tanuki
