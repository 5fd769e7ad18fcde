#pragma once

// The sum of tensors of one shape, from the left. (keras/src/layers/merging/add.py)

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

/// A backend gives: forward(context, inputs, y); y may be any of the inputs.
template <class B>
struct AddKernel {
  static_assert(backend_missing<B>,
                "this backend has no add kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class Add final : public Op<B> {
 public:
  std::string_view name() const override { return "add"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    for (const auto& shape : inputs) {
      if (!(shape == inputs[0])) fail("[add] ", shape, " does not fit ", inputs[0], ": expected one shape");
    }
    return inputs[0];
  }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {}; }
  bool overwrites_input() const override { return true; }
  bool passes_gradient() const override { return true; }

  void forward(const ForwardPass<B>& pass) const override {
    AddKernel<B>::forward(pass.context, pass.inputs, pass.output);
  }
  void backward(const BackwardPass<B>&) const override {}
};

/// At least one value.
template <class B>
Value<B> add(std::span<const Value<B>> values) {
  return values.front().graph->emit(std::make_shared<Add<B>>(), values);
}

}  // namespace tanuki::ops
