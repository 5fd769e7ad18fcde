#pragma once

// Softmax over the last axis. (keras/src/layers/activations/softmax.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"
#include "tanuki/ops/softmax.hpp"

namespace tanuki {

struct SoftmaxOptions {
  Index axis = -1;  ///< the last one
  std::string name = {};
};

template <class B = Cpu>
class Softmax final : public LayerOf<Softmax<B>, B> {
 public:
  explicit Softmax(const SoftmaxOptions& options = {})
      : LayerOf<Softmax<B>, B>("Softmax", options.name), axis_(options.axis) {}

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    last_axis(axis_, x.shape());
    return ops::softmax(x);
  }

  Index axis_;
};

}  // namespace tanuki
