#pragma once

// Global average pooling on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/global_average_pool2d.hpp"

namespace tanuki::ops {

template <>
struct GlobalAveragePool2DKernel<Cuda> {
  static void forward(Context<Cuda>& context, ConstTensorView<Cuda> x, TensorView<Cuda> y) {
    const Index channels = x.shape.back(), pixels = x.shape[1] * x.shape[2];
    if (y.size() == 0) return;
    // A grid takes up to 65,535 images.
    for (Index first = 0; first < x.shape[0]; first += most_images) {
      const float* from = x.data + first * pixels * channels;
      float* to = y.data + first * channels;
      context.launch("pooling", "global_average",
                     {unsigned(channels + 31) / 32, unsigned(std::min(most_images, x.shape[0] - first))},
                     {32, 8}, from, to, int(pixels), int(channels));
    }
  }
  static void backward(Context<Cuda>& context, ConstTensorView<Cuda> dy, TensorView<Cuda> dx) {
    const Index channels = dx.shape.back(), pixels = dx.shape[1] * dx.shape[2];
    context.launch_over(dx.size(), "pooling", "global_average_gradient", dy.data, dx.data, int(pixels),
                        int(channels), dx.size());
  }

 private:
  static constexpr Index most_images = 65535;
};

}  // namespace tanuki::ops
