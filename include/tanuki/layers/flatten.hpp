#pragma once

// All of an example's numbers on one axis. (keras/src/layers/reshaping/flatten.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"
#include "tanuki/ops/reshape.hpp"

namespace tanuki {

template <class B = Cpu>
class Flatten final : public LayerOf<Flatten<B>, B> {
 public:
  explicit Flatten(LayerOptions options = {})
      : LayerOf<Flatten<B>, B>("Flatten", options.name), options_(std::move(options)) {}

  const LayerOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override { return ops::reshape(x, {x.shape().elements()}); }

  LayerOptions options_;
};

}  // namespace tanuki
