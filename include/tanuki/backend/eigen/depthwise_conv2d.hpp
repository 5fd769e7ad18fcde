#pragma once

// Depthwise convolutions on the CPU, one row of positions at a time, vectorised over the channels. A
// multiplier above 1 is a depthwise convolution without one, of an input whose channels are repeated. The
// gradient of the input is again such a convolution, of the output's gradient with the flipped kernel; under
// strides, one for each phase that a pixel can have against the window's steps. With dilation see
// dilated_depthwise_conv2d.hpp.

#include <algorithm>
#include <vector>

#include "tanuki/backend/eigen/depthwise_rows.hpp"
#include "tanuki/backend/eigen/dilated_depthwise_conv2d.hpp"
#include "tanuki/ops/depthwise_conv2d.hpp"

namespace tanuki::ops {

template <>
struct DepthwiseConv2DKernel<Cpu> {
  using View = ConstTensorView<Cpu>;

  static void forward(Context<Cpu>& context, const WindowGeometry& g, View x, View kernel,
                      TensorView<Cpu> y) {
    if (g.is_dilated()) return eigen::DilatedDepthwise(g, kernel.shape[3]).forward(context, x, kernel, y);
    const Index multiplier = kernel.shape[3], channels = g.channels * multiplier,
                row_size = g.columns.out * channels;
    context.parallel_blocks(y.size() / row_size, grain(row_size), [&](Index begin, Index end) {
      for (Index i = begin; i < end; ++i) {
        const auto row = eigen::depthwise_line(g, multiplier, x.data, i);
        eigen::kernels().depthwise(row.shape, row.x, kernel.data + row.first * g.columns.kernel * channels,
                                   y.data + i * row_size);
      }
    });
  }

  /// `relu`: x stands for max(x, 0).
  static void backward_kernel(Context<Cpu>& context, const WindowGeometry& g, View x, View dy,
                              TensorView<Cpu> dkernel, bool relu = false) {
    struct Scratch;
    if (g.is_dilated())
      return eigen::DilatedDepthwise(g, dkernel.shape[3]).backward_kernel(context, x, dy, dkernel);
    const Index multiplier = dkernel.shape[3], channels = g.channels * multiplier,
                row_size = g.columns.out * channels;
    const Index rows = dy.size() / row_size, size = dkernel.size();
    const Index parts = std::clamp<Index>(dy.size() / channels / 64, 1, most_parts);
    float* partial = Context<Cpu>::scratch<Scratch>(parts * size);
    context.parallel(parts, [&](Index part, int) {
      backward_kernel_of_rows(g, x, dy, part * rows / parts, (part + 1) * rows / parts,
                              {partial + part * size, dkernel.shape}, relu);
    });
    eigen::add_parts(context, partial, parts, size, dkernel.data);
  }

  /// What the rows [first, end) of positions, counted over all images, have of it. Without dilation.
  static void backward_kernel_of_rows(const WindowGeometry& g, View x, View dy, Index first, Index end,
                                      TensorView<Cpu> dkernel, bool relu) {
    const Index multiplier = dkernel.shape[3], channels = g.channels * multiplier;
    std::fill_n(dkernel.data, dkernel.size(), 0.0f);
    for (Index i = first; i < end; ++i) {
      const auto row = eigen::depthwise_line(g, multiplier, x.data, i, relu);
      eigen::kernels().depthwise_kernel(row.shape, row.x, dy.data + i * g.columns.out * channels,
                                        dkernel.data + row.first * g.columns.kernel * channels);
    }
  }

  /// With an image `relu_of`, dx is 0 where that is not positive.
  static void backward_input(Context<Cpu>& context, const WindowGeometry& g, View dy, View kernel,
                             TensorView<Cpu> dx, const float* relu_of = nullptr) {
    if (g.is_dilated())
      return eigen::DilatedDepthwise(g, kernel.shape[3]).backward_input(context, dy, kernel, dx);
    backward_input_of_rows(context, g, dy, kernel, 0, dx.size() / (g.columns.in * g.channels), dx, relu_of);
  }

