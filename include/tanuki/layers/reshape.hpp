#pragma once

// The same numbers under another shape, in which one axis may be -1, for what is left.
// (keras/src/layers/reshaping/reshape.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/reshape.hpp"

namespace tanuki {

struct ReshapeOptions {
  std::vector<Index> target_shape;  ///< without the batch axis
  std::string name = {};
};

template <class Field>
void fields(Field& field, ReshapeOptions& options) {
  field("target_shape", options.target_shape);
}

template <class B = Cpu>
class Reshape final : public LayerOf<Reshape<B>, B> {
 public:
  explicit Reshape(ReshapeOptions options)
      : LayerOf<Reshape<B>, B>("Reshape", options.name), options_(std::move(options)) {
    const auto& shape = options_.target_shape;
    const bool sound = std::all_of(shape.begin(), shape.end(), [](Index i) { return i >= -1; });
    if (!sound || std::count(shape.begin(), shape.end(), -1) > 1)
      fail("in '", this->name(), "': target_shape has a number below -1, or more than one -1");
  }

  const ReshapeOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    std::vector<Index> extents = options_.target_shape;
    Index known = 1;
    for (Index extent : extents) {
      if (extent != -1 && __builtin_mul_overflow(known, extent, &known))
        fail("[reshape] target_shape has too many elements");
    }
    for (Index& extent : extents) {
      if (extent != -1) continue;
      if (known == 0 || x.shape().elements() % known != 0)
        fail("[reshape] input ", x.shape(), " cannot be cut into parts of ", known, " elements");
      extent = x.shape().elements() / known;
    }
    return ops::reshape(x, Shape(std::span<const Index>(extents)));
  }

  ReshapeOptions options_;
};

}  // namespace tanuki
