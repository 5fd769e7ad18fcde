#pragma once

// Matrix products of bfloat16 numbers, summed in float32, over the threads of a context:
//   multiply_bf16:             C = A·B, A given row by row, B a weight (or its transpose)
//   multiply_transposed_bf16:  C = Aᵀ·B, the reduction over rows that a weight's gradient is
// A and B are float32 and rounded on the way (see bf16.hpp); C is float32. The results depend on the shapes
// alone, to the bit, as those of gemm.hpp do, and hardly on the instruction set: see simd_bf16.inc.

#include <algorithm>

#include "tanuki/backend/eigen/gemm.hpp"

namespace tanuki::eigen {

/// B as the inner loops read it: panels of 32 columns, each [depth / 2][32] pairs, zeros beyond the last column, an odd
/// depth, and up to whole blocks of pairs. It points into somebody else's memory, so packed weights can be kept.
struct PackedMatrixBf16 {
  const Bf16Pair* data;
  Index depth, columns;

  static Index blocked_pairs(Index depth) {
    return (depth + 2 * pair_block - 1) / (2 * pair_block) * pair_block;
  }
  Index pairs() const { return (depth + 1) / 2; }
  Index panel() const { return panel_columns * blocked_pairs(depth); }
  /// Pairs that pack() needs.
  static Index size(const Matrix& b) {
    return PackedMatrix::panels(b.columns) * panel_columns * blocked_pairs(b.rows);
  }

  /// `scale`: a factor for each row, or null.
  static PackedMatrixBf16 pack(Context<Cpu>& context, const Matrix& b, Bf16Pair* memory,
                               const float* scale = nullptr);
};

/// A copy of one matrix in panels, for weights: see Weight::derived.
struct PackedWeightBf16 {
  Buffer<Cpu> memory;
  PackedMatrixBf16 matrix{};

