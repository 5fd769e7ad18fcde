#pragma once

// The largest object in the global heaps of an HDF5 file, where the texts of variable length lie. HDF5 unpacks a list of them
// at once, and nothing keeps a damaged file from naming one long text a thousand times. Source: HDF5 File Format
// Specification 3.0, III.E.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace tanuki {

/// In bytes; at most the size of the file.
inline std::uint64_t largest_heap_object(std::span<const std::byte> file) {
  constexpr std::size_t header =
      16;  // of a heap: "GCOL", version, 3 unused bytes, size; of an object: index, uses, 4 unused, size
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  const auto number = [&](std::size_t place) {
    std::uint64_t value;
    std::memcpy(&value, file.data() + place, sizeof value);
    return value;
  };
  std::uint64_t largest = 0;
  for (std::size_t heap = text.find("GCOL"); heap != text.npos; heap = text.find("GCOL", heap + 4)) {
    if (file.size() - heap < header) break;
    const std::uint64_t end = heap + std::min<std::uint64_t>(number(heap + 8), file.size() - heap);
    for (std::uint64_t place = heap + header; place + header <= end;) {
      const bool free = file[place] == std::byte(0) && file[place + 1] == std::byte(0);
      const std::uint64_t size = number(place + 8);
      if (free || size > end - place) break;  // what is free comes last
      largest = std::max(largest, size);
      place += header + (size + 7) / 8 * 8;
    }
  }
  return largest;
}

}  // namespace tanuki
