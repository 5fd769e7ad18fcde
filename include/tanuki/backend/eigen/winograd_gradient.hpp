#pragma once

// The gradient of a 3x3 kernel by the 16 products of winograd.hpp, with the same Bᵀ, G and A:
//   dg = Gᵀ [sum over tiles of (Bᵀ d B) ⊙ (A dY Aᵀ)] G
// where ⊙ over the channels of all tiles is 16 products of (in, tiles) and (tiles, out). Tiles are taken some at a time, a
// number that nothing changes; their sums are added to those of the tiles before.

#include "tanuki/backend/eigen/winograd.hpp"

namespace tanuki::eigen {

class WinogradGradient {
 public:
  WinogradGradient(const ops::WindowGeometry& geometry, Index images, Index out)
      : tiles_{geometry},
        count_(tiles_.count(images)),
        in_(geometry.channels),
        out_(out),
        in_stride_(copied_stride(in_)),
        out_stride_(copied_stride(PackedMatrix::panels(out) * panel_columns)) {}

  /// Floats that run() takes.
  Index scratch() const { return parts * (most() * (in_stride_ + out_stride_) + in_ * out_) + zeros(); }

  /// dkernel (3, 3, in, out) of images x, of max(x, 0) where `relu`, and dy.
  void run(Context<Cpu>& context, const float* x, bool relu, const float* dy, float* dkernel) const {
    struct Scratch;
    float* pixels = Context<Cpu>::scratch<Scratch>(scratch());
    float* slopes = pixels + parts * most() * in_stride_;
    float* sums = slopes + parts * most() * out_stride_;
    float* none = sums + parts * in_ * out_;
    std::fill_n(none, zeros(), 0.0f);
    for (Index first = 0; first < count_; first += most()) {
      const Index some = std::min(most(), count_ - first);
      context.parallel(some, [&](Index i, int) {
        const auto from = tiles_.pixels(x, first + i, none);
        kernels().winograd_input(from.data(), in_, relu, pixels + i * in_stride_, most() * in_stride_);
        const auto positions = tiles_.positions(first + i);
        std::array<const float*, 4> slope;
        for (std::size_t p = 0; p < slope.size(); ++p)
          slope[p] = positions[p] < 0 ? none : dy + positions[p] * out_;
        kernels().winograd_gradient(slope.data(), out_, slopes + i * out_stride_, most() * out_stride_);
      });
      add_products(context, pixels, slopes, some, first > 0, sums);
    }
    context.parallel(in_, [&](Index k, int) {
      kernels().winograd_taps(sums + k * out_, in_ * out_, out_, dkernel + k * out_, in_ * out_);
    });
  }

 private:
  static constexpr Index parts = WinogradMatrices::parts;
  static constexpr Index strip = detail::most_block_rows, panels_at_a_time = 4;

  /// Tiles at a time: as many as make up for reading and writing the sums again.
  Index most() const { return std::min<Index>(count_, 512); }
  Index zeros() const { return std::max(in_, out_); }

  void add_products(Context<Cpu>& context, const float* pixels, const float* slopes, Index tiles, bool more,
                    float* sums) const {
    constexpr Index width = panels_at_a_time * panel_columns;
    const Index strips = (in_ + strip - 1) / strip, columns = (out_ + width - 1) / width;
    context.parallel(parts * strips * columns, [&](Index i, int) {
      const Index part = i / (strips * columns), row = i / columns % strips * strip,
                  column = i % columns * width;
      float* const c = sums + (part * in_ + row) * out_ + column;
      kernels().gemm({.rows = std::min(strip, in_ - row),
                      .depth = tiles,
                      .columns = std::min(width, out_ - column),
                      .a = pixels + part * most() * in_stride_ + row,
                      .a_row = 1,
                      .a_step = in_stride_,
                      .b = slopes + part * most() * out_stride_ + column,
                      .b_panel = panel_columns,
                      .b_row = out_stride_,
                      .c = c,
                      .c_row = out_,
                      .epilogue = {.shortcut = more ? c : nullptr, .shortcut_row = out_}});
    });
  }

  detail::WinogradTiles tiles_;
  Index count_, in_, out_, in_stride_, out_stride_;
};

}  // namespace tanuki::eigen
