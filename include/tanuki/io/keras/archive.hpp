#pragma once

// A .keras file: a zip with metadata.json (who wrote it), config.json (the model's graph) and
// model.weights.h5. Source: keras/src/saving/saving_lib.py. Sizes are checked before memory is taken. Throws
// Error with the path.

#include <zip.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tanuki/core/error.hpp"
#include "tanuki/core/shape.hpp"

namespace tanuki {

class KerasArchive {
 public:
  using Json = nlohmann::json;

  explicit KerasArchive(std::string path) : path_(std::move(path)) {
    int code = 0;
    zip_.reset(zip_open(path_.c_str(), ZIP_RDONLY, &code));
    if (!zip_) {
      zip_error_t error;
      zip_error_init_with_code(&error, code);
      const std::string reason = zip_error_strerror(&error);
      zip_error_fini(&error);
      const bool no_zip = code == ZIP_ER_NOZIP || code == ZIP_ER_INCONS;
      fail("cannot open '", path_, "' as a .keras file: ", reason,
           no_zip ? ": it is cut short, or damaged" : "");
    }
  }

  const std::string& path() const { return path_; }

  bool has(const std::string& member) const { return zip_name_locate(zip_.get(), member.c_str(), 0) >= 0; }

  Json metadata() const { return json("metadata.json"); }
  Json config() const { return json("config.json"); }

  /// The bytes of model.weights.h5.
  std::vector<std::byte> weights() const {
    if (!has("model.weights.h5")) {
      const char* other = has("model.weights.npz")    ? "its weights are in .npz form"
                          : has("model.weights.json") ? "its weights are split over several files"
                                                      : "there are no weights in it";
      refuse(other, ", expected model.weights.h5");
    }
    return read("model.weights.h5");
  }

 private:
  static constexpr zip_uint64_t best_compression = 1100;  // deflate reaches 1032
  static constexpr std::size_t largest_json = 200'000'000;
  static constexpr int deepest_json = 200;

  template <class... Parts>
  [[noreturn]] void refuse(const Parts&... parts) const {
    fail("[keras] '", path_, "': ", parts...);
  }

  Json json(const std::string& member) const {
    const std::vector<std::byte> bytes = read(member);
    if (bytes.size() > largest_json) refuse(member, " has ", bytes.size(), " bytes, at most ", largest_json);
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

  std::vector<std::byte> read(const std::string& member) const {
    zip_stat_t status;
    zip_stat_init(&status);
    if (zip_stat(zip_.get(), member.c_str(), 0, &status) != 0) refuse("there is no ", member, " in it");
    if (!(status.valid & ZIP_STAT_SIZE) || !(status.valid & ZIP_STAT_COMP_SIZE))
      refuse(member, " has no size");
    if (status.size / best_compression > status.comp_size) {
      refuse(member, " claims ", status.size, " bytes, packed into ", status.comp_size);
    }
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(zip_fopen(zip_.get(), member.c_str(), 0),
                                                                 zip_fclose);
    if (!file) refuse("cannot read ", member, ": ", zip_strerror(zip_.get()));
    std::vector<std::byte> bytes;
    constexpr std::size_t step = std::size_t{64} << 20;  // grown with what is really there
    zip_int64_t got = 1;
    while (got > 0) {
      const std::size_t size = bytes.size();
      bytes.resize(
          std::min(size + step, std::size_t(status.size) + 1));  // one more, to see the end and its CRC
      got = zip_fread(file.get(), bytes.data() + size, bytes.size() - size);
      if (got < 0) refuse(member, " is damaged: ", zip_file_strerror(file.get()));
      bytes.resize(size + std::size_t(got));
      if (bytes.size() > status.size)
        refuse(member, " is longer than the ", status.size, " bytes that it claims");
    }
    if (bytes.size() != status.size) refuse(member, " has ", bytes.size(), " bytes, it claims ", status.size);
    return bytes;
  }

  struct Close {
    void operator()(zip_t* zip) const { zip_discard(zip); }
  };

  std::string path_;
  std::unique_ptr<zip_t, Close> zip_;
};

}  // namespace tanuki
