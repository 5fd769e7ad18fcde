#pragma once

// The mean of each of so many parts of (steps, channels), channel by channel: .output_size = 7.
// (keras/src/layers/pooling/adaptive_average_pooling1d.py)

#include "tanuki/layers/adaptive_pooling.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/sequence.hpp"
#include "tanuki/ops/average_pool2d.hpp"

namespace tanuki {

template <class B = Cpu>
class AdaptiveAveragePooling1D final : public LayerOf<AdaptiveAveragePooling1D<B>, B> {
 public:
  explicit AdaptiveAveragePooling1D(const AdaptivePooling1DOptions& options)
      : LayerOf<AdaptiveAveragePooling1D<B>, B>("AdaptiveAveragePooling1D", options.name), options_(options) {
    detail::check_adaptive(this->name(), {1, options_.output_size});
  }

  const AdaptivePooling1DOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    const auto pool = [](ops::Value<B> values, const ops::Window& window) {
      return ops::average_pool2d(values, window);
    };
    return as_sequence(detail::adaptive_pool(as_image(x, "adaptive_average_pooling1d"),
                                             {1, options_.output_size}, "adaptive_average_pooling1d", pool));
  }

  AdaptivePooling1DOptions options_;
};

}  // namespace tanuki
