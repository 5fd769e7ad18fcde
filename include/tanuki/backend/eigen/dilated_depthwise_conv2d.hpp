#pragma once

// Depthwise convolutions with dilation on the CPU. The positions whose taps lie on the same columns modulo the
// dilation form a window without dilation over these columns alone, which the plain kernels take. The gradient of
// the input is added tap by tap.

#include <algorithm>
#include <numeric>

#include "tanuki/backend/eigen/gemm.hpp"
#include "tanuki/backend/eigen/pooling.hpp"
#include "tanuki/core/tensor.hpp"

namespace tanuki::eigen {

class DilatedDepthwise {
 public:
  using View = ConstTensorView<Cpu>;

  DilatedDepthwise(const ops::WindowGeometry& geometry, Index multiplier)
      : g_(geometry), multiplier_(multiplier), channels_(geometry.channels * multiplier) {}

  void forward(Context<Cpu>& context, View x, View kernel, TensorView<Cpu> y) const {
    const Index line = g_.columns.out * channels_;
    context.parallel(y.size() / line, [&](Index i, int) {
      each_phase(x.data, i, [&](const DepthwiseRow& shape, const float* from, Index tap, Index position) {
        kernels().depthwise(shape, from, kernel.data + tap * channels_,
                            y.data + i * line + position * channels_);
      });
    });
  }

  void backward_kernel(Context<Cpu>& context, View x, View dy, TensorView<Cpu> dkernel) const {
    struct Scratch;
    const Index line = g_.columns.out * channels_, lines = dy.size() / line, size = dkernel.size();
    const Index parts = std::min<Index>(lines, 32);  // whatever the number of threads
    float* partial = Context<Cpu>::scratch<Scratch>(parts * size);
    context.parallel(parts, [&](Index part, int) {
      float* sum = partial + part * size;
      std::fill_n(sum, size, 0.0f);
      for (Index i = part * lines / parts; i < (part + 1) * lines / parts; ++i) {
        each_phase(x.data, i, [&](const DepthwiseRow& shape, const float* from, Index tap, Index position) {
          kernels().depthwise_kernel(shape, from, dy.data + i * line + position * channels_,
                                     sum + tap * channels_);
        });
      }
    });
    add_parts(context, partial, parts, size, dkernel.data);
  }

  void backward_input(Context<Cpu>& context, View dy, View kernel, TensorView<Cpu> dx) const {
    const Index in_size = g_.rows.in * g_.columns.in * g_.channels;
    context.parallel(dx.size() / in_size, [&](Index image, int) {
      float* to_image = dx.data + image * in_size;
      std::fill_n(to_image, in_size, 0.0f);
      for (Index position = 0; position < g_.positions(); ++position) {
        const float* gradient = dy.data + (image * g_.positions() + position) * channels_;
        each_tap(g_, position / g_.columns.out, position % g_.columns.out, [&](Index pixel, Index tap) {
          float* to = to_image + pixel;
          const float* weight = kernel.data + tap * channels_;
          if (multiplier_ == 1) {
            return vector_loop(0, channels_, [=](Index c) { to[c] += gradient[c] * weight[c]; });
          }
          for (Index c = 0; c < channels_; ++c) to[c / multiplier_] += gradient[c] * weight[c];
        });
      }
    });
  }

 private:
  /// body(window, its x, its first tap, its first position) for the positions of line i, counted over the lines of
  /// all images.
  template <class Body>
  void each_phase(const float* images, Index i, Body body) const {
    const auto& [rows, columns, in_channels] = g_;
    const Index y = i % rows.out, first = rows.first_tap(y), count = rows.end_tap(y) - first;
    const Index row_size = columns.in * in_channels, row_step = row_size * rows.dilation;
    const float* x = images + (i / rows.out * rows.in + rows.start(y) + first * rows.dilation) * row_size;
    if (multiplier_ > 1) x = repeated(x, count, row_size, row_step);
    const Index apart = columns.dilation, common = std::gcd(columns.stride, apart), steps = apart / common;
    for (Index position = 0; position < std::min(steps, columns.out); ++position) {
      const Index start = columns.start(position), column = (start % apart + apart) % apart;
      body(DepthwiseRow{.channels = channels_,
                        .out = (columns.out - position + steps - 1) / steps,
                        .in = std::max<Index>(0, (columns.in - column + apart - 1) / apart),
                        .rows = count,
                        .taps = columns.kernel,
                        .stride = columns.stride / common,
                        .pad = (column - start) / apart,
                        .x_row = multiplier_ > 1 ? row_size * multiplier_ : row_step,
                        .x_pixel = channels_ * apart,
                        .y_pixel = channels_ * steps},
           x + column * channels_, first * columns.kernel, position);
    }
  }

  /// In scratch, the rows with each channel `multiplier` times.
  const float* repeated(const float* x, Index rows, Index row_size, Index row_step) const {
    struct Scratch;
    float* copy = Context<Cpu>::scratch<Scratch>(rows * row_size * multiplier_);
    for (Index row = 0; row < rows; ++row) {
      for (Index i = 0; i < row_size; ++i) {
        std::fill_n(copy + (row * row_size + i) * multiplier_, multiplier_, x[row * row_step + i]);
      }
    }
    return copy;
  }

  const ops::WindowGeometry& g_;
  Index multiplier_, channels_;
};

}  // namespace tanuki::eigen
