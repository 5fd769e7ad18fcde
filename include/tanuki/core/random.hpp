#pragma once

// A counter-based generator: the number at an index depends on (seed, stream, index) alone, so it is the same
// whoever asks, in whatever order, on whatever thread or device.
// Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), Philox 4x32 with 10 rounds.

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string_view>
#include <utility>
#include <vector>

#include "tanuki/core/shape.hpp"

namespace tanuki {

using PhiloxBlock = std::array<std::uint32_t, 4>;

/// Four random words for a counter and a key.
inline PhiloxBlock philox(PhiloxBlock counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53u} * counter[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57u} * counter[2];
    counter = {std::uint32_t(b >> 32) ^ counter[1] ^ key[0], std::uint32_t(b),
               std::uint32_t(a >> 32) ^ counter[3] ^ key[1], std::uint32_t(a)};
    key[0] += 0x9E3779B9u;
    key[1] += 0xBB67AE85u;
  }
  return counter;
}

/// One stream of random numbers, addressed by index.
struct Random {
  std::uint64_t seed = 0;
  std::uint64_t stream = 0;
  std::uint64_t example = 0;  ///< where in its batch the first example lies that this is used for
  std::uint64_t first = 0;    ///< which word of the stream index 0 is

  /// Four random words; `index` counts blocks.
  PhiloxBlock block(std::uint64_t index) const {
    const std::uint64_t whole = index + first / 4, skipped = first % 4;
    const PhiloxBlock words = whole_block(whole);
    if (skipped == 0) return words;
    const PhiloxBlock next = whole_block(whole + 1);
    PhiloxBlock shifted;
    for (std::uint64_t i = 0; i < 4; ++i)
      shifted[i] = i + skipped < 4 ? words[i + skipped] : next[i + skipped - 4];
    return shifted;
  }

  /// For what draws `count` words for each example of a batch: those of `example` and the ones after it, so
  /// that an example gets the same whichever part of the batch it is computed in.
  Random per_example(std::uint64_t count) const { return {seed, stream, example, first + example * count}; }

  std::uint32_t word(std::uint64_t index) const { return block(index / 4)[index % 4]; }

  /// Uniform in [0, 1), in steps of 2^-24.
  float uniform(std::uint64_t index) const { return float(word(index) >> 8) * 0x1p-24f; }

  /// Uniform in [low, high).
  float uniform(std::uint64_t index, float low, float high) const {
    return low + (high - low) * uniform(index);
  }

  /// Normal with mean 0 and deviation 1 (Box-Muller; takes two words).
  float normal(std::uint64_t index) const {
    const float u = 1.0f - uniform(2 * index), v = uniform(2 * index + 1);
    return std::sqrt(-2.0f * std::log(u)) * std::cos(2.0f * std::numbers::pi_v<float> * v);
  }

  /// A stream of its own for `label` (an epoch, a step, an image), independent of this one.
  Random fork(std::uint64_t label) const {
    const PhiloxBlock mixed = philox({std::uint32_t(label), std::uint32_t(label >> 32), std::uint32_t(stream),
                                      std::uint32_t(stream >> 32)},
                                     {std::uint32_t(seed) ^ 0xA511E9B3u, std::uint32_t(seed >> 32)});
    return {seed, std::uint64_t{mixed[0]} << 32 | mixed[1], example};
  }

  /// 0 … n-1 in random order (Fisher-Yates).
  std::vector<Index> permutation(Index n) const {
    std::vector<Index> order(static_cast<std::size_t>(n));
    for (Index i = 0; i < n; ++i) order[std::size_t(i)] = i;
    for (Index i = n - 1; i > 0; --i) {
      const Index j = Index((std::uint64_t{word(std::uint64_t(i))} * std::uint64_t(i + 1)) >> 32);
      std::swap(order[std::size_t(i)], order[std::size_t(j)]);
    }
    return order;
  }

 private:
  PhiloxBlock whole_block(std::uint64_t index) const {
    return philox({std::uint32_t(index), std::uint32_t(index >> 32), std::uint32_t(stream),
                   std::uint32_t(stream >> 32)},
                  {std::uint32_t(seed), std::uint32_t(seed >> 32)});
  }
};

/// A stable number for a name (FNV-1a), to label a stream with.
constexpr std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xCBF29CE484222325u;
  for (char c : text) value = (value ^ std::uint8_t(c)) * 0x100000001B3u;
  return value;
}

}  // namespace tanuki
