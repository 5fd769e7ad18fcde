#pragma once

// In training, sets an example to 0 with probability `drop_path_rate` and divides the rest by 1 - drop_path_rate.
// (keras/src/applications/convnext.py)

#include "tanuki/layers/dropout.hpp"

namespace tanuki {

struct StochasticDepthOptions {
  float drop_path_rate = std::numeric_limits<float>::quiet_NaN();  ///< must be given
  std::string name = {};
};

template <class Field>
void fields(Field& field, StochasticDepthOptions& options) {
  field("drop_path_rate", options.drop_path_rate);
}

template <class B = Cpu>
class StochasticDepth final : public LayerOf<StochasticDepth<B>, B> {
 public:
  explicit StochasticDepth(StochasticDepthOptions options)
      : LayerOf<StochasticDepth<B>, B>("StochasticDepth", options.name), options_(std::move(options)) {
    check_rate(this->name(), options_.drop_path_rate);
  }

  const StochasticDepthOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool training) const override {
    if (!training || options_.drop_path_rate == 0) return x;
    const std::vector<Index> ones(std::max<std::size_t>(x.shape().rank(), 1), 1);
    return ops::dropout(x, ops::Dropout<B>::inverted(options_.drop_path_rate),
                        Shape(std::span<const Index>(ones)));
  }

  StochasticDepthOptions options_;
};

}  // namespace tanuki
