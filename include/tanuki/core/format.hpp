#pragma once

// Numbers as text, the same in every locale.

#include <charconv>
#include <string>

#include "tanuki/core/shape.hpp"

namespace tanuki {

/// Python's f"{value:.4f}".
inline std::string fixed(double value, int digits) {
  char text[400];  // the largest double has 309 digits before the point
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, digits).ptr;
  return {text, end};
}

/// Python's f"{value:.4e}".
inline std::string scientific(double value, int digits) {
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific, digits).ptr;
  return {text, end};
}

/// "20,861,480".
inline std::string with_commas(Index value) {
  const std::string digits = std::to_string(value);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (!text.empty() && text != "-" && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

}  // namespace tanuki
