#pragma once

// Matrix products of float32, row-major, over the threads of a context:
//   multiply:             C = A·B, A given row by row, B a weight (or its transpose)
//   multiply_transposed:  C = Aᵀ·B, the reduction over rows that a weight's gradient is
// The results depend on the shapes alone, to the bit: not on the number of threads, nor (multiply) on how
// many rows there are; the instruction sets with FMA agree too. For the inner loops see simd_gemm.inc.

#include <algorithm>

#include "tanuki/backend/eigen/simd.hpp"
#include "tanuki/core/context.hpp"

namespace tanuki::eigen {

/// A matrix in somebody else's memory: element (i, j) is data[i * row + j * column].
struct Matrix {
  const float* data;
  Index rows, columns;
  Index row, column = 1;  ///< floats from one row or column to the next

  Matrix transposed() const { return {data, columns, rows, column, row}; }
  Matrix part(Index first_row, Index first_column, Index part_rows, Index part_columns) const {
    return {data + first_row * row + first_column * column, part_rows, part_columns, row, column};
  }
};

/// Row-major and dense.
inline Matrix dense(const float* data, Index rows, Index columns) { return {data, rows, columns, columns}; }

/// B as the inner loops read it: panels of 32 columns, each [depth][32], zeros beyond the last column. It
/// points into somebody else's memory, so packed weights can be kept.
struct PackedMatrix {
  const float* data;
  Index depth, columns;

  static Index panels(Index columns) { return (columns + panel_columns - 1) / panel_columns; }
  /// Floats that pack() needs.
  static Index size(const Matrix& b) { return panels(b.columns) * panel_columns * b.rows; }

  /// `scale`: a factor for each row, or null.
  static PackedMatrix pack(Context<Cpu>& context, const Matrix& b, float* memory,
                           const float* scale = nullptr) {
    context.parallel(panels(b.columns), [&](Index p, int) {
      const Index first = p * panel_columns, width = std::min(panel_columns, b.columns - first);
      pack_panel(b.part(0, first, b.rows, width), memory + first * b.rows, scale);
    });
    return {memory, b.rows, b.columns};
  }

  /// One panel, of 32 columns of `b` at the most.
  static void pack_panel(const Matrix& b, float* panel, const float* scale) {
    if (b.columns < panel_columns) std::fill_n(panel, panel_columns * b.rows, 0.0f);
    if (b.column == 1 && !scale) {
      for (Index k = 0; k < b.rows; ++k)
        std::copy_n(b.data + k * b.row, b.columns, panel + k * panel_columns);
      return;
    }
    constexpr Index block = 16;  // a cache line of each column
    for (Index k = 0; k < b.rows; k += block) {
      const Index end = std::min(b.rows, k + block);
      float factors[block];
      for (Index l = k; l < end; ++l) factors[l - k] = scale ? scale[l] : 1.0f;
      for (Index j = 0; j < b.columns; ++j) {
        for (Index l = k; l < end; ++l)
          panel[l * panel_columns + j] = b.data[l * b.row + j * b.column] * factors[l - k];
      }
    }
  }
};

/// sum[i] = parts[0][i] + parts[1][i] + …, in that order.
inline void add_parts(Context<Cpu>& context, const float* parts, Index count, Index size, float* sum) {
  context.parallel_blocks(size, 4096, [&](Index first, Index last) {
    std::copy(parts + first, parts + last, sum + first);
    for (Index part = 1; part < count; ++part) {
      kernels().add(sum + first, sum + first, parts + part * size + first, last - first);
    }
  });
}

/// A's rows, where they are row after row in memory. Another kind of A (see fused_rows.hpp) has in_place = false and
/// copy(first, count, to, stride), which writes `count` rows, `stride` floats apart; where rows may be long also
/// copy(first, count, to, stride, begin, end), which writes columns [begin, end) of them.
struct PlainRows {
  static constexpr bool in_place = true;
  const float* data;
  Index stride;
};

/// Floats from one copied row to the next: not a multiple of 1 KiB, which would put a tile's rows into the same
/// few sets of the cache.
inline Index copied_stride(Index columns) { return columns % 256 ? columns : columns + 16; }

/// A copy of one matrix in panels, for weights: see Weight::derived.
struct PackedWeight {
  Buffer<Cpu> memory;
  PackedMatrix matrix{};

