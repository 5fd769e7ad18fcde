#pragma once

// First values that are not random. (keras/src/initializers/constant_initializers.py)

#include "tanuki/core/initializers/initializer.hpp"

namespace tanuki {

namespace detail {

inline Initializer fill(std::string class_name, double value,
                        std::vector<std::pair<std::string, double>> config = {}) {
  return {std::move(class_name), std::move(config), [value](const Shape& shape, Random) {
            return std::vector<float>(std::size_t(shape.elements()), float(value));
          }};
}

}  // namespace detail

inline Initializer zeros() { return detail::fill("Zeros", 0); }
inline Initializer ones() { return detail::fill("Ones", 1); }
inline Initializer constant(double value = 0) { return detail::fill("Constant", value, {{"value", value}}); }

struct IdentityInitializerOptions {
  double gain = 1;
};

/// `gain` on the diagonal of a matrix, 0 elsewhere. Throws Error for what is no matrix.
inline Initializer identity(IdentityInitializerOptions options = {}) {
  return {"Identity", {{"gain", options.gain}}, [gain = float(options.gain)](const Shape& shape, Random) {
            if (shape.rank() != 2) fail("[identity] a weight of shape ", shape, ", expected two axes");
            std::vector<float> values(std::size_t(shape.elements()));
            for (Index i = 0; i < shape[0] && i < shape[1]; ++i) values[std::size_t(i * shape[1] + i)] = gain;
            return values;
          }};
}

}  // namespace tanuki
