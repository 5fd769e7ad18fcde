#pragma once

// What an initializer is, and the fans that the scaled ones go by.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tanuki/core/random.hpp"

namespace tanuki {

/// Gives shape.elements() values, row-major; the stream belongs to one weight. `class_name`, `config` and `words`
/// (the options that are text) are Keras' serialised form: "RandomUniform", {{"minval", -0.05}, {"maxval", 0.05}}.
struct Initializer {
  using Config = std::vector<std::pair<std::string, double>>;
  using Words = std::vector<std::pair<std::string, std::string>>;
  using Draw = std::function<std::vector<float>(const Shape&, Random)>;

  std::string class_name;
  Config config;
  Draw draw;
  Words words;

  Initializer(std::string its_class, Config its_config, Draw its_draw, Words its_words = {})
      : class_name(std::move(its_class)),
        config(std::move(its_config)),
        draw(std::move(its_draw)),
        words(std::move(its_words)) {}
  /// find_initializer(name): "he_normal", with Keras' defaults.
  Initializer(const char* name);
  Initializer(const std::string& name);

  std::vector<float> operator()(const Shape& shape, Random random) const { return draw(shape, random); }
};

struct Fans {
  double in, out;
};

/// Keras' compute_fans: the last two axes, times the receptive field.
inline Fans fans(const Shape& shape) {
  if (shape.rank() == 0) return {1, 1};
  if (shape.rank() == 1) return {double(shape[0]), double(shape[0])};
  double field = 1;
  for (std::size_t i = 0; i + 2 < shape.rank(); ++i) field *= double(shape[i]);
  return {double(shape[shape.rank() - 2]) * field, double(shape.back()) * field};
}

}  // namespace tanuki
