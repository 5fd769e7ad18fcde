#pragma once

// The same numbers under another shape; costs nothing.

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

template <class B>
class Reshape final : public Op<B> {
 public:
  explicit Reshape(const Shape& shape) : shape_(shape) {}

  std::string_view name() const override { return "reshape"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    if (inputs[0].elements() != shape_.elements()) {
      fail("[reshape] input ", inputs[0], " does not fit ", shape_, ": expected ", shape_.elements(),
           " elements");
    }
    return shape_;
  }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {}; }
  bool is_view() const override { return true; }

  void forward(const ForwardPass<B>&) const override {}
  void backward(const BackwardPass<B>&) const override {}

 private:
  Shape shape_;
};

/// `shape` without the batch axis.
template <class B>
Value<B> reshape(Value<B> x, const Shape& shape) {
  return x.graph->emit(std::make_shared<Reshape<B>>(shape), x);
}

}  // namespace tanuki::ops