  /// Its rows [begin, end) of pixels, counted over all images. Without dilation.
  static void backward_input_of_rows(Context<Cpu>& context, const WindowGeometry& g, View dy, View kernel,
                                     Index begin, Index end, TensorView<Cpu> dx, const float* relu_of) {
    struct RowScratch;
    const Index multiplier = kernel.shape[3], channels = g.channels * multiplier;
    const Index pixels = g.columns.in, dy_row = g.columns.out * channels;
    const auto row_phases = phases(g.rows), column_phases = phases(g.columns);
    const float* flipped = flip(row_phases, column_phases, kernel);

    context.parallel_blocks(end - begin, grain(pixels * channels), [&](Index from_row, Index to_row) {
      for (Index i = begin + from_row; i < begin + to_row; ++i) {
        float* out = dx.data + i * pixels * g.channels;
        float* to = multiplier == 1 ? out : Context<Cpu>::scratch<RowScratch>(pixels * channels);
        const Index image = i / g.rows.in, y = i % g.rows.in, phase = (y + g.rows.pad) % g.rows.stride;
        const bool taps = phase < g.rows.kernel;
        if (!taps || g.columns.stride > g.columns.kernel) std::fill_n(to, pixels * channels, 0.0f);
        if (taps) {
          const WindowAxis& rows = row_phases[std::size_t(phase)].axis;
          const Index at = y / g.rows.stride, first = rows.first_tap(at), last = rows.end_tap(at);
          const float* from = dy.data + (image * g.rows.out + rows.start(at) + first) * dy_row;
          for (const Phase& columns : column_phases) {
            const float* w = flipped + (row_phases[std::size_t(phase)].taps_before * g.columns.kernel +
                                        rows.kernel * columns.taps_before + first * columns.axis.kernel) *
                                           channels;
            eigen::kernels().depthwise({.channels = channels,
                                        .out = columns.axis.out,
                                        .in = columns.axis.in,
                                        .rows = std::max<Index>(0, last - first),
                                        .taps = columns.axis.kernel,
                                        .pad = columns.axis.pad,
                                        .x_row = dy_row,
                                        .x_pixel = channels,
                                        .y_pixel = g.columns.stride * channels},
                                       from, w, to + columns.first * channels);
          }
        }
        if (multiplier > 1) add_groups(to, pixels * g.channels, multiplier, out);
        if (relu_of) {
          eigen::kernels().relu_gradient(out, relu_of + i * pixels * g.channels, pixels * g.channels);
        }
      }
    });
  }

 private:
  static constexpr Index most_parts = 32;  // of the sum over all positions, whatever the number of threads

  /// Rows of a block that is worth a thread's while.
  static Index grain(Index row_size) { return std::max<Index>(1, (Index{1} << 14) / row_size); }

  /// The pixels first, first + stride, … of an axis are reached by every stride-th tap alone, and those form
  /// a window that moves by one over the gradient: `axis`, whose taps are these in reverse.
  struct Phase {
    Index first;
    Index taps_before;  ///< taps of the phases before this one
    WindowAxis axis;
  };

  /// Those that have taps: the phases 0 … min(stride, kernel) - 1 of (pixel + pad) modulo stride.
  static std::vector<Phase> phases(const WindowAxis& a) {
    std::vector<Phase> all;
    Index before = 0;
    for (Index phase = 0; phase < std::min(a.stride, a.kernel); ++phase) {
      const Index taps = (a.kernel - phase + a.stride - 1) / a.stride;
      const Index first = ((phase - a.pad) % a.stride + a.stride) % a.stride;
      const Index pixels = a.in > first ? (a.in - first + a.stride - 1) / a.stride : 0;
      const Index pad = taps - 1 - (first + a.pad - phase) / a.stride;
      all.push_back({first, before, {.in = a.out, .out = pixels, .kernel = taps, .stride = 1, .pad = pad}});
      before += taps;
    }
    return all;
  }

  /// The kernel's taps phase by phase, in reverse. In scratch.
  static const float* flip(const std::vector<Phase>& row_phases, const std::vector<Phase>& column_phases,
                           View kernel) {
    struct Scratch;
    const Index height = kernel.shape[0], width = kernel.shape[1],
                channels = kernel.size() / (height * width);
    const Index row_stride = Index(row_phases.size()), column_stride = Index(column_phases.size());
    float* flipped = Context<Cpu>::scratch<Scratch>(kernel.size());
    float* to = flipped;
    for (Index py = 0; py < row_stride; ++py) {
      for (Index px = 0; px < column_stride; ++px) {
        for (Index ty = row_phases[std::size_t(py)].axis.kernel - 1; ty >= 0; --ty) {
          for (Index tx = column_phases[std::size_t(px)].axis.kernel - 1; tx >= 0; --tx) {
            const Index tap = (py + ty * row_stride) * width + px + tx * column_stride;
            to = std::copy_n(kernel.data + tap * channels, channels, to);
          }
        }
      }
    }
    return flipped;
  }

  /// to[i] = the sum of the i-th `size` numbers.
  static void add_groups(const float* from, Index count, Index size, float* to) {
    for (Index i = 0; i < count; ++i) {
      float sum = from[i * size];
      for (Index j = 1; j < size; ++j) sum += from[i * size + j];
      to[i] = sum;
    }
  }
};

}  // namespace tanuki::ops
