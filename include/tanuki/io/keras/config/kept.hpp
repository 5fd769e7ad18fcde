#pragma once

// What a Keras file says of a layer or an Input and tanuki has no option for. It is kept with them, as JSON text, and
// written back: where Keras finds a program's own class (module, registered_name), the seeds of random layers and
// initializers, an Input's dtype, whether it is optional, and the sizes that it leaves open.

#include <string>

#include "tanuki/io/keras/config/json.hpp"

namespace tanuki::keras {

/// `own_class`: not one of Keras', so that the file alone knows where Keras finds it; so does a registered_name with a
/// package. Keras' own operations have one without, {"module": "keras.src.activations.activations", "class_name": "ReLU"}: they
/// become layers.
inline std::string kept_of_layer(const Json& layer, bool own_class) {
  Json kept = Json::object(), seeds = Json::object();
  const Json* registered = find_member(layer, "registered_name");
  const bool of_package = registered && registered->is_string() &&
                          registered->get_ref<const std::string&>().find('>') != std::string::npos;
  if (own_class || of_package) {
    for (const char* key : {"module", "registered_name"}) {
      if (const Json* found = find_member(layer, key)) kept[key] = *found;
    }
  }
  const auto seed_of = [](const Json& config) {
    const Json* seed = find_member(config, "seed");
    return seed && !seed->is_null() ? seed : nullptr;
  };
  const Json* config = find_member(layer, "config");
  if (config && config->is_object()) {
    if (const Json* seed = seed_of(*config)) kept["seed"] = *seed;
    for (const auto& [key, value] : config->items()) {
      const Json* inner = find_member(value, "config");
      if (const Json* seed = inner ? seed_of(*inner) : nullptr) seeds[key] = *seed;
    }
  }
  if (!seeds.empty()) kept["seeds"] = std::move(seeds);
  return kept.empty() ? "" : kept.dump();
}

/// Into what is written of the layer.
inline void put_kept_of_layer(const std::string& text, Json& layer) {
  if (text.empty()) return;
  const Json kept = Json::parse(text);
  for (const char* key : {"module", "registered_name"}) {
    if (kept.contains(key)) layer[key] = kept[key];
  }
  Json& config = layer["config"];
  if (kept.contains("seed")) config["seed"] = kept["seed"];
  const Json* seeds = find_member(kept, "seeds");
  if (!seeds) return;
  for (const auto& [key, seed] : seeds->items()) {
    if (const Json* object = find_member(config, key.c_str()); object && object->contains("config"))
      config[key]["config"]["seed"] = seed;
  }
}

/// Of an InputLayer's config.
inline std::string kept_of_input(const Json& config) {
  Json kept = Json::object();
  if (const Json* dtype = find_member(config, "dtype"); dtype && *dtype != "float32") kept["dtype"] = *dtype;
  if (const Json* optional = find_member(config, "optional")) kept["optional"] = *optional;
  for (const char* key : {"batch_input_shape", "batch_shape"}) {
    if (const Json* shape = find_member(config, key)) kept["batch_shape"] = *shape;
  }
  return kept.empty() ? "" : kept.dump();
}

/// What a loaded model itself is marked with: its Inputs' open sizes stand for it, but not for a model that a program makes
/// on top of it, whose layers may need the sizes that there are.
inline constexpr const char* loaded_model = "{}";

/// `with_sizes`: also those that the file leaves open.
inline void put_kept_of_input(const std::string& text, Json& config, bool with_sizes) {
  if (text.empty()) return;
  Json kept = Json::parse(text);
  if (!with_sizes) kept.erase("batch_shape");
  config.update(kept);
}

}  // namespace tanuki::keras
