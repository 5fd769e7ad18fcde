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

/// Python's repr(value): the fewest digits that read back as it, "0.1", "1.0", "1e-05", "nan".
inline std::string shortest(double value) {
  if (!(value == value)) return "nan";
  if (value - value != 0) return value > 0 ? "inf" : "-inf";
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
  const std::string digits(text, end);
  const int exponent = std::stoi(digits.substr(digits.find('e') + 1));
  if (exponent < -4 || exponent >= 16) return digits;
  char plain[400];
  const auto plain_end = std::to_chars(plain, plain + sizeof plain, value, std::chars_format::fixed).ptr;
  const std::string all(plain, plain_end);
  return all.find('.') == std::string::npos ? all + ".0" : all;
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
