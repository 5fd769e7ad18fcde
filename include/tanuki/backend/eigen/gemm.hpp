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

  static PackedMatrix pack(Context<Cpu>& context, const Matrix& b, float* memory) {
    context.parallel(panels(b.columns), [&](Index p, int) {
      const Index first = p * panel_columns, width = std::min(panel_columns, b.columns - first);
      const float* from = b.data + first * b.column;
      float* panel = memory + first * b.rows;
      if (width < panel_columns) std::fill_n(panel, panel_columns * b.rows, 0.0f);
      if (b.column == 1) {
        for (Index k = 0; k < b.rows; ++k) std::copy_n(from + k * b.row, width, panel + k * panel_columns);
        return;
      }
      constexpr Index block = 16;  // a cache line of each column
      for (Index k = 0; k < b.rows; k += block) {
        const Index end = std::min(b.rows, k + block);
        for (Index j = 0; j < width; ++j) {
          for (Index l = k; l < end; ++l) panel[l * panel_columns + j] = from[l * b.row + j * b.column];
        }
      }
    });
    return {memory, b.rows, b.columns};
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

/// A's rows, where they are row after row in memory. Another kind of A (see Patches in conv2d.hpp) has
/// in_place = false and copy(first, count, to), which writes `count` rows densely.
struct PlainRows {
  static constexpr bool in_place = true;
  const float* data;
  Index stride;
};

namespace detail {

/// body(row, rows, column, columns) over parts of a matrix: `block` rows and, where that makes fewer parts
/// than the threads need, some of the panels. For work whose result does not depend on the parts.
template <class Body>
void each_part(Context<Cpu>& context, Index rows, Index columns, Index block, Body body) {
  if (rows == 0 || columns == 0) return;
  const Index threads = context.threads(), panels = PackedMatrix::panels(columns);
  if (threads > 1) {  // so that no thread gets a block more than another
    const Index blocks = ((rows + block - 1) / block + threads - 1) / threads * threads;
    const Index tile = kernels().tile_rows;
    block = ((rows + blocks - 1) / blocks + tile - 1) / tile * tile;
  }
  const Index row_parts = (rows + block - 1) / block;
  const Index wanted = threads > 1 ? (4 * threads + row_parts - 1) / row_parts : 1;
  const Index part_panels = (panels + wanted - 1) / wanted;
  const Index column_parts = (panels + part_panels - 1) / part_panels;
  context.parallel(row_parts * column_parts, [&](Index part, int) {
    const Index row = part / column_parts * block;
    const Index column = part % column_parts * part_panels * panel_columns;
    body(row, std::min(block, rows - row), column, std::min(part_panels * panel_columns, columns - column));
  });
}

/// B as GemmBlock has it.
struct Panels {
  const float* data;
  Index depth, columns;
  Index panel, row;
};

struct PackedScratch;
struct RowsScratch;
struct PartialScratch;

inline constexpr Index most_block_rows = 96;  // with a depth of 1024: 384 KiB, in L2
inline constexpr Index few_rows = 192;        // packing B would cost more than it gives

template <class Rows>
void multiply(Context<Cpu>& context, Index rows, const Rows& a, const Panels& b, float* c, Index c_row,
              const Epilogue& epilogue) {
  Index most = most_block_rows;
  if (!Rows::in_place) most = std::clamp<Index>((Index{1} << 18) / b.depth, kernels().tile_rows, most);
  each_part(context, rows, b.columns, most, [&](Index row, Index count, Index column, Index columns) {
    GemmBlock block{.rows = count, .depth = b.depth, .columns = columns};
    if constexpr (Rows::in_place) {
      block.a = a.data + row * a.stride, block.a_row = a.stride;
    } else {
      float* copy = Context<Cpu>::scratch<RowsScratch>(count * b.depth);
      a.copy(row, count, copy);
      block.a = copy, block.a_row = b.depth;
    }
    block.b = b.data + column / panel_columns * b.panel, block.b_panel = b.panel, block.b_row = b.row;
    block.c = c + row * c_row + column, block.c_row = c_row;
    block.epilogue = epilogue.from(column);
    kernels().gemm(block);
  });
}

/// C = Aᵀ·B over the rows [first, end).
template <class Rows>
void multiply_transposed(Context<Cpu>& context, const Rows& a, Index a_columns, const Matrix& b, Index first,
                         Index end, float* c) {
  const Index step = Rows::in_place ? 512 : std::clamp<Index>((Index{1} << 20) / a_columns, 64, 512);
  float* memory =
      Context<Cpu>::scratch<PackedScratch>(PackedMatrix::panels(b.columns) * panel_columns * step);
  for (Index m = first; m == first || m < end; m += step) {
    const Index count = std::min(step, end - m);
    const float* from;
    Index stride = a_columns;
    if constexpr (Rows::in_place) {
      from = a.data + m * a.stride, stride = a.stride;
    } else {
      float* copy = Context<Cpu>::scratch<RowsScratch>(step * a_columns);
      context.parallel_blocks(count, 32,
                              [&](Index i, Index to) { a.copy(m + i, to - i, copy + i * a_columns); });
      from = copy;
    }
    const auto packed =
        PackedMatrix::pack(context, {b.data + m * b.row, count, b.columns, b.row, b.column}, memory);
    each_part(context, a_columns, b.columns, most_block_rows,
              [&](Index row, Index rows, Index column, Index columns) {
                kernels().gemm({.rows = rows,
                                .depth = count,
                                .columns = columns,
                                .a = from + row,
                                .a_row = 1,
                                .a_step = stride,
                                .b = packed.data + column * count,
                                .b_panel = panel_columns * count,
                                .b_row = panel_columns,
                                .c = c + row * b.columns + column,
                                .c_row = b.columns,
                                .accumulate = m > first});
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
           epilogue.from(whole));
}

/// C (a_columns, b.columns) = Aᵀ·B, dense. Tall products with a small C are summed in parts, a number that
/// the shapes alone decide.
template <class Rows>
void multiply_transposed(Context<Cpu>& context, const Rows& a, Index a_columns, const Matrix& b, float* c) {
  const Index outputs = a_columns * b.columns;
  const Index parts = outputs > (1 << 16) ? 1 : std::clamp<Index>(b.rows / 2048, 1, 16);
  if (parts == 1) return detail::multiply_transposed(context, a, a_columns, b, 0, b.rows, c);
  const Index part_rows = (b.rows + parts - 1) / parts;
  float* partial = Context<Cpu>::scratch<detail::PartialScratch>(parts * outputs);
  context.parallel(parts, [&](Index part, int) {
    detail::multiply_transposed(context, a, a_columns, b, std::min(b.rows, part * part_rows),
                                std::min(b.rows, (part + 1) * part_rows), partial + part * outputs);
  });
  add_parts(context, partial, parts, outputs, c);
}

}  // namespace tanuki::eigen
