#pragma once

// load_keras_weights: weights out of any file of Keras into a model that a program wrote down.
//
//   load_keras_weights(model, "xception_weights_tf_dim_ordering_tf_kernels.h5");
//
// A .keras file, a .weights.h5, the legacy .h5 of weights or of a whole model; what it is, the content tells. A safetensors
// file goes to model.load_weights(). A file of Keras 3 that holds just this model's layers is taken by the names in it where
// these are the model's, else by each layer's number within its class, which is all that Keras looks at. Any other is matched
// as weight_matching.hpp says, so that names that were counted need not be the same and a whole model's file fits a part of it.
// With .by_name the file must hold names, which older .weights.h5 do not.

#include <fstream>
#include <numeric>

#include "tanuki/io/keras/config/model_weights.hpp"
#include "tanuki/io/keras/of_file.hpp"
#include "tanuki/io/keras/weights.hpp"
#include "tanuki/io/weights.hpp"

namespace tanuki {

namespace keras {

inline WeightSource weight_source(const Hdf5File& file, std::string name, const std::string& dataset,
                                  const Shape& shape) {
  return {std::move(name), shape, file.floats(dataset), [&file, dataset] { return file.read(dataset); },
          file.mapped()};
}

/// Every dataset of a layer's weights below a group, but the states of random generators.
inline void list_weights(const Hdf5File& file, const std::string& path, int depth,
                         std::vector<std::string>& found) {
  if (depth > 64) file.refuse(path, "its groups are nested too deeply");
  if (file.has_dataset(path)) found.push_back(path);
  for (const std::string& child : file.children(path)) {
    if (child != "seed_generator") list_weights(file, path + "/" + child, depth + 1, found);
  }
}

/// The sources of model.named_weights(), in its order, where the file is of Keras 3's layout and holds these layers and no
/// others: all by their names, or all by their numbers.
template <class B>
std::optional<std::vector<WeightSource>> placed_sources(const Hdf5File& file, const Model<B>& model,
                                                        bool by_counters) {
  std::map<const void*, std::string> datasets;
  std::set<std::string> groups;
  const LayerPlaces<B> places(file, model, by_counters);
  for (const auto& [layer, group, by_name] : places.all()) {
    const auto weights = layer->weights();
    if (file.children(group + "/vars").size() != weights.size()) return std::nullopt;
    if (weights.empty()) continue;
    if ((!by_counters && !by_name) || !groups.insert(group).second) return std::nullopt;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const std::string dataset = group + "/vars/" + std::to_string(i);
      if (!file.has_dataset(dataset) || !(file.shape(dataset) == weights[i].shape())) return std::nullopt;
      datasets[weights[i].id()] = dataset;
    }
  }
  std::vector<std::string> all;
  list_weights(file, "layers", 0, all);
  if (all.size() != datasets.size()) return std::nullopt;
  std::vector<WeightSource> sources;
  for (const auto& [path, weight] : model.named_weights()) {
    const auto place = datasets.find(weight.id());
    if (place == datasets.end()) return std::nullopt;
    sources.push_back(weight_source(file, path, place->second, weight.shape()));
  }
  return sources;
}

inline bool is_safetensors(const std::string& path) {
  char start[9] = {};
  std::ifstream(path, std::ios::binary).read(start, 9);
  return start[8] == '{' && std::string_view(start, 4) != "PK\3\4";
}

}  // namespace keras

/// Throws Error with the file, the weight and both shapes where something does not fit and the options do not let it be
/// skipped, for a number that is not finite, for a model that is not built, and where .verify finds a difference; then no
/// weight has changed.
template <class B>
LoadReport load_keras_weights(const Model<B>& model, const std::string& path,
                              const LoadWeightsOptions& options = {}) {
  if (keras::is_safetensors(path)) return model.load_weights(path, options);
  return keras::of_file(path, [&] {
    model.inputs();  // throws where it is not built
    const KerasWeightsFile file(path);
    const auto probe = file.probe();
    const auto targets = weight_shapes(model.named_weights());
    if (!file.is_legacy() && !options.by_name) {
      auto placed = keras::placed_sources(file.hdf5(), model, false);
      if (!placed) placed = keras::placed_sources(file.hdf5(), model, true);
      if (placed) {
        WeightMatch match{std::vector<std::size_t>(targets.size()), "", {}, {}};
        std::iota(match.source.begin(), match.source.end(), std::size_t{0});
        return load_matched(model, *placed, std::move(match), path, options, probe);
      }
    }
    const KerasContents contents = file.contents();
    if (options.by_name && !contents.has_names)
      fail(
          "the names of the layers are not in it, only their numbers within their classes: load without "
          ".by_name");
    std::vector<WeightSource> sources;
    for (const KerasTensor& tensor : contents.tensors)
      sources.push_back(keras::weight_source(file.hdf5(), tensor.name, tensor.dataset, tensor.shape));
    auto match = match_sources(targets, sources, path, options);
    return load_matched(model, sources, std::move(match), path, options, probe);
  });
}

}  // namespace tanuki
