#pragma once

// The file that HDF5 is read from, for whoever reads it: its name in messages, and its pages.

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "tanuki/core/error.hpp"
#include "tanuki/core/mapped_file.hpp"

namespace tanuki {

class Hdf5Source {
 public:
  Hdf5Source(std::string name, std::shared_ptr<const MappedFile> mapped)
      : name_(std::move(name)), mapped_(std::move(mapped)) {}

  const std::string& name() const { return name_; }
  const std::shared_ptr<const MappedFile>& mapped() const { return mapped_; }

  template <class... Parts>
  [[noreturn]] void refuse(const std::string& path, const Parts&... parts) const {
    fail("[hdf5] '", name_, path.empty() ? "" : "' at '", path, "': ", parts...);
  }

  /// So many bytes of numbers were read. What says where they lie is between them, and the system maps the pages around it
  /// too: now and then they are given back.
  void was_read(std::size_t bytes) const {
    read_ += bytes;
    if (mapped_ && std::exchange(read_, read_ % release_after) >= release_after) mapped_->release();
  }

 private:
  static constexpr std::size_t release_after = std::size_t{4} << 20;

  std::string name_;
  std::shared_ptr<const MappedFile> mapped_;
  mutable std::size_t read_ = 0;  ///< since pages were given back
};

}  // namespace tanuki
