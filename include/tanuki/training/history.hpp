#pragma once

// What fit() returns: for each key ("loss", "binary_accuracy", "val_loss", "seconds" …) one number an epoch, or, as in Keras,
// one for each epoch that had it, which validation_freq may make fewer; the keys in the order in which they first came.

#include <algorithm>
#include <limits>
#include <numeric>
#include <string_view>

#include "tanuki/core/error.hpp"
#include "tanuki/core/logs.hpp"
#include "tanuki/core/shape.hpp"

namespace tanuki {

class History {
 public:
  using Series = std::vector<std::pair<std::string, std::vector<double>>>;
  using Epochs = std::vector<std::vector<Index>>;

  History() = default;
  /// From the series of another, as a checkpoint keeps them, and their epochs: one list a key, or none where each epoch has
  /// every key. Throws Error where the two do not fit.
  explicit History(Series series, Epochs epochs = {})
      : series_(std::move(series)), places_(std::move(epochs)) {
    if (places_.empty()) {
      for (const auto& [key, values] : series_) {
        auto& places = places_.emplace_back(values.size());
        std::iota(places.begin(), places.end(), Index{0});
      }
    }
    if (places_.size() != series_.size()) fail("[history] not every key has epochs");
    for (std::size_t i = 0; i < series_.size(); ++i) {
      if (places_[i].size() != series_[i].second.size())
        fail("[history] '", series_[i].first, "' has ", series_[i].second.size(), " numbers of ",
             places_[i].size(), " epochs");
      for (Index epoch : places_[i]) epochs_ = std::max(epochs_, epoch + 1);
    }
  }

  /// Ends an epoch.
  void add(const Logs& logs) {
    for (const auto& [key, value] : logs) put(key, value, epochs_);
    ++epochs_;
  }

  /// Goes on with the epochs of another. A key that it does not have is NaN there.
  void append(const History& next) {
    for (const auto& [key, values] : series_) {
      for (Index epoch = 0; epoch < next.epochs_ && !next.contains(key); ++epoch)
        put(key, std::numeric_limits<double>::quiet_NaN(), epochs_ + epoch);
    }
    for (std::size_t i = 0; i < next.series_.size(); ++i) {
      const auto& [key, values] = next.series_[i];
      for (std::size_t k = 0; k < values.size(); ++k) put(key, values[k], epochs_ + next.places_[i][k]);
    }
    epochs_ += next.epochs_;
  }

  Index epochs() const { return epochs_; }
  const Series& series() const { return series_; }

  /// The epoch of each number of a key, from 0. Throws Error as operator[].
  const std::vector<Index>& epochs(std::string_view key) const { return places_[number(key)]; }

  /// Null where there is no such key.
  const std::vector<double>* find(std::string_view key) const {
    const std::size_t i = search(key);
    return i < series_.size() ? &series_[i].second : nullptr;
  }
  bool contains(std::string_view key) const { return find(key) != nullptr; }

  /// Throws Error where there is no such key; the message names those that there are.
  const std::vector<double>& operator[](std::string_view key) const { return series_[number(key)].second; }
  const std::vector<double>& at(std::string_view key) const { return (*this)[key]; }

 private:
  /// The key's place in the series, which is behind the last where it is not there.
  std::size_t search(std::string_view key) const {
    const auto same = [&](const auto& entry) { return entry.first == key; };
    return std::size_t(std::find_if(series_.begin(), series_.end(), same) - series_.begin());
  }
  std::size_t number(std::string_view key) const {
    if (const std::size_t i = search(key); i < series_.size()) return i;
    std::string keys;
    for (const auto& [name, values] : series_) keys += (keys.empty() ? "'" : ", '") + name + "'";
    fail("[history] there is no '", key, "', only ", keys.empty() ? "an empty history" : keys);
  }

  void put(const std::string& key, double value, Index epoch) {
    const std::size_t i = search(key);
    if (i == series_.size()) series_.emplace_back(key, std::vector<double>()), places_.emplace_back();
    series_[i].second.push_back(value);
    places_[i].push_back(epoch);
  }

  Series series_;
  Epochs places_;  ///< the epochs of the numbers in series_
  Index epochs_ = 0;
};

}  // namespace tanuki
