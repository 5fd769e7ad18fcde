#pragma once

// In training, mirrors each image with probability one half; "horizontal" changes left and right, "vertical"
// top and bottom, "horizontal_and_vertical" both at once.
// (keras/src/layers/preprocessing/image_preprocessing/random_flip.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"
#include "tanuki/ops/random_flip.hpp"

namespace tanuki {

struct RandomFlipOptions {
  std::string mode = "horizontal_and_vertical";
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, RandomFlipOptions& options) {
  field("mode", options.mode);
}

template <class B = Cpu>
class RandomFlip final : public LayerOf<RandomFlip<B>, B> {
 public:
  explicit RandomFlip(RandomFlipOptions options = {})
      : LayerOf<RandomFlip<B>, B>("RandomFlip", options.name),
        options_(std::move(options)),
        mode_(checked_option(this->name(), [&] { return find_mode(options_.mode); })) {}

  const RandomFlipOptions& options() const { return options_; }

 private:
  static ops::FlipMode find_mode(std::string_view mode) {
    if (mode == "horizontal") return ops::FlipMode::horizontal;
    if (mode == "vertical") return ops::FlipMode::vertical;
    if (mode == "horizontal_and_vertical") return ops::FlipMode::horizontal_and_vertical;
    fail("unknown mode '", mode, "': expected horizontal, vertical or horizontal_and_vertical");
  }

  ops::Value<B> call(ops::Value<B> x, bool training) const override {
    return training ? ops::random_flip(x, mode_) : x;
  }

  RandomFlipOptions options_;
  ops::FlipMode mode_;
};

}  // namespace tanuki
