#pragma once

// How often a callback does something: .save_freq = "epoch", .update_freq = 100.

#include <concepts>
#include <string>

#include "tanuki/core/shape.hpp"

namespace tanuki {

/// A word, or a number of batches.
class Frequency {
 public:
  Frequency(const char* word) : word_(word) {}
  template <std::integral N>
  Frequency(N batches) : batches_(Index(batches)) {}

  const std::string& word() const { return word_; }  ///< empty: a number
  Index batches() const { return batches_; }
  std::string text() const { return word_.empty() ? std::to_string(batches_) : "'" + word_ + "'"; }

 private:
  std::string word_;
  Index batches_ = 0;
};

}  // namespace tanuki
