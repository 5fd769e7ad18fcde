#pragma once

// First values drawn from one distribution, whatever the weight's shape. Distributions are Keras', the draws are
// tanuki's. (keras/src/initializers/random_initializers.py)

#include <cmath>

#include "tanuki/core/initializers/initializer.hpp"

namespace tanuki {

namespace detail {

/// Value i is random.uniform(i, low, high).
inline std::vector<float> draw_uniform(const Shape& shape, const Random& random, float low, float high) {
  std::vector<float> values(static_cast<std::size_t>(shape.elements()));
  for (std::size_t i = 0; i < values.size(); i += 4) {
    const PhiloxBlock words = random.block(i / 4);
    for (std::size_t j = 0; j < 4 && i + j < values.size(); ++j)
      values[i + j] = low + (high - low) * (float(words[j] >> 8) * 0x1p-24f);
  }
  return values;
}

inline std::vector<float> draw_normal(const Shape& shape, const Random& random, double mean,
                                      double deviation) {
  std::vector<float> values(static_cast<std::size_t>(shape.elements()));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = float(mean + deviation * double(random.normal(i)));
  return values;
}

/// Normal, drawn again where it lies more than two deviations from the mean.
inline std::vector<float> draw_truncated(const Shape& shape, const Random& random, double mean,
                                         double deviation) {
  std::vector<float> values(static_cast<std::size_t>(shape.elements()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint64_t index = i;
    float value = random.normal(index);
    while (!(std::abs(value) <= 2)) value = random.normal(index += values.size());
    values[i] = float(mean + deviation * double(value));
  }
  return values;
}

inline void expect_deviation(const char* name, double mean, double deviation) {
  if (!std::isfinite(mean) || !(deviation >= 0) || !std::isfinite(deviation))
    fail("[", name, "] mean is ", mean, " and stddev ", deviation, ", expected numbers, stddev at least 0");
}

}  // namespace detail

struct RandomUniformOptions {
  double minval = -0.05, maxval = 0.05;
};

struct RandomNormalOptions {
  double mean = 0, stddev = 0.05;
};

inline Initializer random_uniform(RandomUniformOptions options = {}) {
  const auto [low, high] = options;
  if (!(low <= high) || !std::isfinite(low) || !std::isfinite(high))
    fail("[random_uniform] minval is ", low, " and maxval ", high, ", expected minval up to maxval");
  return {"RandomUniform",
          {{"minval", low}, {"maxval", high}},
          [low = float(low), high = float(high)](const Shape& shape, Random random) {
            return detail::draw_uniform(shape, random, low, high);
          }};
}

inline Initializer random_normal(RandomNormalOptions options = {}) {
  const auto [mean, stddev] = options;
  detail::expect_deviation("random_normal", mean, stddev);
  return {"RandomNormal",
          {{"mean", mean}, {"stddev", stddev}},
          [mean = mean, stddev = stddev](const Shape& shape, Random random) {
            return detail::draw_normal(shape, random, mean, stddev);
          }};
}

/// Nothing further than two deviations from the mean.
inline Initializer truncated_normal(RandomNormalOptions options = {}) {
  const auto [mean, stddev] = options;
  detail::expect_deviation("truncated_normal", mean, stddev);
  return {"TruncatedNormal",
          {{"mean", mean}, {"stddev", stddev}},
          [mean = mean, stddev = stddev](const Shape& shape, Random random) {
            return detail::draw_truncated(shape, random, mean, stddev);
          }};
}

}  // namespace tanuki
