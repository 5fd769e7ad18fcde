#pragma once

// An example (features,) n times: (n, features). (keras/src/layers/reshaping/repeat_vector.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/concatenate.hpp"
#include "tanuki/ops/reshape.hpp"

namespace tanuki {

struct RepeatVectorOptions {
  Index n;
  std::string name = {};
};

template <class Field>
void fields(Field& field, RepeatVectorOptions& options) {
  field("n", options.n);
}

template <class B = Cpu>
class RepeatVector final : public LayerOf<RepeatVector<B>, B> {
 public:
  explicit RepeatVector(RepeatVectorOptions options)
      : LayerOf<RepeatVector<B>, B>("RepeatVector", options.name), options_(std::move(options)) {
    if (options_.n < 1 || options_.n > most)
      fail("in '", this->name(), "': n is ", options_.n, ", expected 1 to ", most);
  }

  const RepeatVectorOptions& options() const { return options_; }

 private:
  static constexpr Index most = 1 << 20;

  ops::Value<B> call(ops::Value<B> x, bool) const override {
    if (x.shape().rank() != 1) fail("[repeat_vector] input ", x.shape(), ", expected (features,)");
    const std::vector<ops::Value<B>> rows(std::size_t(options_.n), ops::reshape(x, {1, x.shape()[0]}));
    return ops::concatenate(std::span<const ops::Value<B>>(rows), 0);
  }

  RepeatVectorOptions options_;
};

}  // namespace tanuki
