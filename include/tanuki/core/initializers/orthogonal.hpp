#pragma once

// A matrix of orthogonal columns (rows, where those are fewer), all of length `gain`; all axes but the last count
// as rows. It is the Q of a QR decomposition of normal numbers, with R's diagonal positive, so that it is uniform
// among all such matrices. (keras/src/initializers/random_initializers.py; Saxe et al., arXiv 1312.6120)

#include "tanuki/core/initializers/random.hpp"

namespace tanuki {

struct OrthogonalOptions {
  double gain = 1;
};

namespace detail {

/// Makes `count` vectors of `length` numbers, one after the other, orthonormal: Gram-Schmidt, done twice for each
/// vector, which makes them orthogonal to rounding.
inline void orthonormalize(std::vector<double>& numbers, Index count, Index length) {
  const auto vector = [&](Index i) { return numbers.data() + i * length; };
  const auto dot = [&](const double* a, const double* b) {
    double sum = 0;
    for (Index k = 0; k < length; ++k) sum += a[k] * b[k];
    return sum;
  };
  for (Index i = 0; i < count; ++i) {
    double* own = vector(i);
    for (int pass = 0; pass < 2; ++pass) {
      for (Index j = 0; j < i; ++j) {
        const double along = dot(own, vector(j));
        for (Index k = 0; k < length; ++k) own[k] -= along * vector(j)[k];
      }
    }
    const double size = std::sqrt(dot(own, own));
    for (Index k = 0; k < length; ++k) own[k] /= size;
  }
}

}  // namespace detail

/// Throws Error for a weight of fewer than two axes.
inline Initializer orthogonal(OrthogonalOptions options = {}) {
  return {"Orthogonal", {{"gain", options.gain}}, [gain = options.gain](const Shape& shape, Random random) {
            if (shape.rank() < 2)
              fail("[orthogonal] a weight of shape ", shape, ", expected at least two axes");
            std::vector<float> values(static_cast<std::size_t>(shape.elements()));
            if (values.empty()) return values;
            const Index columns = shape.back(), rows = shape.elements() / columns;
            const bool tall = rows >= columns;
            const Index count = tall ? columns : rows, length = tall ? rows : columns;
            std::vector<double> vectors(values.size());
            for (std::size_t i = 0; i < vectors.size(); ++i) vectors[i] = double(random.normal(i));
            detail::orthonormalize(vectors, count, length);
            for (Index i = 0; i < count; ++i) {
              for (Index k = 0; k < length; ++k) {
                const Index place = tall ? k * columns + i : i * columns + k;
                values[std::size_t(place)] = float(gain * vectors[std::size_t(i * length + k)]);
              }
            }
            return values;
          }};
}

}  // namespace tanuki
