#pragma once

// The numbers of a batch or an epoch, by name and in the order in which they are shown.

#include <string>
#include <utility>
#include <vector>

namespace tanuki {

using Logs = std::vector<std::pair<std::string, double>>;

/// In the place of the number of this name, or behind all others.
inline void set_log(Logs& logs, const std::string& name, double value) {
  for (auto& [key, number] : logs) {
    if (key == name) return void(number = value);
  }
  logs.emplace_back(name, value);
}

}  // namespace tanuki
