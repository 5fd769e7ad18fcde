#pragma once

// PReLU on the GPU. Where alpha has all of x's last axes its gradient is a sum down the channels, else a thread's work.

#include "tanuki/backend/cuda/channels.hpp"
#include "tanuki/ops/prelu.hpp"

namespace tanuki::ops {

template <>
struct PReLUKernel<Cuda> {
  using View = ConstTensorView<Cuda>;

  static void forward(Context<Cuda>& context, View x, View alpha, TensorView<Cuda> y) {
    context.launch_over(y.size(), "broadcast", "prelu", x.data, alpha.data, y.data,
                        lies(x.shape, alpha.shape), y.size());
  }

  static void backward(Context<Cuda>& context, View x, View alpha, View dy, TensorView<Cuda> dx,
                       TensorView<Cuda> dalpha) {
    if (dalpha) backward_alpha(context, x, alpha, dy, dalpha);
    if (dx)
      context.launch_over(dx.size(), "broadcast", "prelu_gradient", x.data, alpha.data, dy.data, dx.data,
                          lies(x.shape, alpha.shape), dx.size());
  }

 private:
  static void backward_alpha(Context<Cuda>& context, View x, View alpha, View dy, TensorView<Cuda> dalpha) {
    const Index size = dalpha.size();
    if (size == 0) return;
    if (has_last_axes(x.shape, alpha.shape)) {
      const gpu::ChannelSums sums(context, gpu::ChannelSum::gradients_below_zero, x.data, dy.data, nullptr,
                                  x.size() / size, size);
      context.launch_over(size, "channels", "to_float", sums.a(), dalpha.data, size);
    } else {
      context.launch_over(size, "broadcast", "prelu_alpha_gradient", x.data, dy.data, dalpha.data,
                          lies(x.shape, alpha.shape), size);
    }
  }

  /// Axes of 1, then those of x.
  static bool has_last_axes(const Shape& x, const Shape& alpha) {
    std::size_t axis = 0;
    while (axis < x.rank() && alpha[axis] == 1) ++axis;
    while (axis < x.rank() && alpha[axis] == x[axis]) ++axis;
    return axis == x.rank();
  }

  static gpu::Axes lies(const Shape& x, const Shape& alpha) {
    gpu::Axes axes{};
    axes.rank = int(x.rank());
    Index stride = 1;
    for (std::size_t axis = x.rank(); axis-- > 0;) {
      axes.extent[axis] = x[axis];
      axes.stride[axis] = alpha[axis] == 1 ? 0 : stride;
      stride *= alpha[axis];
    }
    return axes;
  }
};

}  // namespace tanuki::ops
