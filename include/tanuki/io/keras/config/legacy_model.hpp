#pragma once

// A whole model in the legacy .h5 form: its config in the attribute model_config, its weights below model_weights, in
// each layer by position, what is trainable first, its optimizer's state below optimizer_weights. (keras/src/legacy/saving/legacy_h5_format.py)

#include "tanuki/io/keras/config/json.hpp"
#include "tanuki/io/keras/config/model_weights.hpp"
#include "tanuki/io/keras/config/optimizer_state.hpp"
#include "tanuki/io/keras/hdf5.hpp"
#include "tanuki/io/keras/legacy_names.hpp"
#include "tanuki/models/model.hpp"

namespace tanuki::keras {

/// The JSON in an attribute of the file; nothing where there is none.
inline std::optional<Json> legacy_json(const Hdf5File& file, const std::string& attribute) {
  const auto text = file.text("", attribute);
  if (!text) return std::nullopt;
  const auto check = [&](int depth, Json::parse_event_t, Json&) {
    if (depth > 200) file.refuse("", "its ", attribute, " is nested too deeply");
    return true;
  };
  try {
    return Json::parse(*text, check);
  } catch (const Json::exception& error) {
    file.refuse("", "its ", attribute, " is no valid JSON: ", error.what());
  }
}

inline Json legacy_config(const Hdf5File& file) {
  auto config = legacy_json(file, "model_config");
  if (!config)
    file.refuse("", "there are weights in it, but no model: its attribute 'model_config' is missing");
  return std::move(*config);
}

template <class B>
void read_legacy_weights(const Hdf5File& file, const Model<B>& model) {
  for (const auto& node : model.layers()) {
    if (!node->layer) continue;
    const Layer<B>& layer = *node->layer;
    auto weights = layer.trainable_weights();
    const auto others = layer.non_trainable_weights();
    weights.insert(weights.end(), others.begin(), others.end());
    const std::string group = "model_weights/" + layer.name();
    const auto names = legacy_names(file, group, "weight_names").value_or(std::vector<std::string>{});
    if (names.size() != weights.size()) {
      file.refuse(group, "'", layer.name(), "' (", layer.class_name(), ") has ", weights.size(),
                  " weights by its config, ", names.size(), " are in the file");
    }
    for (std::size_t i = 0; i < names.size(); ++i)
      read_weight(file, group + "/" + names[i], layer, weights[i]);
  }
}

/// As Keras 3 wrote it, the tensors in the order of optimizer.variables. Keras 2 had other orders: the optimizer then
/// starts anew, as in Keras.
template <class B>
void read_legacy_optimizer_state(const Hdf5File& file, AnyOptimizer<B>& optimizer) {
  const std::string group = "optimizer_weights";
  const auto names = legacy_names(file, group, "weight_names").value_or(std::vector<std::string>{});
  if (!names.empty() && names[0].ends_with("/iteration")) read_optimizer_state(file, group, names, optimizer);
}

}  // namespace tanuki::keras