  void pack(Context<Cpu>& context, const Matrix& b) {
    const Index size = PackedMatrix::size(b);
    if (memory.size() != size) memory = Buffer<Cpu>(), memory = Buffer<Cpu>(size);
    matrix = PackedMatrix::pack(context, b, memory.data());
  }
};

namespace detail {

/// How a product's rows and panels are shared out: `block` rows and, where that makes fewer parts than the
/// threads need, some of the panels.
struct Parts {
  Index block, rows;      ///< rows of a part; parts along the rows
  Index panels, columns;  ///< panels of a part; parts along the columns

  /// `tile`: rows that the inner loops take at once.
  Parts(const Context<Cpu>& context, Index all_rows, Index all_columns, Index most_rows,
        Index tile = kernels().tile_rows)
      : block(most_rows) {
    const Index workers = context.workers(), all_panels = PackedMatrix::panels(all_columns);
    // So that no thread gets a block more than another. Few rows stay together, each thread reads B's columns once.
    if (workers > 1 && (all_rows > most_rows || all_panels < 4 * workers)) {
      const Index blocks = ((all_rows + block - 1) / block + workers - 1) / workers * workers;
      block = ((all_rows + blocks - 1) / blocks + tile - 1) / tile * tile;
    }
    rows = (all_rows + block - 1) / block;
    // Rows that stay together have no more: the first columns of each part's B are not fetched ahead.
    const Index wanted = workers > 1 && rows > 1 ? (2 * workers + rows - 1) / rows : workers;
    panels = (all_panels + wanted - 1) / wanted;
    columns = (all_panels + panels - 1) / panels;
  }
};

/// body(row, rows, column, columns) for each of the parts. For work whose result does not depend on them.
template <class Body>
void each_part(Context<Cpu>& context, Index rows, Index columns, Index most_rows, Body body,
               Index tile = kernels().tile_rows) {
  if (rows == 0 || columns == 0) return;
  const Parts parts(context, rows, columns, most_rows, tile);
  context.parallel(parts.rows * parts.columns, [&](Index part, int) {
    const Index row = part / parts.columns * parts.block;
    const Index column = part % parts.columns * parts.panels * panel_columns;
    body(row, std::min(parts.block, rows - row), column,
         std::min(parts.panels * panel_columns, columns - column));
  });
}

/// B as GemmBlock has it.
struct Panels {
  const float* data;
  Index depth, columns;
  Index panel, row;
};

/// A's rows can be copied by and by.
template <class Rows>
concept RowsInParts = requires(const Rows& a, float* to) {
  a.copy(Index{}, Index{}, to, Index{}, Index{}, Index{});
};

/// Columns of such rows that are copied at a time, so that many rows share what they read of B. Results are kept
/// in C in between, which changes no bit.
inline constexpr Index part_depth = 1024;

struct PackedScratch;
struct TransposedRowsScratch;
struct RowsScratch;
struct SharedRowsScratch;
struct PartialScratch;

inline constexpr Index most_block_rows = 96;  // with a depth of 1024: 384 KiB, in L2
/// Rows that are copied at a time: some 288 KiB of them, in L2.
inline Index copied_rows(Index depth) {
  return std::clamp<Index>((Index{72} << 10) / depth, 12, 480) / 12 * 12;
}
inline constexpr Index few_rows = 192;  // packing B would cost more than it gives

template <class Rows>
void multiply(Context<Cpu>& context, Index rows, const Rows& a, const Panels& b, float* c, Index c_row,
              const Epilogue& epilogue) {
  Index most = most_block_rows;
  const Index stride = copied_stride(b.depth);
  if constexpr (!Rows::in_place) {
    most = RowsInParts<Rows> && b.depth > part_depth ? most_block_rows : copied_rows(b.depth);
    if (rows > 0 &&
        Parts(context, rows, b.columns, most).columns > 1) {  // copied once, read by several parts
      float* copy = Context<Cpu>::scratch<SharedRowsScratch>(rows * stride);
      const Index copies = 2 * context.workers();
      context.parallel_blocks(rows, (rows + copies - 1) / copies, [&](Index first, Index end) {
        a.copy(first, end - first, copy + first * stride, stride);
      });
      return multiply(context, rows, PlainRows{copy, stride}, b, c, c_row, epilogue);
    }
  }
  each_part(context, rows, b.columns, most, [&](Index row, Index count, Index column, Index columns) {
    GemmBlock block{.rows = count, .depth = b.depth, .columns = columns};
    block.b = b.data + column / panel_columns * b.panel, block.b_panel = b.panel, block.b_row = b.row;
    block.c = c + row * c_row + column, block.c_row = c_row;
    if constexpr (RowsInParts<Rows>) {
      const Index parts = (b.depth + part_depth - 1) / part_depth, depth = (b.depth + parts - 1) / parts;
      const Index part_stride = copied_stride(depth);
      float* copy = Context<Cpu>::scratch<RowsScratch>(count * part_stride);
      for (Index k = 0; k < b.depth; k += depth, block.b += depth * b.row) {
        block.depth = std::min(depth, b.depth - k);
        a.copy(row, count, copy, part_stride, k, k + block.depth);
        block.a = copy, block.a_row = part_stride;
        block.accumulate = k > 0;
        if (k + depth >= b.depth) block.epilogue = epilogue.from(row, column);
        kernels().gemm(block);
      }
      return;
    } else if constexpr (Rows::in_place) {
      block.a = a.data + row * a.stride, block.a_row = a.stride;
    } else {
      float* copy = Context<Cpu>::scratch<RowsScratch>(count * stride);
      a.copy(row, count, copy, stride);
      block.a = copy, block.a_row = stride;
    }
    block.epilogue = epilogue.from(row, column);
    kernels().gemm(block);
  });
}

/// C = Aᵀ·B over the rows [first, end), or C += that. Some rows at a time, which stay in a cache, and are copied where they
/// are not in memory yet or would fall into the same few sets of it; so are B's columns beyond the last whole panel.
template <class Rows>
void multiply_transposed(Context<Cpu>& context, const Rows& a, Index a_columns, const Matrix& b, Index first,
                         Index end, float* c, bool accumulate) {
  constexpr Index width = most_block_rows, part_panels = 4;
  const Index floats = Index{1} << (context.workers() > 1 ? 20 : 17);
  const Index step = std::clamp<Index>(floats / (a_columns + b.columns), 128, 4096),
              most = std::min(step, end - first);
  const auto fits = [](Index stride) { return stride <= 256 || stride % 256 != 0; };
  bool copies_a = true;
  if constexpr (Rows::in_place) copies_a = !fits(a.stride);
  const bool copies_b = !fits(b.row);
  const Index a_stride = copied_stride(a_columns), b_stride = copied_stride(b.columns);
  const Index whole = b.columns / panel_columns * panel_columns, rest = b.columns - whole;
  float* a_copy = Context<Cpu>::scratch<TransposedRowsScratch>(copies_a ? most * a_stride : 0);
  float* b_copy = Context<Cpu>::scratch<PackedScratch>((copies_b ? most * b_stride : 0) +
                                                       (rest ? most * panel_columns : 0));
  float* b_rest = b_copy + (copies_b ? most * b_stride : 0);
  for (Index m = first; m == first || m < end; m += step) {
    const Index count = std::min(step, end - m);
    if (copies_a || copies_b || rest) {
      context.parallel_blocks(count, 32, [&](Index i, Index to) {
        if constexpr (Rows::in_place) {
          for (Index k = i; copies_a && k < to; ++k)
            std::copy_n(a.data + (m + k) * a.stride, a_columns, a_copy + k * a_stride);
        } else {
          a.copy(m + i, to - i, a_copy + i * a_stride, a_stride);
        }
        for (Index k = i; k < to; ++k) {
          const float* from = b.data + (m + k) * b.row;
          if (copies_b) std::copy_n(from, whole, b_copy + k * b_stride);
          if (!rest) continue;
          float* padded = std::copy_n(from + whole, rest, b_rest + k * panel_columns);
          std::fill_n(padded, panel_columns - rest, 0.0f);
        }
      });
    }
    GemmBlock all{
        .depth = count, .a = a_copy, .a_row = 1, .a_step = a_stride, .accumulate = accumulate || m > first};
    if constexpr (Rows::in_place) {
      if (!copies_a) all.a = a.data + m * a.stride, all.a_step = a.stride;
    }
    all.b = copies_b ? b_copy : b.data + m * b.row;
    all.b_row = copies_b ? b_stride : b.row;
    all.b_panel = panel_columns;
    all.c = c, all.c_row = b.columns;
    const Index strips = (a_columns + width - 1) / width, panels = whole / panel_columns,
                parts = (panels + part_panels - 1) / part_panels + (rest ? 1 : 0);
    context.parallel(strips * parts, [&](Index i, int) {
      const Index row = i / parts * width, column = i % parts * part_panels * panel_columns;
      GemmBlock block = all;
      block.rows = std::min(width, a_columns - row);
      block.a += row;
      if (rest && i % parts == parts - 1) {
        block.columns = rest;
        block.b = b_rest, block.b_row = panel_columns;
        block.c += row * block.c_row + whole;
      } else {
        block.columns = std::min(part_panels * panel_columns, whole - column);
        block.b += column;
        block.c += row * block.c_row + column;
      }
      kernels().gemm(block);
    });
  }
}

}  // namespace detail

/// C = A·B, then the epilogue; C's rows are c_row floats apart.
template <class Rows>
void multiply(Context<Cpu>& context, Index rows, const Rows& a, const PackedMatrix& b, float* c, Index c_row,
              const Epilogue& epilogue = {}) {
  detail::multiply(context, rows, a, {b.data, b.depth, b.columns, panel_columns * b.depth, panel_columns}, c,
                   c_row, epilogue);
}

/// The same with a B that is used once: packed into scratch, or read in place for a few rows.
template <class Rows>
void multiply(Context<Cpu>& context, Index rows, const Rows& a, const Matrix& b, float* c, Index c_row,
              const Epilogue& epilogue = {}) {
  const bool in_place = rows <= detail::few_rows && b.column == 1;
  const Index whole = in_place ? b.columns / panel_columns * panel_columns : 0;
  if (whole)
    detail::multiply(context, rows, a, {b.data, b.rows, whole, panel_columns, b.row}, c, c_row, epilogue);
  if (whole == b.columns) return;
  const Matrix rest{b.data + whole * b.column, b.rows, b.columns - whole, b.row, b.column};
  float* memory = Context<Cpu>::scratch<detail::PackedScratch>(PackedMatrix::size(rest));
  multiply(context, rows, a, PackedMatrix::pack(context, rest, memory), c + whole, c_row,
           epilogue.from(0, whole));
}

/// C, `outputs` numbers, of body(first, end, part of C) over the rows. Where there are many rows and few outputs
/// they are summed in parts, a number that these two alone decide.
template <class Body>
void sum_over_rows(Context<Cpu>& context, Index rows, Index outputs, float* c, Body body) {
  const Index parts = outputs > (1 << 16) ? 1 : std::clamp<Index>(rows / 2048, 1, 16);
  if (parts == 1) return body(Index{0}, rows, c);
  const Index part_rows = (rows + parts - 1) / parts;
  float* partial = Context<Cpu>::scratch<detail::PartialScratch>(parts * outputs);
  context.parallel(parts, [&](Index part, int) {
    body(std::min(rows, part * part_rows), std::min(rows, (part + 1) * part_rows), partial + part * outputs);
  });
  add_parts(context, partial, parts, outputs, c);
}

/// C (a_columns, b.columns) = Aᵀ·B, dense. b.column is 1.
template <class Rows>
void multiply_transposed(Context<Cpu>& context, const Rows& a, Index a_columns, const Matrix& b, float* c) {
  sum_over_rows(context, b.rows, a_columns * b.columns, c, [&](Index first, Index end, float* to) {
    detail::multiply_transposed(context, a, a_columns, b, first, end, to, false);
  });
}

/// C += Aᵀ·B over the rows [first, end), in one part.
template <class Rows>
void add_transposed(Context<Cpu>& context, const Rows& a, Index a_columns, const Matrix& b, Index first,
                    Index end, float* c) {
  detail::multiply_transposed(context, a, a_columns, b, first, end, c, true);
}

}  // namespace tanuki::eigen
