#pragma once

// Elementwise arithmetic of two tensors on the GPU. The gradient of an operand that was broadcast is a sum in a fixed order.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/arithmetic.hpp"

namespace tanuki::ops {

template <>
struct ArithmeticKernel<Cuda> {
  using View = ConstTensorView<Cuda>;

  static void forward(Context<Cuda>& context, Arithmetic kind, View a, View b, TensorView<Cuda> y) {
    context.launch_over(y.size(), "broadcast", "combine", int(kind), a.data, b.data, y.data,
                        lies(y.shape, a.shape, b.shape), y.size());
  }

  static void backward(Context<Cuda>& context, Arithmetic kind, View a, View b, View dy, TensorView<Cuda> da,
                       TensorView<Cuda> db) {
    const gpu::Operands operands = lies(dy.shape, a.shape, b.shape);
    for (const bool of_a : {false, true}) {  // b's first, as a's may be dy
      const TensorView<Cuda>& to = of_a ? da : db;
      if (to)
        context.launch_over(to.size(), "broadcast", "combine_gradient", int(kind), int(of_a), a.data, b.data,
                            dy.data, to.data, operands, to.size());
    }
  }

 private:
  /// All shapes with a batch axis; where one is shorter, axes of 1 follow its batch axis.
  static gpu::Operands lies(const Shape& y, const Shape& a, const Shape& b) {
    gpu::Operands operands{};
    operands.rank = int(y.rank());
    for (std::size_t axis = 0; axis < y.rank(); ++axis) operands.extent[axis] = y[axis];
    put_strides(y, a, operands.a);
    put_strides(y, b, operands.b);
    return operands;
  }
  static void put_strides(const Shape& y, const Shape& operand, long long* strides) {
    const std::size_t added = y.rank() - operand.rank();
    Index stride = 1;
    for (std::size_t axis = operand.rank(); axis-- > 0;) {
      if (operand[axis] != 1) strides[axis == 0 ? 0 : axis + added] = stride;
      stride *= operand[axis];
    }
  }
};

}  // namespace tanuki::ops
