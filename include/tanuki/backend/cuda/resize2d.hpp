#pragma once

// Resizing on the GPU: the rows of all images, then their columns.

#include "tanuki/backend/cuda/upload.hpp"
#include "tanuki/ops/resize2d.hpp"

namespace tanuki::ops {

template <>
struct Resize2DKernel<Cuda> {
  static void apply(Context<Cuda>& context, const ResizeMap& rows, const ResizeMap& columns,
                    ConstTensorView<Cuda> x, TensorView<Cuda> y) {
    struct Between;
    const Index batch = x.shape[0], width = x.shape[2], channels = x.shape[3], height = rows.outputs();
    float* between = Context<Cuda>::scratch<Between>(batch * height * width * channels);
    resize(context, rows, x.data, x.shape[1], width * channels, between, batch * height * width * channels);
    resize(context, columns, between, width, channels, y.data, y.size());
  }

 private:
  /// x (…, in, inner) → y (…, map.outputs(), inner), of `count` numbers.
  static void resize(Context<Cuda>& context, const ResizeMap& map, const float* x, Index in, Index inner,
                     float* y, Index count) {
    struct First;
    struct From;
    struct Weights;
    std::vector<Index> from;
    std::vector<float> weights;
    for (const auto& tap : map.taps) from.push_back(tap.from), weights.push_back(tap.weight);
    context.launch_over(count, "images", "resize", x, gpu::upload<First>(context, map.first),
                        gpu::upload<From>(context, from), gpu::upload<Weights>(context, weights), y, in,
                        map.outputs(), inner, count);
  }
};

}  // namespace tanuki::ops
