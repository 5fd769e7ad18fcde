#pragma once

// In training, sets numbers to 0 with probability `rate` and divides the rest by 1 - rate.
// (keras/src/layers/regularization/dropout.py)

#include <limits>
#include <optional>

#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/dropout.hpp"

namespace tanuki {

/// Keras' noise_shape: the batch axis and the others; an axis that is not given is the input's, one of 1 shares its
/// draws.
using NoiseShape = std::optional<std::vector<std::optional<Index>>>;

/// How an input's numbers share draws. Throws Error where the noise does not fit.
struct NoiseLayout {
  Shape shape;  ///< without the batch axis; a rank of 0 is the input's own shape
  bool each_example = true;

  NoiseLayout(const NoiseShape& noise, const Shape& input) {
    if (!noise) return;
    if (noise->size() != input.rank() + 1)
      fail("noise_shape has ", noise->size(), " axes, expected the ", input.rank() + 1,
           " of the input and its batch");
    std::vector<Index> extents;
    for (std::size_t axis = 0; axis < input.rank(); ++axis)
      extents.push_back((*noise)[axis + 1].value_or(input[axis]));
    shape = Shape(std::span<const Index>(extents));
    const auto& batch = noise->front();
    if (batch && *batch != 1) fail("noise_shape has a batch of ", *batch, ": expected none or 1");
    each_example = !batch;
  }
};

struct DropoutOptions {
  float rate = std::numeric_limits<float>::quiet_NaN();  ///< must be given
  NoiseShape noise_shape = {};
  std::string name = {};
};

template <class Field>
void fields(Field& field, DropoutOptions& options) {
  field("rate", options.rate);
  field("noise_shape", options.noise_shape);
}

/// Throws Error unless it is a probability.
inline void check_rate(const std::string& layer, float rate) {
  if (!(rate >= 0 && rate <= 1)) fail("in '", layer, "': rate is ", rate, ", expected 0 ≤ rate ≤ 1");
}

template <class B = Cpu>
class Dropout final : public LayerOf<Dropout<B>, B> {
 public:
  explicit Dropout(DropoutOptions options)
      : LayerOf<Dropout<B>, B>("Dropout", options.name), options_(std::move(options)) {
    check_rate(this->name(), options_.rate);
  }

  const DropoutOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool training) const override {
    const NoiseLayout noise(options_.noise_shape, x.shape());
    if (!training || options_.rate == 0) return x;
    return ops::dropout(x, ops::Dropout<B>::inverted(options_.rate), noise.shape, noise.each_example);
  }

  DropoutOptions options_;
};

}  // namespace tanuki
