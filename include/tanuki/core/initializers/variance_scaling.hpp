#pragma once

// First values whose variance is scale / n, n being what goes into a unit, out of one, or half of both:
// VarianceScaling and its six named forms. (keras/src/initializers/random_initializers.py)

#include <algorithm>

#include "tanuki/core/initializers/random.hpp"

namespace tanuki {

struct VarianceScalingOptions {
  double scale = 1;
  std::string mode = "fan_in";                    ///< or fan_out, fan_avg
  std::string distribution = "truncated_normal";  ///< or untruncated_normal, uniform; "normal" is truncated
};

namespace detail {

/// The deviation of a normal distribution that is cut at two deviations, over what it was before.
inline constexpr double truncated_deviation = 0.87962566103423978;

/// Throws Error where an option is none of Keras'.
inline VarianceScalingOptions checked_scaling(VarianceScalingOptions options) {
  auto& [scale, mode, distribution] = options;
  if (distribution == "normal") distribution = "truncated_normal";
  if (!(scale > 0) || !std::isfinite(scale))
    fail("[variance_scaling] scale is ", scale, ", expected more than 0");
  if (mode != "fan_in" && mode != "fan_out" && mode != "fan_avg")
    fail("[variance_scaling] unknown mode '", mode, "': expected fan_in, fan_out or fan_avg");
  if (distribution != "uniform" && distribution != "truncated_normal" && distribution != "untruncated_normal")
    fail("[variance_scaling] unknown distribution '", distribution,
         "': expected truncated_normal, untruncated_normal or uniform");
  return options;
}

inline std::vector<float> draw_scaled(const Shape& shape, const Random& random,
                                      const VarianceScalingOptions& options) {
  const auto [in, out] = fans(shape);
  const double units = options.mode == "fan_in" ? in : options.mode == "fan_out" ? out : (in + out) / 2;
  const double variance = options.scale / std::max(1.0, units);
  if (options.distribution == "uniform") {
    const float limit = float(std::sqrt(3 * variance));
    return draw_uniform(shape, random, -limit, limit);
  }
  const double deviation = std::sqrt(variance);
  if (options.distribution == "untruncated_normal") return draw_normal(shape, random, 0, deviation);
  return draw_truncated(shape, random, 0, deviation / truncated_deviation);
}

/// One of the named forms, whose config is empty.
inline Initializer scaled(std::string class_name, VarianceScalingOptions options) {
  return {std::move(class_name), {}, [options](const Shape& shape, Random random) {
            return draw_scaled(shape, random, options);
          }};
}

}  // namespace detail

inline Initializer variance_scaling(VarianceScalingOptions options = {}) {
  options = detail::checked_scaling(std::move(options));
  Initializer made = detail::scaled("VarianceScaling", options);
  made.config = {{"scale", options.scale}};
  made.words = {{"mode", options.mode}, {"distribution", options.distribution}};
  return made;
}

/// Uniform in ±sqrt(6 / (fan in + fan out)).
inline Initializer glorot_uniform() { return detail::scaled("GlorotUniform", {1, "fan_avg", "uniform"}); }
inline Initializer glorot_normal() {
  return detail::scaled("GlorotNormal", {1, "fan_avg", "truncated_normal"});
}
inline Initializer he_uniform() { return detail::scaled("HeUniform", {2, "fan_in", "uniform"}); }
inline Initializer he_normal() { return detail::scaled("HeNormal", {2, "fan_in", "truncated_normal"}); }
inline Initializer lecun_uniform() { return detail::scaled("LecunUniform", {1, "fan_in", "uniform"}); }
inline Initializer lecun_normal() { return detail::scaled("LecunNormal", {1, "fan_in", "truncated_normal"}); }

}  // namespace tanuki