  void pack(Context<Cpu>& context, const Matrix& b) {
    const Index size = PackedMatrixBf16::size(b);
    if (memory.size() != size) memory = Buffer<Cpu>(), memory = Buffer<Cpu>(size);
    matrix = PackedMatrixBf16::pack(context, b, reinterpret_cast<Bf16Pair*>(memory.data()));
  }
};

/// A's rows where they are rounded already: in pairs, an odd depth and the last block filled up with zeros.
struct PlainRowsBf16 {
  const Bf16Pair* data;
  Index stride;  ///< pairs
};

namespace detail {

/// As Context::scratch: a pair takes as much memory as a float.
template <class Owner>
Bf16Pair* scratch_pairs(Index count) {
  return reinterpret_cast<Bf16Pair*>(Context<Cpu>::scratch<Owner>(count));
}

/// Neighbours in pairs, rounded; zeros up to a whole block.
inline void to_pairs(const float* from, Index count, Bf16Pair* to) {
  std::fill(to + count / 2, to + PackedMatrixBf16::blocked_pairs(count), Bf16Pair{});
  kernels().to_bf16(reinterpret_cast<Bf16*>(to), from, count);
}

/// b's rows two by two into panels of `width` columns, zeros beyond the last; `panel` pairs from one to the
/// next.
inline void pack_rows(const Matrix& b, Bf16Pair* to, Index width, Index panel) {
  // 16 KiB: two rows at once are too much for the processor's own prefetching.
  const Index ahead = std::max<Index>(1, 2048 / std::max<Index>(b.row, 1)) * 2 * b.row;
  for (Index k = 0; k < b.rows; k += 2, to += width) {
    const bool whole = k + 1 < b.rows;
    for (Index j = 0, at = 0; j < b.columns; j += width, at += panel) {
      const float *even = b.data + k * b.row + j, *odd = even + b.row;
      const Index some = std::min(width, b.columns - j);
      for (Index i = 0; whole && i < some; i += 16) {
        __builtin_prefetch(even + ahead + i);
        __builtin_prefetch(odd + ahead + i);
      }
      kernels().pair_bf16(to + at, even, whole ? odd : nullptr, some);
      if (some < width) std::fill_n(to + at + some, width - some, Bf16Pair{});
    }
  }
}

/// As pack_rows one panel of 32, where b's columns lie one after the other in memory. `scale`: a factor for each row, or
/// null.
inline void pack_columns(const Matrix& b, const float* scale, Bf16Pair* to) {
  constexpr Index depth = 64, width = 16;  // of a block
  float scaled[depth];
  Bf16Pair pairs[width][depth / 2] = {};
  for (Index j = 0; j < panel_columns; j += width) {
    const Index some = std::clamp<Index>(b.columns - j, 0, width);
    if (some < width) std::fill_n(pairs[0], width * depth / 2, Bf16Pair{});
    for (Index k = 0; k < b.rows; k += depth) {
      const Index count = std::min(depth, b.rows - k), end = (count + 1) / 2;
      for (Index i = 0; i < some; ++i) {
        const float* from = b.data + k + (j + i) * b.column;
        for (Index l = 0; scale && l < count; ++l) scaled[l] = from[l] * scale[k + l];
        to_pairs(scale ? scaled : from, count, pairs[i]);
      }
      Bf16Pair* block = to + k / 2 * panel_columns + j;
      for (Index q = 0; q < end; ++q) {
        for (Index i = 0; i < width; ++i) block[q * panel_columns + i] = pairs[i][q];
      }
    }
  }
}

inline constexpr Index rows_a_task = 32;  // of a matrix that is packed

}  // namespace detail

inline PackedMatrixBf16 PackedMatrixBf16::pack(Context<Cpu>& context, const Matrix& b, Bf16Pair* memory,
                                               const float* scale) {
  const PackedMatrixBf16 packed{memory, b.rows, b.columns};
  const Index panel = packed.panel(), used = panel_columns * packed.pairs();
  for (Index p = 0; p < PackedMatrix::panels(b.columns); ++p)
    std::fill(memory + p * panel + used, memory + (p + 1) * panel, Bf16Pair{});
  if (b.column == 1 && !scale) {
    context.parallel_blocks(b.rows, detail::rows_a_task, [&](Index first, Index end) {
      detail::pack_rows({b.data + first * b.row, end - first, b.columns, b.row},
                        memory + first / 2 * panel_columns, panel_columns, panel);
    });
  } else if (b.row == 1) {
    context.parallel(PackedMatrix::panels(b.columns), [&](Index p, int) {
      const Index first = p * panel_columns, width = std::min(panel_columns, b.columns - first);
      detail::pack_columns({b.data + first * b.column, b.rows, width, 1, b.column}, scale,
                           memory + p * panel);
    });
  } else {
    fail("[gemm_bf16] B has rows ", b.row, " and columns ", b.column,
         " floats apart: expected one to be 1, with a scale the first");
  }
  return packed;
}

namespace detail {

struct PairsScratch;
struct SharedPairsScratch;
struct PackedPairsScratch;

/// Rows [first, first + count) as a matrix: in place, or copied into this thread's memory.
template <class Rows>
Matrix some_rows(const Rows& a, Index first, Index count, Index columns) {
  if constexpr (Rows::in_place) {
    return {a.data + first * a.stride, count, columns, a.stride};
  } else {
    const Index stride = copied_stride(columns);
    float* copy = Context<Cpu>::scratch<RowsScratch>(count * stride);
    a.copy(first, count, copy, stride);
    return {copy, count, columns, stride};
  }
}

template <class Rows>
void round_rows(const Rows& a, Index first, Index count, Index columns, Bf16Pair* to, Index stride) {
  constexpr Index some = 12;  // whose floats stay in L2
  for (Index end = first + count; first < end; first += some) {
    const Matrix rows = some_rows(a, first, std::min(some, end - first), columns);
    for (Index i = 0; i < rows.rows; ++i, to += stride) to_pairs(rows.data + i * rows.row, columns, to);
  }
}

/// Pairs from one rounded row to the next: an odd number of cache lines, so that a tile's rows do not meet in
/// the same few sets of the cache.
inline Index rounded_stride(Index pairs) { return ((pairs + 15) / 16 | 1) * 16; }

/// Rows of a block: 512 KiB at the most, in L2.
inline Index rows_in_cache(Index pairs) {
  const Index tile = kernels().tile_rows_bf16, rows = (Index{1} << 17) / std::max<Index>(pairs, 1);
  return std::clamp<Index>(rows / tile * tile, tile, most_block_rows);
}

}  // namespace detail

inline void multiply_bf16(Context<Cpu>& context, Index rows, const PlainRowsBf16& a,
                          const PackedMatrixBf16& b, float* c, Index c_row, const Epilogue& epilogue = {}) {
  const auto body = [&](Index row, Index count, Index column, Index columns) {
    kernels().gemm_bf16({.rows = count,
                         .depth = b.pairs(),
                         .columns = columns,
                         .a = a.data + row * a.stride,
                         .a_row = a.stride,
                         .a_step = pair_block,
                         .b = b.data + column / panel_columns * b.panel(),
                         .b_panel = b.panel(),
                         .b_row = panel_columns,
                         .c = c + row * c_row + column,
                         .c_row = c_row,
                         .epilogue = epilogue.from(row, column)});
  };
  detail::each_part(context, rows, b.columns, detail::rows_in_cache(b.pairs()), body,
                    kernels().tile_rows_bf16);
}

/// C = A·B, then the epilogue; C's rows are c_row floats apart.
template <class Rows>
void multiply_bf16(Context<Cpu>& context, Index rows, const Rows& a, const PackedMatrixBf16& b, float* c,
                   Index c_row, const Epilogue& epilogue = {}) {
  if (rows == 0 || b.columns == 0) return;
  const Index stride = detail::rounded_stride(b.pairs()), most = detail::rows_in_cache(b.pairs());
  const detail::Parts parts(context, rows, b.columns, most, kernels().tile_rows_bf16);
  if (parts.columns > 1) {  // rounded once, read by several parts
    Bf16Pair* all = detail::scratch_pairs<detail::SharedPairsScratch>(rows * stride);
    context.parallel_blocks(rows, kernels().tile_rows_bf16, [&](Index first, Index end) {
      detail::round_rows(a, first, end - first, b.depth, all + first * stride, stride);
    });
    return multiply_bf16(context, rows, PlainRowsBf16{all, stride}, b, c, c_row, epilogue);
  }
  context.parallel_blocks(rows, parts.block, [&](Index first, Index end) {
    Bf16Pair* block = detail::scratch_pairs<detail::PairsScratch>((end - first) * stride);
    detail::round_rows(a, first, end - first, b.depth, block, stride);
    multiply_bf16(context, end - first, PlainRowsBf16{block, stride}, b, c + first * c_row, c_row,
                  epilogue.from(first, 0));
  });
}

/// The same with a B that is used once.
template <class Rows>
void multiply_bf16(Context<Cpu>& context, Index rows, const Rows& a, const Matrix& b, float* c, Index c_row,
                   const Epilogue& epilogue = {}) {
  Bf16Pair* memory = detail::scratch_pairs<detail::PackedPairsScratch>(PackedMatrixBf16::size(b));
  multiply_bf16(context, rows, a, PackedMatrixBf16::pack(context, b, memory), c, c_row, epilogue);
}

namespace detail {

inline constexpr Index transposed_step = 1024;  // rows at a time: 64 KiB of a panel of B, 192 KiB of A

/// C = Aᵀ·B over the rows [first, end), or C += that. Some rows at a time, A's columns are laid out as rows of pairs:
/// in strips of columns, in each 16 pairs of every column after another.
template <class Rows>
void multiply_transposed_bf16(Context<Cpu>& context, const Rows& a, Index a_columns, const Matrix& b,
                              Index first, Index end, float* c, bool accumulate) {
  const Index width = std::min(most_block_rows, a_columns);  // of a strip of A
  const Index strips = (a_columns + width - 1) / width, b_panels = PackedMatrix::panels(b.columns);
  const Index most_pairs = PackedMatrixBf16::blocked_pairs(std::min(transposed_step, end - first));
  Bf16Pair* a_pairs = scratch_pairs<SharedPairsScratch>(strips * width * most_pairs);
  Bf16Pair* b_pairs = scratch_pairs<PackedPairsScratch>(b_panels * panel_columns * most_pairs);
  const Index wanted = context.workers() > 1 ? 8 * context.workers() : 1;
  const Index groups = std::clamp<Index>((wanted + strips - 1) / strips, 1, b_panels);
  const Index group_panels = (b_panels + groups - 1) / groups;
  for (Index m = first; m == first || m < end; m += transposed_step) {
    const Index count = std::min(transposed_step, end - m), pairs = PackedMatrixBf16::blocked_pairs(count);
    context.parallel_blocks(count, 2 * pair_block, [&](Index i, Index to) {
      const Matrix rows = some_rows(a, m + i, to - i, a_columns);
      for (Index column = 0; column < a_columns; column += width) {
        kernels().pair_rows_bf16(a_pairs + column * pairs + i / 2 * width, rows.data + column, rows.row,
                                 to - i, std::min(width, a_columns - column));
      }
    });
    const auto packed =
        PackedMatrixBf16::pack(context, {b.data + m * b.row, count, b.columns, b.row, b.column}, b_pairs);
    context.parallel(strips * groups, [&](Index part, int) {
      const Index row = part / groups * width, column = part % groups * group_panels * panel_columns;
      if (column >= b.columns) return;
      kernels().gemm_bf16({.rows = std::min(width, a_columns - row),
                           .depth = packed.pairs(),
                           .columns = std::min(group_panels * panel_columns, b.columns - column),
                           .a = a_pairs + row * pairs,
                           .a_row = pair_block,
                           .a_step = pair_block * width,
                           .b = b_pairs + column * pairs,
                           .b_panel = packed.panel(),
                           .b_row = panel_columns,
                           .c = c + row * b.columns + column,
                           .c_row = b.columns,
                           .accumulate = accumulate || m > first});
    });
  }
}

}  // namespace detail

/// C (a_columns, b.columns) = Aᵀ·B, dense; summed in the parts that multiply_transposed has.
template <class Rows>
void multiply_transposed_bf16(Context<Cpu>& context, const Rows& a, Index a_columns, const Matrix& b,
                              float* c) {
  if (a_columns * b.columns == 0) return;
  sum_over_rows(context, b.rows, a_columns * b.columns, c, [&](Index first, Index end, float* to) {
    detail::multiply_transposed_bf16(context, a, a_columns, b, first, end, to, false);
  });
}

/// C += Aᵀ·B over the rows [first, end), in one part.
template <class Rows>
void add_transposed_bf16(Context<Cpu>& context, const Rows& a, Index a_columns, const Matrix& b, Index first,
                         Index end, float* c) {
  detail::multiply_transposed_bf16(context, a, a_columns, b, first, end, c, true);
}

}  // namespace tanuki::eigen
