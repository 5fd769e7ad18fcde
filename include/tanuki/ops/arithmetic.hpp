#pragma once

// a + b, a - b, a · b, a / b, max(a, b) and min(a, b), elementwise, of tensors whose shapes broadcast as Keras'
// merging layers have it: the shorter one gets axes of 1 in front, and an axis of 1 stands for any extent.
// (keras/src/layers/merging/base_merge.py)

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

enum class Arithmetic { add, subtract, multiply, divide, maximum, minimum };

constexpr std::string_view name_of(Arithmetic kind) {
  constexpr std::string_view names[] = {"add", "subtract", "multiply", "divide", "maximum", "minimum"};
  return names[std::size_t(kind)];
}

/// A backend gives: forward(context, kind, a, b, y), y may be a where it has a's shape; backward(context, kind, a,
/// b, dy, da, db), da may be dy where it has dy's shape; a null gradient is left out. a and b have no numbers in the
/// backward of sums and differences.
template <class B>
struct ArithmeticKernel {
  static_assert(backend_missing<B>,
                "this backend has no arithmetic kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class ArithmeticOp final : public Op<B> {
 public:
  explicit ArithmeticOp(Arithmetic kind) : kind_(kind) {}

  Arithmetic kind() const { return kind_; }

  std::string_view name() const override { return name_of(kind_); }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const bool second_longer = inputs[1].rank() > inputs[0].rank();
    const Shape &longer = inputs[second_longer ? 1 : 0], &shorter = inputs[second_longer ? 0 : 1];
    std::vector<Index> extents(longer.begin(), longer.end());
    const std::size_t offset = longer.rank() - shorter.rank();
    for (std::size_t i = 0; i < shorter.rank(); ++i) {
      Index& extent = extents[offset + i];
      if (extent != shorter[i] && extent != 1 && shorter[i] != 1) {
        fail("[", name(), "] ", inputs[1], " does not fit ", inputs[0],
             ": expected one shape, but for axes of 1");
      }
      if (extent == 1) extent = shorter[i];
    }
    return Shape(std::span<const Index>(extents));
  }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override {
    return {.inputs = kind_ != Arithmetic::add && kind_ != Arithmetic::subtract};
  }
  bool overwrites_input() const override { return true; }
  bool overwrites_gradient() const override { return true; }

  void forward(const ForwardPass<B>& pass) const override {
    ArithmeticKernel<B>::forward(pass.context, kind_, pass.inputs[0], pass.inputs[1], pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    ArithmeticKernel<B>::backward(pass.context, kind_, pass.inputs[0], pass.inputs[1], pass.gradient,
                                  pass.input_gradients[0], pass.input_gradients[1]);
  }

 private:
  Arithmetic kind_;
};

template <class B>
Value<B> arithmetic(Arithmetic kind, Value<B> a, Value<B> b) {
  const Value<B> both[] = {a, b};
  return a.graph->emit(std::make_shared<ArithmeticOp<B>>(kind), std::span<const Value<B>>(both));
}

}  // namespace tanuki::ops
