#pragma once

// A matrix product over the last axis: x (…, in) by a kernel (in, out) gives (…, out).

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

/// A backend gives, with every x, y and gradient seen as (rows, last axis):
///   forward(context, x, kernel, y), backward_input(context, dy, kernel, dx), backward_kernel(context, x, dy,
///   dkernel).
template <class B>
struct MatmulKernel {
  static_assert(backend_missing<B>,
                "this backend has no matmul kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class Matmul final : public Op<B> {
 public:
  explicit Matmul(Weight<B> kernel) : kernel_(std::move(kernel)) {}

  const Weight<B>& kernel() const { return kernel_; }

  std::string_view name() const override { return "matmul"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const Shape &x = inputs[0], &kernel = kernel_.shape();
    if (kernel.rank() != 2 || kernel.elements() == 0) fail("[matmul] kernel ", kernel, " is not (in, out)");
    if (x.rank() == 0 || x.back() != kernel[0]) {
      fail("[matmul] input ", x, " does not fit kernel ", kernel, ": expected ", kernel[0],
           " on the last axis");
    }
    std::vector<Index> extents(x.begin(), x.end());
    extents.back() = kernel[1];
    return Shape(extents);
  }
  std::vector<Weight<B>> weights() const override { return {kernel_}; }
  bool per_example() const override { return true; }
  Reads reads(Wanted wanted) const override { return {.inputs = wanted.weights}; }

  void forward(const ForwardPass<B>& pass) const override {
    MatmulKernel<B>::forward(pass.context, pass.inputs[0], kernel_.value().view(), pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    if (const auto& dx = pass.input_gradients[0]) {
      MatmulKernel<B>::backward_input(pass.context, pass.gradient, kernel_.value().view(), dx);
    }
    if (const auto& dkernel = pass.weight_gradients[0]) {
      MatmulKernel<B>::backward_kernel(pass.context, pass.inputs[0], pass.gradient, dkernel);
    }
  }

 private:
  Weight<B> kernel_;
};

template <class B>
Value<B> matmul(Value<B> x, Weight<B> kernel) {
  return x.graph->emit(std::make_shared<Matmul<B>>(std::move(kernel)), x);
}

}  // namespace tanuki::ops
