#pragma once

// What a processor's multiply-adds give at most: one tile of a product whose operands stay in L1, so that nothing
// else takes time.

#include <type_traits>

#include "tanuki/backend/eigen/simd.hpp"

namespace tanuki::bench {

/// Runs the tile once. Gives its rows × steps of k × columns; a step of bfloat16 is two products.
template <class T>
double run_peak_tile(void (*gemm)(const eigen::GemmBlockOf<T>&), float (&c)[32 * 32]) {
  const Index depth = 1 << 16,
              rows = std::is_same_v<T, float> ? eigen::kernels().tile_rows : eigen::kernels().tile_rows_bf16;
  const T operands[32] = {};
  gemm({.rows = rows,
        .depth = depth,
        .columns = 32,
        .a = operands,
        .a_step = 0,
        .b = operands,
        .c = c,
        .c_row = 32});
  return double(rows * depth * 32);
}

}  // namespace tanuki::bench
