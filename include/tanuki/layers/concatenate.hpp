#pragma once

// The inputs one after the other along one axis: Concatenate()({a, b}).
// (keras/src/layers/merging/concatenate.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"
#include "tanuki/ops/concatenate.hpp"

namespace tanuki {

struct ConcatenateOptions {
  Index axis = -1;  ///< counts the batch axis, which it must not be
  std::string name = {};
};

template <class Field>
void fields(Field& field, ConcatenateOptions& options) {
  field("axis", options.axis);
}

template <class B = Cpu>
class Concatenate final : public LayerOf<Concatenate<B>, B> {
 public:
  explicit Concatenate(const ConcatenateOptions& options = {})
      : LayerOf<Concatenate<B>, B>("Concatenate", options.name), options_(options) {}

  const ConcatenateOptions& options() const { return options_; }

 private:
  std::vector<ops::Value<B>> call_all(const std::vector<ops::Value<B>>& inputs, bool) const override {
    return {ops::concatenate(std::span<const ops::Value<B>>(inputs),
                             find_axis(options_.axis, inputs[0].shape()))};
  }

  ConcatenateOptions options_;
};

}  // namespace tanuki
