#pragma once

// Writing a zip as Keras does: its members are stored, not packed. Throws Error with the file's name.

#include <zip.h>

#include <string>
#include <utility>

#include "tanuki/core/error.hpp"

namespace tanuki {

/// A zip under way; what is not closed leaves no file. `name` is what messages call it.
class ZipWriter {
 public:
  ZipWriter(const std::string& path, std::string name) : name_(std::move(name)) {
    int code = 0;
    zip_ = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
    if (!zip_) fail("[keras] '", name_, "' cannot be written");
  }
  ~ZipWriter() {
    if (zip_) zip_discard(zip_);
  }
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  /// `text` must outlive close().
  void add(const char* member, const std::string& text) {
    add(member, zip_source_buffer(zip_, text.data(), text.size(), 0));
  }
  void add_file(const char* member, const std::string& file) {
    add(member, zip_source_file(zip_, file.c_str(), 0, -1));
  }
  void close() {
    if (zip_close(zip_) != 0) refuse();
    zip_ = nullptr;
  }

 private:
  /// Stored, not packed, as Keras does.
  void add(const char* member, zip_source_t* source) {
    const zip_int64_t index = source ? zip_file_add(zip_, member, source, ZIP_FL_OVERWRITE) : -1;
    if (index < 0 && source) zip_source_free(source);
    if (index < 0 || zip_set_file_compression(zip_, zip_uint64_t(index), ZIP_CM_STORE, 0) != 0) refuse();
  }
  [[noreturn]] void refuse() { fail("[keras] '", name_, "' cannot be written: ", zip_strerror(zip_)); }

  std::string name_;
  zip_t* zip_ = nullptr;
};

}  // namespace tanuki
