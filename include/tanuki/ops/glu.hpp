#pragma once

// The first half of the last axis times the sigmoid of its second half. (keras/src/activations)

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

/// A backend gives: forward(context, x, y), backward(context, x, dy, dx).
template <class B>
struct GluKernel {
  static_assert(backend_missing<B>,
                "this backend has no glu kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class Glu final : public Op<B> {
 public:
  std::string_view name() const override { return "glu"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const Shape& input = inputs[0];
    if (input.rank() == 0 || input.back() % 2 != 0) {
      fail("[glu] input ", input, " does not fit: expected an even number of channels");
    }
    std::vector<Index> extents(input.begin(), input.end());
    extents.back() /= 2;
    return Shape(std::span<const Index>(extents));
  }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {.inputs = true}; }

  void forward(const ForwardPass<B>& pass) const override {
    GluKernel<B>::forward(pass.context, pass.inputs[0], pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    GluKernel<B>::backward(pass.context, pass.inputs[0], pass.gradient, pass.input_gradients[0]);
  }
};

template <class B>
Value<B> glu(Value<B> x) {
  return x.graph->emit(std::make_shared<Glu<B>>(), x);
}

}  // namespace tanuki::ops
