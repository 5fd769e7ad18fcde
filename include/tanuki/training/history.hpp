#pragma once

// What fit() returns: for each key ("loss", "binary_accuracy", "val_loss", "seconds" …) one number an epoch,
// the keys in the order in which they first came.

#include <algorithm>
#include <string_view>

#include "tanuki/core/error.hpp"
#include "tanuki/core/logs.hpp"
#include "tanuki/core/shape.hpp"

namespace tanuki {

class History {
 public:
  using Series = std::vector<std::pair<std::string, std::vector<double>>>;

  History() = default;
  /// From the series of another, as a checkpoint keeps them.
  explicit History(Series series) : series_(std::move(series)) {
    for (const auto& [key, values] : series_) epochs_ = std::max(epochs_, Index(values.size()));
  }

  /// Ends an epoch.
  void add(const Logs& logs) {
    for (const auto& log : logs) {
      const auto same = [&](const auto& entry) { return entry.first == log.first; };
      auto place = std::find_if(series_.begin(), series_.end(), same);
      if (place == series_.end()) place = series_.insert(place, {log.first, {}});
      place->second.push_back(log.second);
    }
    ++epochs_;
  }

  Index epochs() const { return epochs_; }
  const Series& series() const { return series_; }

  /// Null where there is no such key.
  const std::vector<double>* find(std::string_view key) const {
    for (const auto& [name, values] : series_) {
      if (name == key) return &values;
    }
    return nullptr;
  }
  bool contains(std::string_view key) const { return find(key) != nullptr; }

  /// Throws Error where there is no such key; the message names those that there are.
  const std::vector<double>& operator[](std::string_view key) const {
    if (const auto* values = find(key)) return *values;
    std::string keys;
    for (const auto& [name, values] : series_) keys += (keys.empty() ? "'" : ", '") + name + "'";
    fail("[history] there is no '", key, "', only ", keys.empty() ? "an empty history" : keys);
  }
  const std::vector<double>& at(std::string_view key) const { return (*this)[key]; }

 private:
  Series series_;
  Index epochs_ = 0;
};

}  // namespace tanuki
