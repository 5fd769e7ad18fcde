#pragma once

// model.save_weights() and load_weights(): a model's weights in a safetensors file, by their paths.

#include <cmath>

#include "tanuki/io/safetensors.hpp"
#include "tanuki/io/weight_matching.hpp"
#include "tanuki/models/model.hpp"

namespace tanuki {

/// What load_weights() did.
struct LoadReport {
  Index matched = 0;                ///< weights that were loaded: all of the model's
  std::string prefix;               ///< under which they lay in the file: "", or "xception/"
  std::vector<std::string> unused;  ///< tensors of the file that the model has no place for
};

/// Writes every weight, named by its path: "xception/block1_conv1/kernel". Throws Error for a model that is not
/// built, and where the file cannot be written; then an older file of that name is still there.
template <class B>
void Model<B>::save_weights(const std::string& path) const {
  network();
  std::vector<std::vector<float>> numbers;
  std::vector<SafetensorsInput> tensors;
  for (const auto& [name, weight] : this->named_weights()) {
    numbers.push_back(weight.value().to_vector());
    tensors.push_back({name, weight.shape(), numbers.back().data()});
  }
  write_safetensors(path, tensors, {{"format", "tanuki"}, {"model", this->name()}});
}

/// Loads a safetensors file (from save_weights or `tanuki convert`). The names need not be the same where
/// Keras counts automatically (conv2d_7), and a whole model's file fits a part of it. Throws Error with the
/// file, the weight and both shapes where something does not fit, for a number that is not finite, and for a
/// model that is not built; then no weight has changed.
template <class B>
LoadReport Model<B>::load_weights(const std::string& path) const {
  network();
  const SafetensorsFile file(path);
  const auto weights = this->named_weights();
  std::vector<WeightShape> targets, sources;
  for (const auto& [name, weight] : weights) targets.push_back({name, weight.shape()});
  for (const auto& entry : file.entries()) sources.push_back({entry.name, entry.shape});
  auto match = match_weights(targets, sources, path);
  for (std::size_t source : match.source) {
    const Tensor<Cpu> value = file.entries()[source].tensor();
    if (!std::all_of(value.data(), value.data() + value.size(), [](float x) { return std::isfinite(x); })) {
      fail("[weights] '", path, "': '", sources[source].name, "' holds a number that is not finite");
    }
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Tensor<Cpu> value = file.entries()[match.source[i]].tensor();
    Memory<B>::from_host(weights[i].weight.edit().data(), value.data(), std::size_t(value.size()));
  }
  return {Index(weights.size()), std::move(match.prefix), std::move(match.unused)};
}

}  // namespace tanuki
