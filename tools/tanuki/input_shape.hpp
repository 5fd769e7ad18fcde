#pragma once

// --input-shape: the sizes of an image, 150,150,3.

#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "tanuki/core/shape.hpp"

namespace tool {

inline constexpr const char* no_shape =
    "': expected whole numbers of at least 1 with commas between, as 150,150,3";

/// Nothing where the text is no list of sizes.
inline std::optional<tanuki::Shape> shape_of(std::string_view text) {
  std::vector<tanuki::Index> sizes;
  const char *at = text.data(), *end = at + text.size();
  for (bool more = true; more;) {
    tanuki::Index size = 0;
    const auto [stop, error] = std::from_chars(at, end, size);
    more = stop != end;
    constexpr tanuki::Index most = 1 << 20;
    if (error != std::errc() || size < 1 || size > most || (more && *stop != ',')) return std::nullopt;
    if (sizes.size() == tanuki::Shape::max_rank - 1) return std::nullopt;
    sizes.push_back(size);
    at = stop + 1;
  }
  return tanuki::Shape(std::span<const tanuki::Index>(sizes));
}

}  // namespace tool
