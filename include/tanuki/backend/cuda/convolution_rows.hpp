#pragma once

// Convolutions as matrix products on the GPU: the rows of the product are the image itself where the window is one pixel
// that moves by one, else they are copied together, some images at a time.

#include "tanuki/backend/cuda/window.hpp"

namespace tanuki::gpu {

class ConvolutionRows {
 public:
  /// kernel: (window · channels, outputs).
  ConvolutionRows(Context<Cuda>& context, const ops::WindowGeometry& g, bool relu, Precision precision)
      : context_(context),
        g_(g),
        relu_(relu),
        precision_(precision),
        inner_(g.rows.kernel * g.columns.kernel * g.channels) {}

  /// Floats that the copied rows take for a batch.
  static Index floats(const ops::WindowGeometry& g, bool relu, Index batch) {
    const Index inner = g.rows.kernel * g.columns.kernel * g.channels;
    return g.is_pointwise() && !relu ? 0 : images_at_a_time(g, inner, batch) * g.positions() * inner;
  }

  /// What convolutions work in, one after the other.
  static float* room(Index floats) {
    struct Room;
    return Context<Cuda>::scratch<Room>(floats);
  }

  /// y = relu_after(rows·kernel + addend + bias); the last two may be null.
  void forward(const float* x, Index images, const float* kernel, Index outputs, const float* addend,
               const float* bias, bool relu_after, float* y) const {
    each_part(x, images, [&](const float* rows, Index first, Index count) {
      const Index at = first * g_.positions() * outputs;
      context_.multiply({.a = rows,
                         .b = kernel,
                         .c = y + at,
                         .rows = count * g_.positions(),
                         .columns = outputs,
                         .inner = inner_,
                         .addend = addend ? addend + at : nullptr,
                         .bias = bias,
                         .relu = relu_after,
                         .precision = precision_});
    });
  }

  /// dkernel = rowsᵀ·dy.
  void kernel_gradient(const float* x, Index images, const float* dy, Index outputs, float* dkernel) const {
    each_part(x, images, [&](const float* rows, Index first, Index count) {
      context_.multiply({.a = rows,
                         .b = dy + first * g_.positions() * outputs,
                         .c = dkernel,
                         .rows = inner_,
                         .columns = outputs,
                         .inner = count * g_.positions(),
                         .a_transposed = true,
                         .addend = first ? dkernel : nullptr,
                         .precision = precision_});
    });
  }

  /// dx from dy·kernelᵀ; 0 where relu and x is not positive.
  void input_gradient(const float* x, Index images, const float* dy, Index outputs, const float* kernel,
                      float* dx) const {
    const bool direct = g_.is_pointwise();
    const Index pixels = g_.rows.in * g_.columns.in, step = direct ? images : part(images);
    for (Index first = 0; first < images; first += step) {
      const Index count = std::min(step, images - first), at = first * pixels * g_.channels;
      float* rows = direct ? dx : scratch(step);
      context_.multiply({.a = dy + first * g_.positions() * outputs,
                         .b = kernel,
                         .c = rows,
                         .rows = count * g_.positions(),
                         .columns = inner_,
                         .inner = outputs,
                         .b_transposed = true,
                         .precision = precision_});
      const float *relu_of = relu_ ? x + at : nullptr, *from = rows;
      if (!direct) {
        context_.launch("convolution", "window_rows_gradient", places_grid(count * pixels, g_.channels),
                        places_block, from, relu_of, dx + at, window(g_), count * pixels);
      } else if (relu_) {
        context_.launch_over(images * pixels * g_.channels, "elementwise", "relu_mask", relu_of, dx,
                             images * pixels * g_.channels);
      }
    }
  }

 private:
  static constexpr Index most_floats = Index{1} << 24;

  static Index images_at_a_time(const ops::WindowGeometry& g, Index inner, Index batch) {
    return std::clamp<Index>(most_floats / std::max<Index>(g.positions() * inner, 1), 1,
                             std::max<Index>(batch, 1));
  }
  Index part(Index images) const { return images_at_a_time(g_, inner_, images); }
  float* scratch(Index images) const { return room(images * g_.positions() * inner_); }

  /// fn(rows, first image, images).
  template <class Fn>
  void each_part(const float* x, Index images, Fn fn) const {
    if (g_.is_pointwise() && !relu_) return fn(x, Index{0}, images);
    const Index step = part(images), pixels = g_.rows.in * g_.columns.in;
    for (Index first = 0; first < images; first += step) {
      const Index count = std::min(step, images - first), places = count * g_.positions();
      float* rows = scratch(step);
      context_.launch("convolution", "window_rows",
                      places_grid(places, g_.channels, g_.rows.kernel * g_.columns.kernel), places_block,
                      x + first * pixels * g_.channels, rows, window(g_), places, int(relu_));
      fn(static_cast<const float*>(rows), first, count);
    }
  }

  Context<Cuda>& context_;
  const ops::WindowGeometry& g_;
  bool relu_;
  Precision precision_;
  Index inner_;
};

}  // namespace tanuki::gpu
