#pragma once

// The weights of Keras 3's own layout: model.weights.h5 inside a .keras file, or a .weights.h5 alone.
//   layers/<class in snake case>[_k]/vars/<i>, and …/layers/… again for a model inside the model.
// `_k` counts a class within its parent in the order of model.layers; it is not the layer's name. Newer
// versions write the name as an attribute of `vars`. Source: keras/src/saving/saving_lib.py. Throws Error
// with the file and the layer.

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tanuki/io/keras/hdf5.hpp"
#include "tanuki/io/keras/layer_weights.hpp"

namespace tanuki {

struct KerasTensor {
  std::string name;     // "xception/block1_conv1/kernel"
  std::string dataset;  // where it lies in the file
  Shape shape;
};

/// What a Keras file holds.
struct KerasContents {
  std::vector<KerasTensor> tensors;  // layer by layer
  std::vector<std::string> ignored;  // what was seen and left: the optimizer, states of random generators
  std::string format;                // "keras", "weights.h5" or "legacy h5"
  std::string keras_version;         // empty where the file does not say
  bool has_names = true;             // false: a layer is called by its class and number, "conv2d_3"
};

class KerasWeightsReader {
 public:
  using Json = nlohmann::json;

  KerasWeightsReader(const Hdf5File& file, KerasContents& result) : file_(file), result_(result) {}

  /// `config`: the model's, from config.json; null where there is none. Then a layer is called by the name
  /// that the file gives it, else "conv2d_3", and its weights are numbered: "conv2d_3/0".
  void read(const Json& config) {
    if (layers_of("").empty())
      file_.refuse("", "there are no layers in it, or it is no Functional or Sequential model");
    for (const std::string& child : file_.children("")) {
      if (child == "layers" || child == dependencies) continue;
      std::vector<std::string> arrays;
      list_datasets(child, 0, arrays);
      if (child == "vars" && !arrays.empty())
        file_.refuse(child, "a model with weights of its own is not supported");
      if (!arrays.empty())
        result_.ignored.push_back(child + ": " + std::to_string(arrays.size()) + " arrays");
    }
    if (config.is_null()) {
      read_groups("", "", 0);
    } else {
      read_model(config, "", "");
    }
  }

 private:
  static constexpr const char* dependencies = "_layer_checkpoint_dependencies";  // what 2.13 called "layers"
  static constexpr int deepest = 32;
  static constexpr std::size_t most_arrays = 1'000'000;

  /// Where the layers of the model at `path` are; empty where there are none.
  std::string layers_of(const std::string& path) const {
    for (const char* name : {"layers", dependencies}) {
      std::string group = path.empty() ? name : path + "/" + name;
      if (file_.has(group)) return group;
    }
    return "";
  }

  void read_model(const Json& model, const std::string& path, const std::string& prefix) {
    const std::string group = layers_of(path);
    std::map<std::string, std::string> group_of_name;
    for (const std::string& child : file_.children(group)) {
      if (auto name = file_.text(group + "/" + child + "/vars", "name")) group_of_name[*name] = child;
    }
    std::map<std::string, int> counters;
    for (const Json& layer : layers_in(model, prefix)) {
      const std::string type = text_of(layer, "class_name", prefix),
                        name = text_of(layer["config"], "name", prefix);
      const std::string layer_class = snake_case(type);
      const int count = counters[layer_class]++;
      std::string child = layer_class + (count ? "_" + std::to_string(count) : "");
      if (const auto named = group_of_name.find(name); named != group_of_name.end()) child = named->second;
      const std::string place = group + "/" + child;
      if (layer["config"].contains("layers")) {
        read_model(layer, place, prefix + name + "/");
      } else {
        read_layer(place, prefix + name, layer_class, layer["config"]);
      }
    }
  }

  const Json& layers_in(const Json& model, const std::string& prefix) const {
    const auto object_with_config = [](const Json& value) {
      return value.is_object() && value.contains("config") && value["config"].is_object();
    };
    if (object_with_config(model) && model["config"].contains("layers")) {
      const Json& layers = model["config"]["layers"];
      if (layers.is_array() && std::all_of(layers.begin(), layers.end(), object_with_config)) return layers;
    }
    const bool has_class = model.is_object() && model.contains("class_name");
    file_.refuse("", "config.json: ", prefix.empty() ? "the model" : "'" + prefix + "'", " of class ",
                 has_class ? model["class_name"].dump() : "unknown", " has no list of layers");
  }

