#pragma once

// A scale and a shift for each channel on the CPU.

#include "tanuki/backend/eigen/channels.hpp"
#include "tanuki/ops/scale_shift.hpp"

namespace tanuki::ops {

template <>
struct ScaleShiftKernel<Cpu> {
  static void forward(Context<Cpu>& context, ConstTensorView<Cpu> x, ConstTensorView<Cpu> scale,
                      ConstTensorView<Cpu> shift, TensorView<Cpu> y) {
    eigen::each_channel(context, x.size() / scale.size(), scale.size(),
                        [x = x.data, y = y.data, scale = scale.data, shift = shift.data](Index i, Index c) {
                          y[i] = x[i] * scale[c] + shift[c];
                        });
  }

  static void backward(Context<Cpu>& context, ConstTensorView<Cpu> scale, ConstTensorView<Cpu> dy,
                       TensorView<Cpu> dx) {
    eigen::each_channel(
        context, dy.size() / scale.size(), scale.size(),
        [dy = dy.data, dx = dx.data, scale = scale.data](Index i, Index c) { dx[i] = dy[i] * scale[c]; });
  }
};

}  // namespace tanuki::ops
