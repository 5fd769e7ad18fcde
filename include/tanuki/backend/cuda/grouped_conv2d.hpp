#pragma once

// Convolutions in groups on the GPU, a thread a number.

#include "tanuki/backend/cuda/window.hpp"
#include "tanuki/ops/grouped_conv2d.hpp"

namespace tanuki::ops {

template <>
struct GroupedConv2DKernel<Cuda> {
  using View = ConstTensorView<Cuda>;

  static void forward(Context<Cuda>& context, const WindowGeometry& g, View x, View kernel,
                      TensorView<Cuda> y) {
    const Groups groups(g, kernel.shape);
    context.launch_over(y.size(), "grouped", "grouped", x.data, kernel.data, y.data, gpu::window(g),
                        groups.in, groups.out, groups.outputs, y.size());
  }
  static void backward_input(Context<Cuda>& context, const WindowGeometry& g, View dy, View kernel,
                             TensorView<Cuda> dx) {
    const Groups groups(g, kernel.shape);
    context.launch_over(dx.size(), "grouped", "grouped_input_gradient", dy.data, kernel.data, dx.data,
                        gpu::window(g), groups.in, groups.out, groups.outputs, dx.size());
  }
  static void backward_kernel(Context<Cuda>& context, const WindowGeometry& g, View x, View dy,
                              TensorView<Cuda> dkernel) {
    const Groups groups(g, dkernel.shape);
    context.launch("grouped", "grouped_kernel_gradient", {unsigned(dkernel.size())}, {256}, x.data, dy.data,
                   dkernel.data, gpu::window(g), groups.in, groups.out, groups.outputs,
                   dy.size() / groups.outputs);
  }

 private:
  /// The channels of a group, in and out, and all that come out.
  struct Groups {
    int in, out, outputs;

    Groups(const WindowGeometry& g, const Shape& kernel)
        : in(int(kernel[kernel.rank() - 2])),
          out(int(kernel.back() * in / g.channels)),
          outputs(int(kernel.back())) {}
  };
};

}  // namespace tanuki::ops
