#pragma once

// The bytes of a file in which other bytes say where to look: nothing outside of it is ever looked at. Numbers are little-endian, as in
// zip and HDF5, and of whatever alignment.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace tanuki {

class FileBytes {
 public:
  explicit FileBytes(std::span<const std::byte> bytes) : bytes_(bytes) {}

  /// False where the part is not inside the file.
  bool has(std::uint64_t place, std::uint64_t size) const {
    return place <= bytes_.size() && size <= bytes_.size() - place;
  }
  std::uint64_t size() const { return bytes_.size(); }

  /// These are for parts that it has.
  template <class T>
  T number(std::uint64_t place) const {
    T value;
    std::memcpy(&value, bytes_.data() + place, sizeof value);
    return value;
  }
  std::string_view text(std::uint64_t place, std::uint64_t size) const {
    return {reinterpret_cast<const char*>(bytes_.data()) + place, std::size_t(size)};
  }
  std::span<const std::byte> part(std::uint64_t place, std::uint64_t size) const {
    return bytes_.subspan(std::size_t(place), std::size_t(size));
  }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace tanuki