  std::string text_of(const Json& object, const char* key, const std::string& prefix) const {
    if (object.contains(key) && object[key].is_string()) return object[key].get<std::string>();
    file_.refuse("", "config.json: a layer in '", prefix, "' has no '", key, "'");
  }

  void read_groups(const std::string& path, const std::string& prefix, int depth) {
    const std::string group = layers_of(path);
    if (depth > deepest) file_.refuse(group, "its groups are nested too deeply");
    for (const std::string& child : file_.children(group)) {
      const std::string place = group + "/" + child;
      const auto name = file_.text(place + "/vars", "name");
      if (!layers_of(place).empty()) {
        result_.has_names = result_.has_names && name;
        read_groups(place, prefix + name.value_or(child) + "/", depth + 1);
      } else {
        const std::size_t digits = child.find_last_not_of("0123456789") + 1;
        const bool counted = digits > 1 && digits < child.size() && child[digits - 1] == '_';
        const std::string layer_class = counted ? child.substr(0, digits - 1) : child;
        read_layer(place, prefix + name.value_or(child), layer_class, Json::object(), !name);
      }
    }
  }

  void read_layer(const std::string& place, const std::string& name, const std::string& layer_class,
                  const Json& config, bool numbered = false) {
    const auto known = keras_layer_weights(layer_class, config);
    std::vector<std::string> arrays, others;
    list_datasets(place, 0, arrays);
    const std::string own = place + "/vars/";
    const auto is_own = [&](const std::string& array) { return array.starts_with(own); };
    const auto middle = std::stable_partition(arrays.begin(), arrays.end(), is_own);
    others.assign(middle, arrays.end());
    arrays.erase(middle, arrays.end());
    for (const std::string& other : others) {
      if (!known && other.find("/seed_generator/") == std::string::npos)
        refuse_class(other, name, layer_class);
      result_.ignored.push_back(other);
    }
    if (!known) {
      if (!arrays.empty()) refuse_class(arrays[0], name, layer_class);
      return;
    }
    if (config.empty() && arrays.empty()) return;  // not built, or told its numbers: the config would say
    if (numbered && !arrays.empty()) result_.has_names = false;
    const std::vector<KerasWeight> weights = choose(*known, arrays.size(), name, place, numbered);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (arrays[i] != own + std::to_string(i)) file_.refuse(arrays[i], "expected ", own, i);
      const Shape shape = file_.shape(arrays[i]);
      if (!weights[i].fits(shape)) {
        file_.refuse(arrays[i], "'", name, "/", weights[i].name, "' has shape ", shape,
                     ", its config expects ", weights[i].shape_text());
      }
      result_.tensors.push_back({name + "/" + weights[i].name, arrays[i], shape});
    }
  }

  /// The weights of `known` that `count` arrays are; numbered ones where only the class's own code could
  /// tell.
  std::vector<KerasWeight> choose(const std::vector<KerasWeight>& known, std::size_t count,
                                  const std::string& name, const std::string& place, bool numbered) const {
    std::vector<KerasWeight> sure;
    for (const KerasWeight& weight : known) {
      if (!weight.optional) sure.push_back(weight);
    }
    const bool fits = count == known.size() || count == sure.size();
    if (!fits && (count < sure.size() || count > known.size())) {
      file_.refuse(place, "'", name, "' has ", count, " weights, expected ", known.size());
    }
    std::vector<KerasWeight> chosen = count == known.size() ? known : sure;
    if (!fits)
      chosen.insert(chosen.begin(), count - sure.size(), {"", std::nullopt});  // gamma or beta: who knows
    for (std::size_t i = 0; i < count; ++i) {
      if (numbered || chosen[i].name.empty()) chosen[i].name = std::to_string(i);
    }
    return chosen;
  }

  [[noreturn]] void refuse_class(const std::string& array, const std::string& name,
                                 const std::string& layer_class) const {
    file_.refuse(array, "'", name, "' is of the class ", layer_class, ", whose weights are not supported");
  }

  void list_datasets(const std::string& path, int depth, std::vector<std::string>& found) const {
    if (depth > deepest || found.size() > most_arrays) file_.refuse(path, "its groups are nested too deeply");
    if (file_.has_dataset(path)) found.push_back(path);
    for (const std::string& child : file_.children(path)) list_datasets(path + "/" + child, depth + 1, found);
  }

  const Hdf5File& file_;
  KerasContents& result_;
};

}  // namespace tanuki
