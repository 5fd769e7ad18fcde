#pragma once

// Softmax over one axis, exp(x) / sum(exp(x)) with the largest x taken off first, or its logarithm.
// (keras/src/activations)

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

enum class SoftmaxKind { softmax, log_softmax };

/// A backend gives, for tensors seen as (outer, width, inner), where what sums to 1 is `width` numbers `inner`
/// apart: forward(context, kind, width, inner, x, y), y may be x; backward(context, kind, width, inner, y, dy,
/// dx), dx may be dy.
template <class B>
struct SoftmaxKernel {
  static_assert(backend_missing<B>,
                "this backend has no softmax kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class Softmax final : public Op<B> {
 public:
  /// `from_last`: 0 is the last axis, 1 the one before.
  explicit Softmax(SoftmaxKind kind = SoftmaxKind::softmax, std::size_t from_last = 0)
      : kind_(kind), from_last_(from_last) {}

  std::string_view name() const override { return "softmax"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    if (inputs[0].rank() == 0) fail("[softmax] input () has no last axis");
    if (from_last_ >= inputs[0].rank()) {
      fail("[softmax] input ", inputs[0], " has no axis ", -Index(from_last_) - 1);
    }
    return inputs[0];
  }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {.output = true}; }
  bool overwrites_input() const override { return true; }
  bool overwrites_gradient() const override { return true; }

  void forward(const ForwardPass<B>& pass) const override {
    const auto [width, inner] = extents(pass.output.shape);
    SoftmaxKernel<B>::forward(pass.context, kind_, width, inner, pass.inputs[0], pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    const auto [width, inner] = extents(pass.gradient.shape);
    SoftmaxKernel<B>::backward(pass.context, kind_, width, inner, pass.output, pass.gradient,
                               pass.input_gradients[0]);
  }

 private:
  struct Extents {
    Index width, inner = 1;
  };
  Extents extents(const Shape& shape) const {
    const std::size_t axis = shape.rank() - 1 - from_last_;
    Extents found{shape[axis]};
    for (std::size_t i = axis + 1; i < shape.rank(); ++i) found.inner *= shape[i];
    return found;
  }

  SoftmaxKind kind_;
  std::size_t from_last_;
};

/// `from_last`: 0 is the last axis, 1 the one before.
template <class B>
Value<B> softmax(Value<B> x, SoftmaxKind kind = SoftmaxKind::softmax, std::size_t from_last = 0) {
  return x.graph->emit(std::make_shared<Softmax<B>>(kind, from_last), x);
}

}  // namespace tanuki::ops
