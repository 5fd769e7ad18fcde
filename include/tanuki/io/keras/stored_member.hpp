#pragma once

// Where the bytes of a zip's member lie that is stored unpacked, which libzip does not tell. The caller compares size
// and checksum with what libzip says of the member. Source: PKWARE's APPNOTE.TXT 6.3, 4.3.7, 4.3.12 and 4.3.16.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "tanuki/io/keras/file_bytes.hpp"

namespace tanuki {

/// Empty where there is no such member, it is packed, or it is of the 64-bit form.
inline std::span<const std::byte> find_stored(std::span<const std::byte> file, std::string_view member) {
  const FileBytes zip(file);
  const auto has_mark = [&](std::uint64_t place, std::uint64_t size, std::uint32_t mark) {
    return zip.has(place, size) && zip.number<std::uint32_t>(place) == mark;
  };
  constexpr std::uint64_t end_size = 22, entry_size = 46, local_size = 30, longest_comment = 65535;
  if (file.size() < end_size) return {};
  std::uint64_t end = file.size() - end_size;
  const std::uint64_t first = end - std::min(end, longest_comment);
  while (!has_mark(end, end_size, 0x0605'4B50)) {
    if (end == first) return {};
    --end;
  }
  const int entries = zip.number<std::uint16_t>(end + 10);
  std::uint64_t place = zip.number<std::uint32_t>(end + 16);
  for (int i = 0; i < entries && has_mark(place, entry_size, 0x0201'4B50); ++i) {
    const std::uint64_t size = zip.number<std::uint32_t>(place + 24),
                        name = zip.number<std::uint16_t>(place + 28);
    const bool stored =
        zip.number<std::uint16_t>(place + 10) == 0 && zip.number<std::uint32_t>(place + 20) == size;
    const bool plain = (zip.number<std::uint16_t>(place + 8) & 1) == 0;  // not encrypted
    const std::uint64_t local = zip.number<std::uint32_t>(place + 42);
    if (!zip.has(place + entry_size, name)) return {};
    if (zip.text(place + entry_size, name) == member) {
      if (!stored || !plain || !has_mark(local, local_size, 0x0403'4B50)) return {};
      const std::uint64_t start =
          local + local_size + zip.number<std::uint16_t>(local + 26) + zip.number<std::uint16_t>(local + 28);
      return zip.has(start, size) ? file.subspan(std::size_t(start), std::size_t(size)) : file.first(0);
    }
    place +=
        entry_size + name + zip.number<std::uint16_t>(place + 30) + zip.number<std::uint16_t>(place + 32);
  }
  return {};
}

}  // namespace tanuki
