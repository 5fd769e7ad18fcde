#pragma once

// The extents of a tensor. Throws Error on a negative extent, on more than 8 axes, and where the number of
// elements does not fit an Index.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <span>
#include <string>

#include "tanuki/core/error.hpp"

namespace tanuki {

using Index = std::int64_t;

class Shape {
 public:
  static constexpr std::size_t max_rank = 8;

  Shape() = default;
  Shape(std::initializer_list<Index> extents)
      : Shape(std::span<const Index>(extents.begin(), extents.size())) {}
  explicit Shape(std::span<const Index> extents) : rank_(extents.size()) {
    if (rank_ > max_rank) fail("[shape] ", rank_, " axes were given, at most ", max_rank, " are supported");
    std::copy(extents.begin(), extents.end(), extents_.begin());
    for (Index extent : extents) {
      if (extent < 0) fail("[shape] ", str(), " has a negative extent");
      if (__builtin_mul_overflow(elements_, extent, &elements_))
        fail("[shape] ", str(), " has too many elements");
    }
  }

  std::size_t rank() const { return rank_; }
  Index operator[](std::size_t axis) const { return extents_[axis]; }
  Index front() const { return extents_[0]; }
  Index back() const { return extents_[rank_ - 1]; }
  const Index* begin() const { return extents_.data(); }
  const Index* end() const { return extents_.data() + rank_; }

  /// The product of all extents; 1 for a scalar.
  Index elements() const { return elements_; }

  /// This shape with `batch` as a new first axis.
  Shape with_batch(Index batch) const {
    std::array<Index, max_rank + 1> extents{batch};
    std::copy(begin(), end(), extents.begin() + 1);
    return Shape(std::span<const Index>(extents.data(), rank_ + 1));
  }

  /// This shape without its first axis. Throws Error where it has none.
  Shape without_batch() const {
    if (rank_ == 0) fail("[shape] () has no axis to be without");
    return Shape(std::span<const Index>(begin() + 1, rank_ - 1));
  }

  /// "(32, 10, 10, 728)", and "(5,)" for one axis, as Python writes a tuple.
  std::string str() const {
    std::string text = "(";
    for (std::size_t i = 0; i < rank_; ++i) text += (i ? ", " : "") + std::to_string(extents_[i]);
    return text + (rank_ == 1 ? ",)" : ")");
  }

  friend bool operator==(const Shape& a, const Shape& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }
  friend std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << shape.str(); }

 private:
  std::array<Index, max_rank> extents_{};
  std::size_t rank_ = 0;
  Index elements_ = 1;
};

}  // namespace tanuki
