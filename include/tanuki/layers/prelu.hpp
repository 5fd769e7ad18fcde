#pragma once

// x above 0, alpha · x below, with a learned alpha for each number of an example, or shared along some axes.
// (keras/src/layers/activations/prelu.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"
#include "tanuki/ops/prelu.hpp"

namespace tanuki {

struct PReLUOptions {
  Initializer alpha_initializer = zeros();
  Regularizer alpha_regularizer = {};
  Constraint alpha_constraint = {};
  std::optional<std::vector<Index>> shared_axes = {};  ///< count the batch axis, which is not among them
  std::string name = {};
};

template <class Field>
void fields(Field& field, PReLUOptions& options) {
  field("alpha_initializer", options.alpha_initializer);
  field("alpha_regularizer", options.alpha_regularizer);
  field("alpha_constraint", options.alpha_constraint);
  field("shared_axes", options.shared_axes);
}

template <class B = Cpu>
class PReLU final : public LayerOf<PReLU<B>, B> {
 public:
  explicit PReLU(PReLUOptions options = {})
      : LayerOf<PReLU<B>, B>("PReLU", options.name), options_(std::move(options)) {}

  const PReLUOptions& options() const { return options_; }

 private:
  void do_build(const Shape& input) const override {
    std::vector<Index> extents(input.begin(), input.end());
    for (Index axis : options_.shared_axes.value_or(std::vector<Index>()))
      extents[find_axis(axis, input)] = 1;
    this->add_weight("alpha", Shape(std::span<const Index>(extents)), options_.alpha_initializer,
                     Role::learned, options_.alpha_regularizer, options_.alpha_constraint);
  }

  ops::Value<B> call(ops::Value<B> x, bool) const override { return ops::prelu(x, this->weight("alpha")); }

  PReLUOptions options_;
};

}  // namespace tanuki
