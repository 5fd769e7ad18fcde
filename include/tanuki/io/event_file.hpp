#pragma once

// A file that TensorBoard reads, events.out.tfevents.SECONDS.HOST.PROCESS.NUMBER.v2: records, each its length (eight bytes,
// little-endian), the length's checksum, an Event message, and its checksum. (tensorflow/core/lib/io/record_writer.h,
// tensorboard/compat/proto/event.proto)

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "tanuki/core/error.hpp"
#include "tanuki/core/platform.hpp"
#include "tanuki/io/crc32c.hpp"
#include "tanuki/io/summary.hpp"

namespace tanuki {

/// A new file in a folder, which is made. Throws Error where it cannot be written.
class EventFile {
 public:
  explicit EventFile(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) fail("[event_file] the folder '", folder.string(), "' cannot be made: ", error.message());
    path_ = folder / new_name();
    file_.open(path_, std::ios::binary);
    write(event().add_bytes(3, "brain.Event:2"));
    flush();
  }

  const std::filesystem::path& path() const { return path_; }

  /// One of io/summary.hpp.
  void write(const ProtobufMessage& summary, Index step) {
    write(event().add_int(2, step).add_message(5, ProtobufMessage().add_message(1, summary)));
  }

  /// What was written can be read from now on.
  void flush() {
    if (!file_.flush()) fail("[event_file] cannot write '", path_.string(), "': ", std::strerror(errno));
  }

 private:
  static double seconds() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  }

  static std::string new_name() {
    static std::atomic<unsigned> counter{0};
    std::string host = "localhost", process = "0";
#ifdef TANUKI_POSIX_FILES
    char name[256] = {};
    if (::gethostname(name, sizeof name - 1) == 0 && name[0]) host = name;
    process = std::to_string(::getpid());
#endif
    return "events.out.tfevents." + std::to_string(std::int64_t(seconds())) + "." + host + "." + process +
           "." + std::to_string(counter++) + ".v2";
  }

  static ProtobufMessage event() { return ProtobufMessage().add_double(1, seconds()); }

  template <class N>
  static std::string_view bytes_of(const N& number) {
    return {reinterpret_cast<const char*>(&number), sizeof number};
  }

  void write(const ProtobufMessage& event) {
    const std::uint64_t size = event.bytes().size();
    const std::uint32_t size_sum = masked_crc32c(bytes_of(size)), sum = masked_crc32c(event.bytes());
    file_ << bytes_of(size) << bytes_of(size_sum) << event.bytes() << bytes_of(sum);
  }

  std::filesystem::path path_;
  std::ofstream file_;
};

}  // namespace tanuki
