#pragma once

// Writing a protocol buffer's message, field by field. (https://protobuf.dev/programming-guides/encoding)

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace tanuki {

/// Numbers lie as the machine has them: little-endian, as in Tensor's files.
class ProtobufMessage {
 public:
  ProtobufMessage& add_int(int field, std::int64_t value) {
    put(std::uint64_t(field) << 3);
    put(std::uint64_t(value));
    return *this;
  }
  ProtobufMessage& add_double(int field, double value) {
    put(std::uint64_t(field) << 3 | 1);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  /// A text, bytes, or packed numbers.
  ProtobufMessage& add_bytes(int field, std::string_view value) {
    put(std::uint64_t(field) << 3 | 2);
    put(value.size());
    bytes_ += value;
    return *this;
  }
  ProtobufMessage& add_message(int field, const ProtobufMessage& value) {
    return add_bytes(field, value.bytes_);
  }

  const std::string& bytes() const { return bytes_; }

 private:
  /// Seven bits a byte, the lowest first.
  void put(std::uint64_t number) {
    for (; number >= 128; number >>= 7) bytes_ += char(number | 128);
    bytes_ += char(number);
  }

  std::string bytes_;
};

}  // namespace tanuki
