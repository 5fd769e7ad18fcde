#pragma once

// Its input. (keras/src/layers/core/identity.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"

namespace tanuki {

template <class B = Cpu>
class Identity final : public LayerOf<Identity<B>, B> {
 public:
  explicit Identity(LayerOptions options = {})
      : LayerOf<Identity<B>, B>("Identity", options.name), options_(std::move(options)) {}

  const LayerOptions& options() const { return options_; }

 private:
  LayerOptions options_;
};

}  // namespace tanuki
