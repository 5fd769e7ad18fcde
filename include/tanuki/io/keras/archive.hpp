#pragma once

// A .keras file: a zip with metadata.json (who wrote it), config.json (the model's graph) and
// model.weights.h5. Source: keras/src/saving/saving_lib.py. The file is mapped, and what is not packed in it, as Keras
// writes the weights, is read where it lies. Sizes are checked before memory is taken. Throws Error with the path.

#if !__has_include(<zip.h>)
#error "tanuki/keras.hpp needs libzip (Debian: libzip-dev); link tanuki::keras of CMake"
#endif
#include <zip.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tanuki/core/crc32.hpp"
#include "tanuki/core/error.hpp"
#include "tanuki/core/mapped_file.hpp"
#include "tanuki/core/shape.hpp"
#include "tanuki/io/keras/stored_member.hpp"

namespace tanuki {

/// A member's bytes: where they lie in the mapped file if they are stored as they are, else unpacked.
class ZipMember {
 public:
  explicit ZipMember(std::vector<std::byte> unpacked) : unpacked_(std::move(unpacked)), bytes_(unpacked_) {}
  ZipMember(std::shared_ptr<const MappedFile> file, std::span<const std::byte> bytes)
      : file_(std::move(file)), bytes_(bytes) {}
  ZipMember(ZipMember&&) = default;  // a moved vector's bytes stay where they are

  std::size_t size() const { return bytes_.size(); }
  const std::byte* data() const { return bytes_.data(); }
  bool in_place() const { return file_ != nullptr; }
  std::shared_ptr<const MappedFile> mapped() const { return file_; }  ///< null where it was unpacked
  operator std::span<const std::byte>() const { return bytes_; }

 private:
  std::shared_ptr<const MappedFile> file_;
  std::vector<std::byte> unpacked_;
  std::span<const std::byte> bytes_;
};

class KerasArchive {
 public:
  using Json = nlohmann::json;

  explicit KerasArchive(const std::string& path) : KerasArchive(std::make_shared<const MappedFile>(path)) {}
  /// Another on a file that is open already: for another thread, as libzip knows but one at a time.
  explicit KerasArchive(std::shared_ptr<const MappedFile> file)
      : path_(file->path()), file_(std::move(file)), zip_(open()) {}

  const std::string& path() const { return path_; }
  std::shared_ptr<const MappedFile> file() const { return file_; }

  bool has(const std::string& member) const { return zip_name_locate(zip_.get(), member.c_str(), 0) >= 0; }

  Json metadata() const { return json("metadata.json"); }
  Json config() const { return json("config.json"); }

  /// The size of model.weights.h5 where it lies in the file as it is; 0 where it must be unpacked first, or is not there.
  std::size_t stored_weights() const { return find_stored(file_->bytes(), "model.weights.h5").size(); }

  /// The bytes of model.weights.h5, checked against their checksum.
  ZipMember weights() const {
    if (!has("model.weights.h5")) {
      const char* other = has("model.weights.npz")    ? "its weights are in .npz form"
                          : has("model.weights.json") ? "its weights are split over several files"
                                                      : "there are no weights in it";
      refuse(other, ", expected model.weights.h5");
    }
    ZipMember weights = read("model.weights.h5");
    if (weights.size() == 0) refuse("its model.weights.h5 is empty");
    return weights;
  }

 private:
  static constexpr zip_uint64_t best_compression = 1100;  // deflate reaches 1032
  static constexpr zip_uint64_t largest_json = 200'000'000;
  static constexpr int deepest_json = 200;

  template <class... Parts>
  [[noreturn]] void refuse(const Parts&... parts) const {
    fail("[keras] '", path_, "': ", parts...);
  }

  Json json(const std::string& member) const {
    const ZipMember bytes = read(member, largest_json);
    const auto check = [&](int depth, Json::parse_event_t, Json&) {
      if (depth > deepest_json) refuse(member, " is nested too deeply");
      return true;
    };
    try {
      const char* text = reinterpret_cast<const char*>(bytes.data());
      Json value = Json::parse(text, text + bytes.size(), check);
      if (!value.is_object()) refuse(member, " is no JSON object");
      return value;
    } catch (const Json::exception& error) {
      refuse(member, " is no valid JSON: ", error.what());
    }
  }

  /// In place where the member is stored as it is. `largest`: in bytes, unpacked.
  ZipMember read(const std::string& member,
                 zip_uint64_t largest = std::numeric_limits<zip_uint64_t>::max()) const {
    zip_stat_t status;
    zip_stat_init(&status);
    if (zip_stat(zip_.get(), member.c_str(), 0, &status) != 0) refuse("there is no ", member, " in it");
    if (!(status.valid & ZIP_STAT_SIZE) || !(status.valid & ZIP_STAT_COMP_SIZE))
      refuse(member, " has no size");
    if (status.size > largest) refuse(member, " has ", status.size, " bytes, expected at most ", largest);
    if (status.size / best_compression > status.comp_size) {
      refuse(member, " claims ", status.size, " bytes, packed into ", status.comp_size);
    }
    if (status.comp_method == ZIP_CM_STORE) {
      const auto bytes = find_stored(file_->bytes(), member);
      if (bytes.size() == status.size && bytes.size() == status.comp_size && !bytes.empty()) {
        std::uint32_t crc = 0;
        use_in_parts(bytes, file_.get(), [&](std::span<const std::byte> part) { crc = crc32(part, crc); });
        if (crc != status.crc) refuse(member, " is damaged: its checksum is another");
        return {file_, bytes};
      }
    }
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> stream(zip_fopen(zip_.get(), member.c_str(), 0),
                                                                   zip_fclose);
    if (!stream) refuse("cannot read ", member, ": ", zip_strerror(zip_.get()));
    std::vector<std::byte> bytes;
    constexpr std::size_t step = std::size_t{64} << 20;  // grown with what is really there
    zip_int64_t got = 1;
    while (got > 0) {
      const std::size_t size = bytes.size();
      bytes.resize(
          std::min(size + step, std::size_t(status.size) + 1));  // one more, to see the end and its CRC
      got = zip_fread(stream.get(), bytes.data() + size, bytes.size() - size);
      if (got < 0) refuse(member, " is damaged: ", zip_file_strerror(stream.get()));
      bytes.resize(size + std::size_t(got));
      if (bytes.size() > status.size)
        refuse(member, " is longer than the ", status.size, " bytes that it claims");
    }
    if (bytes.size() != status.size) refuse(member, " has ", bytes.size(), " bytes, it claims ", status.size);
    return ZipMember(std::move(bytes));
  }

  zip_t* open() const {
    zip_error_t error;
    zip_error_init(&error);
    const auto bytes = file_->bytes();
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    zip_t* zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : nullptr;
    const std::string reason = zip_error_strerror(&error);
    const int code = zip_error_code_zip(&error);
    zip_error_fini(&error);
    if (zip) return zip;
    if (source) zip_source_free(source);
    const bool no_zip = code == ZIP_ER_NOZIP || code == ZIP_ER_INCONS;
    fail("cannot open '", path_, "' as a .keras file: ", reason,
         no_zip ? ": it is cut short, or damaged" : "");
  }

  struct Close {
    void operator()(zip_t* zip) const { zip_discard(zip); }
  };

  std::string path_;
  std::shared_ptr<const MappedFile> file_;
  std::unique_ptr<zip_t, Close> zip_;
};

}  // namespace tanuki
