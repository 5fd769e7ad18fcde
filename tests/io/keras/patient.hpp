#pragma once

// A .keras file of the goldens in its parts, and what becomes of its variants when they are loaded.

#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <string>

#include "tanuki/backend/eigen/backend.hpp"
#include "tanuki/io/keras/load.hpp"
#include "tests/io/keras/h5_writer.hpp"
#include "tests/io/scratch_folder.hpp"

namespace tanuki::test {

/// While it lives, the process gets no more than `room` bytes besides those that it has.
class MemoryLimit {
 public:
  static constexpr std::size_t room = std::size_t{512} << 20;

  MemoryLimit() {
    std::ifstream file("/proc/self/statm");
    std::size_t pages = 0;
    if (!(file >> pages) || ::getrlimit(RLIMIT_AS, &before_) != 0) return;
    rlimit limit = before_;
    limit.rlim_cur = pages * std::size_t(::sysconf(_SC_PAGESIZE)) + room;
    limited_ = ::setrlimit(RLIMIT_AS, &limit) == 0;
  }
  ~MemoryLimit() {
    if (limited_) ::setrlimit(RLIMIT_AS, &before_);
  }
  MemoryLimit(const MemoryLimit&) = delete;
  MemoryLimit& operator=(const MemoryLimit&) = delete;

 private:
  rlimit before_{};
  bool limited_ = false;
};

/// A model of the goldens, taken apart, and what became of its variants.
class Patient {
 public:
  explicit Patient(const std::string& name) : path(folder / "damaged.keras") {
    const std::string original = TANUKI_GOLDENS "/models/" + name + ".keras";
    whole = read_bytes(original);
    const KerasArchive archive(original);
    config = archive.config();
    const auto member = archive.weights();
    weights.assign(reinterpret_cast<const char*>(member.data()), member.size());
  }

  /// The same model with another config and other weights.
  void attempt(const keras::Json& changed_config, const std::string& changed_weights,
               const std::string& what) {
    write_zip(path, {{"metadata.json", "{}"},
                     {"config.json", changed_config.dump()},
                     {"model.weights.h5", changed_weights}});
    load(what);
  }
  void attempt(const keras::Json& changed, const std::string& what) { attempt(changed, weights, what); }
  void attempt_file(const std::string& bytes, const std::string& what) {
    write_bytes(path, bytes);
    load(what);
  }

  /// Loads what lies at `path`.
  void load(const std::string& what) {
    INFO(what);
    error.clear();
    const MemoryLimit limit;
    try {
      load_keras(path);
      ++loaded;
    } catch (const Error& caught) {
      error = caught.what();
      ++refused;
      CHECK_THAT(error, Catch::Contains(path));
      CHECK_THAT(error, !Catch::Contains("no room for"));  // it asked for more than the limit
    } catch (const std::exception& other) {
      FAIL_CHECK("not an Error: " << other.what());
    }
  }

  ScratchFolder folder;
  std::string path, whole, weights, error;
  keras::Json config;
  int loaded = 0, refused = 0;
};

}  // namespace tanuki::test
