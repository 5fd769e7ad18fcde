#pragma once

// 3x3 convolutions without strides by 16 products where the patches take 36: Winograd's F(2x2, 3x3). For four
// neighbouring positions, a tile, whose windows see 4x4 pixels,
//   Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A
//   Bᵀ = 1  0 -1  0    G = 1    0    0      Aᵀ = 1  1  1  0
//        0  1  1  0        1/2  1/2  1/2         0  1 -1 -1
//        0 -1  1  0        1/2 -1/2  1/2
//        0  1  0 -1        0    0    1
// and ⊙, summed over the channels of many tiles, is 16 matrix products. Everything but these is sums and halves. Rounding
// is of the size that the longer sums of patches have. An infinity among the pixels makes NaNs at all four positions.
// Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2015), 4.1.

#include <algorithm>
#include <array>

#include "tanuki/backend/eigen/gemm.hpp"
#include "tanuki/ops/window.hpp"

namespace tanuki::eigen {

/// A kernel of 3x3 taps where it lies: tap (y, x) of row k and column j is at first[(3 y + x) tap + k row + j column].
struct Taps {
  const float* first;
  Index tap, row, column;
  const float* scale = nullptr;  ///< a factor for each row

  /// (3, 3, in, out): what a convolution multiplies pixels by.
  static Taps of_kernel(const float* kernel, Index in, Index out) { return {kernel, in * out, out, 1}; }

  /// The same kernel turned by half a circle, from out to in: what its input's gradient multiplies the output's by.
  static Taps turned(const float* kernel, Index in, Index out, const float* scale) {
    return {kernel + 8 * in * out, -in * out, 1, out, scale};
  }
};

/// A kernel, transformed and packed, in memory of somebody else.
struct WinogradMatrices {
  static constexpr Index parts = 16;

  const float* data = nullptr;
  Index depth = 0, columns = 0;

  /// The factor of the `part`-th product, (in, out).
  PackedMatrix matrix(Index part) const { return {data + part * part_size(depth, columns), depth, columns}; }

  /// Floats that pack() takes for (in, out).
  static Index size(Index in, Index out) { return parts * part_size(in, out); }

  static WinogradMatrices pack(Context<Cpu>& context, const Taps& taps, Index in, Index out, float* memory) {
    context.parallel(PackedMatrix::panels(out), [&](Index panel, int) {
      const Index first = panel * panel_columns, width = std::min(panel_columns, out - first);
      for (Index k = 0; k < in; ++k)
        pack_row(taps, k, first, width, memory + (first * in + k * panel_columns), part_size(in, out));
    });
    return {memory, in, out};
  }

 private:
  using Row = std::array<float, panel_columns>;

  static Index part_size(Index in, Index out) { return PackedMatrix::panels(out) * panel_columns * in; }

  static void spread(const Row& a, const Row& b, const Row& c, std::array<Row, 4>& to) {
    for (std::size_t j = 0; j < a.size(); ++j) {
      to[0][j] = a[j];
      to[1][j] = 0.5f * (a[j] + b[j] + c[j]);
      to[2][j] = 0.5f * (a[j] - b[j] + c[j]);
      to[3][j] = c[j];
    }
  }

  /// Row k of a panel of `width` columns from `first` on, in all parts, which are `part` floats apart.
  static void pack_row(const Taps& taps, Index k, Index first, Index width, float* to, Index part) {
    const float* from = taps.first + k * taps.row + first * taps.column;
    const float scale = taps.scale ? taps.scale[k] : 1.0f;
    std::array<std::array<Row, 4>, 3> columns_of_taps;
    for (Index x = 0; x < 3; ++x) {
      std::array<Row, 3> column{};
      for (Index y = 0; y < 3; ++y) {
        const float* tap = from + (3 * y + x) * taps.tap;
        for (Index j = 0; j < width; ++j)
          column[std::size_t(y)][std::size_t(j)] = tap[j * taps.column] * scale;
      }
      spread(column[0], column[1], column[2], columns_of_taps[std::size_t(x)]);
    }
    std::array<Row, 4> row;
    for (std::size_t y = 0; y < 4; ++y) {
      spread(columns_of_taps[0][y], columns_of_taps[1][y], columns_of_taps[2][y], row);
      for (std::size_t x = 0; x < 4; ++x)
        std::copy(row[x].begin(), row[x].end(), to + Index(4 * y + x) * part);
    }
  }
};

/// The same with memory of its own: for a weight's derived().
struct WinogradWeight {
  Buffer<Cpu> memory;
  WinogradMatrices matrices;

  /// `kernel`: (3, 3, in, out).
  void pack(Context<Cpu>& context, const float* kernel, Index in, Index out) {
    const Index size = WinogradMatrices::size(in, out);
    if (memory.size() != size) memory = Buffer<Cpu>(), memory = Buffer<Cpu>(size);
    matrices = WinogradMatrices::pack(context, Taps::of_kernel(kernel, in, out), in, out, memory.data());
  }
};

namespace detail {

/// The tiles that cover the positions of a batch.
struct WinogradTiles {
  const ops::WindowGeometry& geometry;
  Index rows = (geometry.rows.out + 1) / 2, columns = (geometry.columns.out + 1) / 2;

