#pragma once

// Normalisation by given mean and variance on the GPU.

#include "tanuki/backend/cuda/upload.hpp"
#include "tanuki/ops/normalize.hpp"

namespace tanuki::ops {

template <>
struct NormalizeKernel<Cuda> {
  using View = ConstTensorView<Cuda>;

  static void forward(Context<Cuda>& context, const NormalizeOptions& options, View x, View mean,
                      View variance, TensorView<Cuda> y) {
    run(context, options, x, mean.data, variance, y);
  }
  static void backward(Context<Cuda>& context, const NormalizeOptions& options, View variance, View dy,
                       TensorView<Cuda> dx) {
    run(context, options, dy, nullptr, variance, dx);
  }

 private:
  static void run(Context<Cuda>& context, const NormalizeOptions& options, View x, const float* mean,
                  View variance, TensorView<Cuda> y) {
    struct Map;
    const Index period = options.map.empty() ? variance.size() : Index(options.map.size());
    const Index* map = gpu::upload<Map>(context, options.map);
    context.launch_over(y.size(), "broadcast", "normalize", x.data, mean, variance.data, map,
                        int(options.invert), period, y.data, y.size());
  }
};

}  // namespace tanuki::ops
