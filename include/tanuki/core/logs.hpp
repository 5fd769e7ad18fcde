#pragma once

// The numbers of a batch or an epoch, by name and in the order in which they are shown: evaluate(x, y)["loss"].

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tanuki/core/error.hpp"

namespace tanuki {

class Logs : public std::vector<std::pair<std::string, double>> {
 public:
  using vector::vector;
  using vector::operator[];

  /// Null where there is no number of this name.
  const double* find(std::string_view name) const {
    for (const auto& [key, number] : *this) {
      if (key == name) return &number;
    }
    return nullptr;
  }
  bool contains(std::string_view name) const { return find(name) != nullptr; }

  /// Throws Error where there is no such number; the message names those that there are.
  double operator[](std::string_view name) const {
    if (const double* const number = find(name)) return *number;
    std::string keys;
    for (const auto& log : *this) keys += (keys.empty() ? "'" : ", '") + log.first + "'";
    fail("[logs] there is no '", name, "', only ", keys.empty() ? "empty logs" : keys);
  }

  /// In the place of the number of this name, or behind all others.
  void set(const std::string& name, double value) {
    for (auto& [key, number] : *this) {
      if (key == name) return void(number = value);
    }
    emplace_back(name, value);
  }
};

}  // namespace tanuki