  Index count(Index images) const { return images * rows * columns; }

  /// Its 4x4 pixels, row by row; `zeros` where there is none.
  std::array<const float*, 16> pixels(const float* x, Index tile, const float* zeros) const {
    const auto& [along_rows, along_columns, channels] = geometry;
    const Index image = tile / (rows * columns), top = along_rows.start(tile / columns % rows * 2),
                left = along_columns.start(tile % columns * 2);
    std::array<const float*, 16> found;
    for (Index i = 0; i < 16; ++i) {
      const Index row = top + i / 4, column = left + i % 4;
      const bool inside = row >= 0 && row < along_rows.in && column >= 0 && column < along_columns.in;
      found[std::size_t(i)] =
          inside ? x + ((image * along_rows.in + row) * along_columns.in + column) * channels : zeros;
    }
    return found;
  }

  /// Its 2x2 positions, counted over all images; -1 beyond the last.
  std::array<Index, 4> positions(Index tile) const {
    const Index image = tile / (rows * columns), y = tile / columns % rows * 2, x = tile % columns * 2;
    std::array<Index, 4> found;
    for (Index i = 0; i < 4; ++i) {
      const bool inside = y + i / 2 < geometry.rows.out && x + i % 2 < geometry.columns.out;
      found[std::size_t(i)] =
          inside ? (image * geometry.rows.out + y + i / 2) * geometry.columns.out + x + i % 2 : -1;
    }
    return found;
  }
};

inline constexpr Index winograd_tiles = 96;     // at a time
inline constexpr Index winograd_columns = 128;  // of the products, at a time

struct WinogradPixelsScratch;
struct WinogradProductsScratch;

}  // namespace detail

/// What the input's gradient is to the output's: each pixel sees the positions whose windows have it.
inline ops::WindowGeometry turned(const ops::WindowGeometry& geometry, Index out) {
  ops::WindowGeometry back = geometry;
  for (auto* axis : {&back.rows, &back.columns}) {
    std::swap(axis->in, axis->out);
    axis->pad = axis->kernel - 1 - axis->pad;
  }
  back.channels = out;
  return back;
}

/// Where the products that F(2x2, 3x3) saves are much more than its sums and halves. Over 32 channels it takes a quarter off, in
/// Xception's one such convolution a hundredth of the net's time, which is not worth another rounding.
inline bool fits_winograd(ops::Size2D kernel, ops::Size2D strides, ops::Size2D dilation, Index in,
                          Index out) {
  constexpr Index fewest_in = 64, fewest_out = 32;
  return kernel == ops::Size2D(3) && strides == ops::Size2D(1) && dilation == ops::Size2D(1) &&
         in >= fewest_in && out >= fewest_out;
}

/// Floats that a thread takes for winograd().
inline Index winograd_scratch(Index tiles, Index in, Index out) {
  tiles = std::min(tiles, detail::winograd_tiles);
  return WinogradMatrices::parts * tiles * (copied_stride(in) + std::min(out, detail::winograd_columns)) + in;
}

/// y = the convolution of `images` images x, of max(x, 0) where `relu`; then the epilogue.
inline void winograd(Context<Cpu>& context, const ops::WindowGeometry& geometry, Index images, const float* x,
                     bool relu, const WinogradMatrices& kernel, float* y, const Epilogue& epilogue) {
  const detail::WinogradTiles tiles{geometry};
  const Index in = kernel.depth, out = kernel.columns, stride = copied_stride(in);
  detail::each_part(
      context, tiles.count(images), out, detail::winograd_tiles,
      [&](Index first, Index count, Index column, Index columns) {
        constexpr Index parts = WinogradMatrices::parts;
        float* pixels = Context<Cpu>::scratch<detail::WinogradPixelsScratch>(parts * count * stride + in);
        float* zeros = pixels + parts * count * stride;
        std::fill_n(zeros, in, 0.0f);
        for (Index i = 0; i < count; ++i) {
          const auto from = tiles.pixels(x, first + i, zeros);
          kernels().winograd_input(from.data(), in, relu, pixels + i * stride, count * stride);
        }
        const Index most = std::min(columns, detail::winograd_columns);
        float* products = Context<Cpu>::scratch<detail::WinogradProductsScratch>(parts * count * most);
        for (Index end = column + columns; column < end; column += most) {
          const Index some = std::min(most, end - column);
          for (Index part = 0; part < parts; ++part) {
            const PackedMatrix b = kernel.matrix(part);
            kernels().gemm({.rows = count,
                            .depth = in,
                            .columns = some,
                            .a = pixels + part * count * stride,
                            .a_row = stride,
                            .b = b.data + column * in,
                            .b_panel = panel_columns * in,
                            .b_row = panel_columns,
                            .c = products + part * count * most,
                            .c_row = most});
          }
          for (Index i = 0; i < count; ++i) {
            const auto positions = tiles.positions(first + i);
            WinogradOutput output;
            for (std::size_t p = 0; p < positions.size(); ++p) {
              if (positions[p] < 0) continue;
              output.c[p] = y + positions[p] * out + column;
              output.epilogues[p] = epilogue.from(positions[p], column);
            }
            kernels().winograd_output(products + i * most, count * most, some, output);
          }
        }
      });
}

}  // namespace tanuki::eigen
