#pragma once

// Tensors one after the other along one axis. (keras/src/layers/merging/concatenate.py)

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

/// A backend gives, for tensors seen as (outer, widths[i]):
///   forward(context, inputs, widths, y): row by row, y is the inputs' rows one after the other.
///   backward(context, widths, dy, gradients): the way back; a null gradient is left out.
template <class B>
struct ConcatenateKernel {
  static_assert(backend_missing<B>,
                "this backend has no concatenate kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class Concatenate final : public Op<B> {
 public:
  explicit Concatenate(std::size_t axis) : axis_(axis) {}

  std::string_view name() const override { return "concatenate"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    std::vector<Index> extents(inputs[0].begin(), inputs[0].end());
    if (axis_ >= extents.size()) fail("[concatenate] input ", inputs[0], " has no axis ", axis_);
    for (std::size_t i = 1; i < inputs.size(); ++i) {
      bool fits = inputs[i].rank() == extents.size();
      for (std::size_t axis = 0; fits && axis < extents.size(); ++axis) {
        fits = axis == axis_ || inputs[i][axis] == extents[axis];
      }
      if (!fits) {
        fail("[concatenate] ", inputs[i], " does not fit ", inputs[0],
             ": expected the same shape but for axis ", axis_);
      }
      if (__builtin_add_overflow(extents[axis_], inputs[i][axis_], &extents[axis_])) {
        fail("[concatenate] axis ", axis_, " has too many elements");
      }
    }
    return Shape(std::span<const Index>(extents));
  }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {}; }

  void forward(const ForwardPass<B>& pass) const override {
    ConcatenateKernel<B>::forward(pass.context, pass.inputs, widths(pass.inputs), pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    ConcatenateKernel<B>::backward(pass.context, widths(pass.inputs), pass.gradient, pass.input_gradients);
  }

 private:
  /// Of each input, the numbers from the axis on.
  std::vector<Index> widths(std::span<const ConstTensorView<B>> inputs) const {
    std::vector<Index> found;
    for (const auto& input : inputs) {
      Index width = 1;
      for (std::size_t axis = axis_ + 1; axis < input.shape.rank(); ++axis) width *= input.shape[axis];
      found.push_back(width);
    }
    return found;
  }

  std::size_t axis_;
};

/// `axis` counts without the batch axis. At least one value.
template <class B>
Value<B> concatenate(std::span<const Value<B>> values, std::size_t axis) {
  return values.front().graph->emit(std::make_shared<Concatenate<B>>(axis), values);
}

}  // namespace tanuki::ops
