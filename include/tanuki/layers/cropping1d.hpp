#pragma once

// What lies within the borders of a sequence (steps, channels): `.cropping = 1` or `{first, last}`.
// (keras/src/layers/reshaping/cropping1d.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"
#include "tanuki/layers/sequence.hpp"
#include "tanuki/ops/crop2d.hpp"

namespace tanuki {

struct Cropping1DOptions {
  ops::Ends cropping = 1;
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, Cropping1DOptions& options) {
  field("cropping", options.cropping);
}

template <class B = Cpu>
class Cropping1D final : public LayerOf<Cropping1D<B>, B> {
 public:
  explicit Cropping1D(Cropping1DOptions options = {})
      : LayerOf<Cropping1D<B>, B>("Cropping1D", options.name), options_(std::move(options)) {
    checked_option(this->name(), [&] { ops::Window::expect_borders(borders(), "cropping"); });
  }

  const Cropping1DOptions& options() const { return options_; }

 private:
  ops::Borders borders() const { return {ops::Ends(0), options_.cropping}; }

  ops::Value<B> call(ops::Value<B> x, bool) const override {
    return as_sequence(ops::crop2d(as_image(x, "cropping1d"), borders()));
  }

  Cropping1DOptions options_;
};

}  // namespace tanuki
