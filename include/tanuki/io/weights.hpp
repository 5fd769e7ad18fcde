#pragma once

// model.save_weights() and load_weights(): a model's weights in a safetensors file, by their paths. Keras' formats are
// for save_keras_weights() and load_keras_weights() of tanuki/keras.hpp.

#include "tanuki/io/safetensors.hpp"
#include "tanuki/io/weight_loading.hpp"

namespace tanuki {

/// Writes every weight, named by its path: "xception/block1_conv1/kernel". Throws Error for a model that is not
/// built, for a name that ends as another format's does, and where the file cannot be written; then an older file of
/// that name is still there.
template <class B>
void Model<B>::save_weights(const std::string& path, const SaveWeightsOptions& options) const {
  network();
  expect_safetensors_name(path);
  const auto weights = this->named_weights();
  std::vector<std::vector<float>> copies;
  std::vector<SafetensorsInput> tensors;
  for (const auto& [name, weight] : weights) {
    if constexpr (std::same_as<B, Cpu>) {
      tensors.push_back({name, weight.shape(), weight.value().data()});
    } else {
      copies.push_back(weight.value().to_vector());
      tensors.push_back({name, weight.shape(), copies.back().data()});
    }
  }
  Metadata metadata{{"format", "tanuki"}, {"model", this->name()}};
  if (options.probe) metadata[probe_key] = make_probe(*this);
  write_safetensors(path, tensors, metadata);
}

template <class B>
void Model<B>::save_weights(const std::string& path) const {
  save_weights(path, {});
}

/// Loads a safetensors file (from save_weights or `tanuki convert`). The names need not be the same where
/// Keras counts automatically (conv2d_7), and a whole model's file fits a part of it. Throws Error with the
/// file, the weight and both shapes where something does not fit and the options do not let it be skipped, for a
/// number that is not finite, for a model that is not built, and where .verify finds a difference; then no weight has
/// changed.
template <class B>
LoadReport Model<B>::load_weights(const std::string& path, const LoadWeightsOptions& options) const {
  network();
  const SafetensorsFile file(path);
  std::vector<WeightSource> sources;
  for (const auto& entry : file.entries()) {
    const bool floats = entry.dtype() == "F32";
    sources.push_back({entry.name, entry.shape, floats ? entry.bytes : std::span<const std::byte>(),
                       [&entry] { return entry.tensor(); }, file.mapped()});
  }
  auto match = match_sources(weight_shapes(this->named_weights()), sources, path, options);
  std::optional<std::string> probe;
  if (const auto found = file.metadata().find(probe_key); found != file.metadata().end())
    probe = found->second;
  return load_matched(*this, sources, std::move(match), path, options, probe);
}

template <class B>
LoadReport Model<B>::load_weights(const std::string& path) const {
  return load_weights(path, {});
}

}  // namespace tanuki
