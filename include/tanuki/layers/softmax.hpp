#pragma once

// Softmax over one axis. (keras/src/layers/activations/softmax.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"
#include "tanuki/ops/softmax.hpp"

namespace tanuki {

struct SoftmaxOptions {
  Index axis = -1;  ///< counts the batch axis, which it must not be
  std::string name = {};
};

template <class Field>
void fields(Field& field, SoftmaxOptions& options) {
  field("axis", options.axis);
}

template <class B = Cpu>
class Softmax final : public LayerOf<Softmax<B>, B> {
 public:
  explicit Softmax(SoftmaxOptions options = {})
      : LayerOf<Softmax<B>, B>("Softmax", options.name), options_(std::move(options)) {}

  const SoftmaxOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    const std::size_t from_last = x.shape().rank() - 1 - find_axis(options_.axis, x.shape());
    return ops::softmax(x, ops::SoftmaxKind::softmax, from_last);
  }

  SoftmaxOptions options_;
};

}  // namespace tanuki
