#pragma once

// The axes in another order: output axis i is input axis order[i]; the batch axis stays.
// (keras/src/layers/reshaping/permute.py)

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

/// A backend gives: permute(context, order, x, y), `order` with the batch axis.
template <class B>
struct PermuteKernel {
  static_assert(backend_missing<B>,
                "this backend has no permute kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class Permute final : public Op<B> {
 public:
  /// `order` counts without the batch axis.
  explicit Permute(std::vector<std::size_t> order) : order_(std::move(order)) {}

  std::string_view name() const override { return "permute"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    std::vector<bool> seen(order_.size(), false);
    bool fits = inputs[0].rank() == order_.size();
    for (std::size_t axis : order_) {
      fits = fits && axis < seen.size() && !seen[axis];
      if (fits) seen[axis] = true;
    }
    if (!fits) fail("[permute] input ", inputs[0], " does not fit an order of ", order_.size(), " axes");
    std::vector<Index> extents;
    for (std::size_t axis : order_) extents.push_back(inputs[0][axis]);
    return Shape(std::span<const Index>(extents));
  }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {}; }

  void forward(const ForwardPass<B>& pass) const override {
    std::vector<std::size_t> order{0};
    for (std::size_t axis : order_) order.push_back(axis + 1);
    PermuteKernel<B>::permute(pass.context, order, pass.inputs[0], pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    std::vector<std::size_t> back(order_.size() + 1, 0);
    for (std::size_t i = 0; i < order_.size(); ++i) back[order_[i] + 1] = i + 1;
    PermuteKernel<B>::permute(pass.context, back, pass.gradient, pass.input_gradients[0]);
  }

 private:
  std::vector<std::size_t> order_;
};

/// `order` counts without the batch axis.
template <class B>
Value<B> permute(Value<B> x, std::vector<std::size_t> order) {
  return x.graph->emit(std::make_shared<Permute<B>>(std::move(order)), x);
}

}  // namespace tanuki::ops
