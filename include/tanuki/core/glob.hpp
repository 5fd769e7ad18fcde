#pragma once

// Patterns for the paths of layers and weights: "block1_*/kernel".

#include <string_view>

namespace tanuki {

/// `*` stands for any characters, also none and also '/'; `?` for any one; every other character for itself. The
/// pattern must match the whole text.
inline bool glob_matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0;
  std::size_t after_star = std::string_view::npos,
              resume = 0;  // where to go on, once the last * takes one more
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p, ++t;
    } else if (after_star != std::string_view::npos) {
      p = after_star;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace tanuki
