#pragma once

// What the tests of matrix products share.

#include <cstring>
#include <vector>

#include "tanuki/backend/eigen/simd.hpp"
#include "tanuki/core/random.hpp"

namespace tanuki::test {

/// Uniform in -1 … 1.
inline std::vector<float> numbers(Index count, std::uint64_t seed) {
  std::vector<float> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = Random{seed, 1}.uniform(i, -1.0f, 1.0f);
  return values;
}

inline bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

/// Of every instruction set that this processor has.
inline std::vector<const eigen::Kernels*> all_kernels() {
  using eigen::Isa;
  std::vector<const eigen::Kernels*> found;
  for (const Isa isa : {Isa::portable, Isa::neon, Isa::avx2, Isa::avx512, Isa::avx512_bf16, Isa::amx}) {
    if (const eigen::Kernels* kernels = eigen::kernels_of(isa)) found.push_back(kernels);
  }
  return found;
}

}  // namespace tanuki::test
