#pragma once

// First values of a weight, as keras/src/initializers does them. The random ones are uniform or normal as in
// Keras, drawn from tanuki's own generator: the distribution is Keras', the draws are not.

#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tanuki/core/random.hpp"

namespace tanuki {

/// Gives shape.elements() values, row-major; the stream belongs to one weight. `class_name` and `config` are
/// Keras' serialised form: "RandomUniform", {{"minval", -0.05}, {"maxval", 0.05}}.
struct Initializer {
  std::string class_name;
  std::vector<std::pair<std::string, double>> config;
  std::function<std::vector<float>(const Shape&, Random)> draw;

  std::vector<float> operator()(const Shape& shape, Random random) const { return draw(shape, random); }
};

namespace detail {

inline Initializer fill(std::string class_name, float value,
                        std::vector<std::pair<std::string, double>> config = {}) {
  return {std::move(class_name), std::move(config), [value](const Shape& shape, Random) {
            return std::vector<float>(std::size_t(shape.elements()), value);
          }};
}

}  // namespace detail

inline Initializer zeros() { return detail::fill("Zeros", 0); }
inline Initializer ones() { return detail::fill("Ones", 1); }
inline Initializer constant(float value) {
  return detail::fill("Constant", value, {{"value", double(value)}});
}

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

/// Uniform in ±sqrt(6 / (fan in + fan out)).
inline Initializer glorot_uniform() {
  return {"GlorotUniform", {}, [](const Shape& shape, Random random) {
            const auto [in, out] = fans(shape);
            const float limit = float(std::sqrt(6.0 / (in + out)));
            std::vector<float> values(static_cast<std::size_t>(shape.elements()));
            for (std::size_t i = 0; i < values.size(); ++i) values[i] = random.uniform(i, -limit, limit);
            return values;
          }};
}

}  // namespace tanuki
