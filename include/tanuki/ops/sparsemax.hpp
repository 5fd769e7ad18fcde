#pragma once

// Keras' sparsemax over the last axis: max(x - τ, 0). With z the line in falling order, the k numbers of its support
// (those with z[i] > (z[0] + … + z[i] - 1) / (i + 1)) and their running sums, Keras has
//   τ = (Σ over the support of its running sums - 1) / k,
// where the paper (Martins and Astudillo, 2016) has the last running sum alone: from k = 2 on, lines do not sum to 1. We
// follow Keras. (keras/src/backend/tensorflow/nn.py)

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

/// A backend gives: forward(context, x, y), backward(context, x, dy, dx).
template <class B>
struct SparsemaxKernel {
  static_assert(backend_missing<B>,
                "this backend has no sparsemax kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class Sparsemax final : public Op<B> {
 public:
  std::string_view name() const override { return "sparsemax"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    if (inputs[0].rank() == 0) fail("[sparsemax] input () has no last axis");
    return inputs[0];
  }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {.inputs = true}; }

  void forward(const ForwardPass<B>& pass) const override {
    SparsemaxKernel<B>::forward(pass.context, pass.inputs[0], pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    SparsemaxKernel<B>::backward(pass.context, pass.inputs[0], pass.gradient, pass.input_gradients[0]);
  }
};

template <class B>
Value<B> sparsemax(Value<B> x) {
  return x.graph->emit(std::make_shared<Sparsemax<B>>(), x);
}

}  // namespace tanuki::ops
