#pragma once

// Rows of numbers by an example's entry: in memory up to a limit, then in temporary files.

#include <exception>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tanuki/core/file_memory.hpp"
#include "tanuki/core/shape.hpp"

namespace tanuki {

class FeatureStore {
 public:
  /// `most`: bytes to hold in memory.
  explicit FeatureStore(Index most) : most_(most) {}

  /// Null where there is none.
  const float* find(Index entry) const {
    const auto found = rows_.find(entry);
    return found == rows_.end() ? nullptr : found->second;
  }

  /// Room for the `size` numbers of an entry; the same size each time. Null where there is none, with `reason()`.
  float* add(Index entry, Index size) {
    if (left_ == 0) {
      constexpr Index block = Index{16} << 20;  // bytes
      left_ = std::max<Index>(1, block / (size * Index(sizeof(float))));
      const Index bytes = left_ * size * Index(sizeof(float));
      try {
        if (in_memory_ + bytes <= most_) {
          next_ = memory_.emplace_back(std::size_t(left_ * size)).data();
          in_memory_ += bytes;
        } else {
          next_ = files_.emplace_back(std::size_t(bytes)).data();
        }
      } catch (const std::exception& error) {
        left_ = 0;
        reason_ = error.what();
        return nullptr;
      }
    }
    --left_;
    return rows_[entry] = std::exchange(next_, next_ + size);
  }

  const std::string& reason() const { return reason_; }

  void clear() { *this = FeatureStore(most_); }

 private:
  Index most_, in_memory_ = 0, left_ = 0;
  float* next_ = nullptr;  ///< room for `left_` rows
  std::unordered_map<Index, float*> rows_;
  std::vector<std::vector<float>> memory_;
  std::vector<FileMemory> files_;
  std::string reason_;
};

}  // namespace tanuki
