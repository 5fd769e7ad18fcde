#pragma once

// Depthwise convolutions on the GPU, a thread a channel of a pixel.

#include "tanuki/backend/cuda/window.hpp"
#include "tanuki/ops/depthwise_conv2d.hpp"

namespace tanuki::ops {

template <>
struct DepthwiseConv2DKernel<Cuda> {
  using View = ConstTensorView<Cuda>;

  /// `relu`: x stands for max(x, 0).
  static void forward(Context<Cuda>& context, const WindowGeometry& g, View x, View kernel,
                      TensorView<Cuda> y, bool relu = false) {
    const Index multiplier = kernel.shape[3], channels = g.channels * multiplier,
                places = y.size() / channels;
    if (places == 0) return;
    context.launch("convolution", "depthwise", gpu::places_grid(places, channels), gpu::places_block, x.data,
                   kernel.data, y.data, gpu::window(g), int(multiplier), places, int(relu));
  }

  /// With an image `relu_of`, dx is 0 where that is not positive.
  static void backward_input(Context<Cuda>& context, const WindowGeometry& g, View dy, View kernel,
                             TensorView<Cuda> dx, const float* relu_of = nullptr) {
    const Index places = dx.size() / g.channels;
    if (places == 0) return;
    context.launch("convolution", "depthwise_input_gradient", gpu::places_grid(places, g.channels),
                   gpu::places_block, dy.data, kernel.data, relu_of, dx.data, gpu::window(g),
                   int(kernel.shape[3]), places);
  }

  static void backward_kernel(Context<Cuda>& context, const WindowGeometry& g, View x, View dy,
                              TensorView<Cuda> dkernel, bool relu = false) {
    struct Partial;
    const Index multiplier = dkernel.shape[3], channels = g.channels * multiplier,
                places = dy.size() / channels, taps = g.rows.kernel * g.columns.kernel,
                parts = kernel_parts(places);
    float* partial = Context<Cuda>::scratch<Partial>(parts * dkernel.size());
    context.launch("convolution", "depthwise_kernel_gradient",
                   {unsigned(taps), unsigned(channels + 31) / 32, unsigned(parts)}, gpu::places_block, x.data,
                   dy.data, partial, gpu::window(g), int(multiplier), places, int(relu));
    context.launch_over(dkernel.size(), "convolution", "add_parts", static_cast<const float*>(partial),
                        int(parts), dkernel.data, dkernel.size());
  }

  /// Parts of the sum over all places, whatever the GPU.
  static Index kernel_parts(Index places) { return std::clamp<Index>(places / 256, 1, 64); }
};

}  // namespace tanuki::ops
