#pragma once

// Products of patches whose windows move by one pixel. A row of a window reads neighbouring pixels, which lie side by
// side in memory, and the next position the same ones but for a pixel: so a line of the image, with its padding, is
// copied once for each row of the window, and read in place as rows that overlap. A patch that is copied out reads
// each pixel once more for every column of the window.
//
// Every element of C is the same chain over k as with copied patches, to the bit.

#include "tanuki/backend/eigen/patches.hpp"

namespace tanuki::eigen {

namespace detail {

/// Where copying once a line pays: below, tiles would be cut short at the ends of the lines, and with more columns of
/// B what is copied does not matter.
inline bool in_lines(const ops::WindowGeometry& g, Index out) {
  constexpr Index fewest_positions = 24, most_columns = 128, fewest_channels = 16;
  return g.columns.stride == 1 && g.columns.kernel > 1 && !g.is_dilated() && g.channels >= fewest_channels &&
         g.columns.out >= fewest_positions && out <= most_columns;
}

/// Neighbouring positions of one line; `row` is the number of the first in its block.
struct LinePart {
  Index row, count, image, y, x;
};

/// body(part) for the positions [first, first + count), counted over all images.
template <class Body>
void each_line_part(const ops::WindowGeometry& g, Index first, Index count, Body body) {
  for (Index row = 0; row < count;) {
    const Index at = first + row, x = at % g.columns.out, y = at / g.columns.out % g.rows.out;
    const Index here = std::min(count - row, g.columns.out - x);
    body(LinePart{row, here, at / g.positions(), y, x});
    row += here;
  }
}

/// Floats of one line under `positions` positions.
inline Index line_floats(const ops::WindowGeometry& g, Index positions) {
  return (positions + g.columns.kernel - 1) * g.channels;
}

/// The line under row `tap` of the window at the part's positions.
inline void copy_line(const Patches& a, const LinePart& part, Index tap, float* to) {
  const ops::WindowGeometry& g = a.geometry();
  const Index size = line_floats(g, part.count), y = g.rows.start(part.y) + tap, x = g.columns.start(part.x);
  const Index pixels = part.count + g.columns.kernel - 1, first = std::clamp<Index>(-x, 0, pixels),
              end = std::clamp<Index>(g.columns.in - x, first, pixels);
  if (y < 0 || y >= g.rows.in || first == end) return std::fill_n(to, size, 0.0f), void();
  const float* from = a.images() + ((part.image * g.rows.in + y) * g.columns.in + x) * g.channels;
  std::fill_n(to, first * g.channels, 0.0f);
  if (a.relu()) {
    kernels().relu(to + first * g.channels, from + first * g.channels, (end - first) * g.channels);
  } else {
    std::copy_n(from + first * g.channels, (end - first) * g.channels, to + first * g.channels);
  }
  std::fill_n(to + end * g.channels, (pixels - end) * g.channels, 0.0f);
}

struct LinesScratch;
struct RoundedLinesScratch;

/// Positions whose lines are copied at a time: some 288 KiB.
inline Index positions_at_a_time(const ops::WindowGeometry& g) {
  return std::clamp<Index>((Index{72} << 10) / (g.rows.kernel * g.channels), 48, 480) / 12 * 12;
}

/// A block of C, of lines that lie at `lines` one row of the window after the other, part after part. T is a float or a
/// pair, of which `scale` numbers make one.
template <class T, class Multiply>
void multiply_lines(const ops::WindowGeometry& g, Index first, Index count, GemmBlockOf<T> block,
                    const T* lines, Index scale, Index columns_at_a_time, const Epilogue& epilogue,
                    Multiply multiply) {
  const Index columns = block.columns, depth = g.columns.kernel * g.channels / scale;
  block.depth = depth;
  block.a_row = g.channels / scale;
  const T* b = block.b;
  float* c = block.c;
  for (Index j = 0; j < columns; j += columns_at_a_time) {
    block.columns = std::min(columns_at_a_time, columns - j);
    const T* from = lines;
    each_line_part(g, first, count, [&](const LinePart& part) {
      block.rows = part.count;
      block.c = c + part.row * block.c_row + j;
      block.b = b + j / panel_columns * block.b_panel;
      for (Index tap = 0; tap < g.rows.kernel; ++tap, block.b += depth * block.b_row) {
        block.a = from;
        block.accumulate = tap > 0;
        block.epilogue = tap + 1 == g.rows.kernel ? epilogue.from(part.row, j) : Epilogue{};
        multiply(block);
        from += line_floats(g, part.count) / scale;
      }
    });
  }
}

}  // namespace detail

/// C = A·B, then the epilogue; C's rows are c_row floats apart.
inline void multiply(Context<Cpu>& context, Index rows, const Patches& a, const PackedMatrix& b, float* c,
                     Index c_row, const Epilogue& epilogue = {}) {
  const ops::WindowGeometry& g = a.geometry();
  if (!detail::in_lines(g, b.columns)) return multiply<Patches>(context, rows, a, b, c, c_row, epilogue);
  const detail::Parts parts(context, rows, b.columns, detail::positions_at_a_time(g));
  context.parallel_blocks(rows, parts.block, [&](Index first, Index end) {
    const Index count = end - first;
    Index floats = 0;
    detail::each_line_part(g, first, count, [&](const auto& part) {
      floats += g.rows.kernel * detail::line_floats(g, part.count);
    });
    float* lines = Context<Cpu>::scratch<detail::LinesScratch>(floats);
    float* to = lines;
    detail::each_line_part(g, first, count, [&](const auto& part) {
      for (Index tap = 0; tap < g.rows.kernel; ++tap, to += detail::line_floats(g, part.count))
        detail::copy_line(a, part, tap, to);
    });
    GemmBlock block{
        .columns = b.columns, .b = b.data, .b_panel = panel_columns * b.depth, .b_row = panel_columns};
    block.c = c + first * c_row, block.c_row = c_row;
    detail::multiply_lines(g, first, count, block, lines, 1, panel_columns, epilogue.from(first, 0),
                           kernels().gemm);
  });
}

/// The same with the factors rounded to bfloat16.
inline void multiply_bf16(Context<Cpu>& context, Index rows, const Patches& a, const PackedMatrixBf16& b,
                          float* c, Index c_row, const Epilogue& epilogue = {}) {
  const ops::WindowGeometry& g = a.geometry();
  if (!detail::in_lines(g, b.columns) || g.channels % (2 * pair_block))  // whole blocks of pairs
    return multiply_bf16<Patches>(context, rows, a, b, c, c_row, epilogue);
  const detail::Parts parts(context, rows, b.columns, detail::positions_at_a_time(g),
                            kernels().tile_rows_bf16);
  context.parallel_blocks(rows, parts.block, [&](Index first, Index end) {
    const Index count = end - first;
    Index floats = 0, longest = 0;
    detail::each_line_part(g, first, count, [&](const auto& part) {
      const Index line = detail::line_floats(g, part.count);
      floats += g.rows.kernel * line, longest = std::max(longest, line);
    });
    float* line = Context<Cpu>::scratch<detail::LinesScratch>(longest);
    Bf16Pair* lines = detail::scratch_pairs<detail::RoundedLinesScratch>(floats / 2);
    Bf16Pair* to = lines;
    detail::each_line_part(g, first, count, [&](const auto& part) {
      const Index size = detail::line_floats(g, part.count);
      for (Index tap = 0; tap < g.rows.kernel; ++tap, to += size / 2) {
        detail::copy_line(a, part, tap, line);
        detail::to_pairs(line, size, to);
      }
    });
    GemmBlockBf16 block{.columns = b.columns,
                        .a_step = pair_block,
                        .b = b.data,
                        .b_panel = b.panel(),
                        .b_row = panel_columns};
    block.c = c + first * c_row, block.c_row = c_row;
    detail::multiply_lines(g, first, count, block, lines, 2, 4 * panel_columns, epilogue.from(first, 0),
                           kernels().gemm_bf16);
  });
}

}  // namespace tanuki::eigen
