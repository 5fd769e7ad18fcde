#pragma once

// A scale and a shift for each channel on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/scale_shift.hpp"

namespace tanuki::ops {

template <>
struct ScaleShiftKernel<Cuda> {
  using View = ConstTensorView<Cuda>;

  static void forward(Context<Cuda>& context, View x, View scale, View shift, TensorView<Cuda> y) {
    context.launch_over(y.size(), "elementwise", "scale_shift", x.data, scale.data, shift.data, y.data,
                        int(scale.size()), y.size());
  }
  static void backward(Context<Cuda>& context, View scale, View dy, TensorView<Cuda> dx) {
    const float* no_shift = nullptr;
    context.launch_over(dx.size(), "elementwise", "scale_shift", dy.data, scale.data, no_shift, dx.data,
                        int(scale.size()), dx.size());
  }
};

}  // namespace tanuki::ops
