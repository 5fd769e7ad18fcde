#pragma once

// Which weights a layer of Keras has, in the order in which its files number them, and their shapes as far as
// the layer's config tells. Source: build() of the classes in keras/src/layers; save_own_variables in
// layers/layer.py.

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tanuki/core/session.hpp"
#include "tanuki/core/shape.hpp"

namespace tanuki {

struct KerasWeight {
  static constexpr Index any = -1;

  std::string name;
  std::optional<std::vector<Index>> shape;  // nothing: of any rank
  bool optional = false;                    // there or not: no config said it

  bool fits(const Shape& given) const {
    if (!shape) return true;
    return std::equal(given.begin(), given.end(), shape->begin(), shape->end(),
                      [](Index have, Index want) { return want == any || have == want; });
  }
  std::string shape_text() const {
    std::string text = "(";
    for (Index extent : *shape) {
      text += (text.size() > 1 ? ", " : "") + (extent == any ? "?" : std::to_string(extent));
    }
    return text + (shape->size() == 1 ? ",)" : ")");
  }
};

/// Nothing where the class (in snake case) is none that has weights here. `config` may be empty: no config.
inline std::optional<std::vector<KerasWeight>> keras_layer_weights(const std::string& layer_class,
                                                                   const nlohmann::json& config) {
  const auto number = [&](const char* key, std::size_t axis = 0) {
    const auto place = config.find(key);
    if (place == config.end()) return KerasWeight::any;
    const auto& value = place->is_array() && axis < place->size() ? (*place)[axis] : *place;
    return value.is_number_unsigned() ? value.get<Index>() : KerasWeight::any;
  };
  std::vector<KerasWeight> weights;
  const auto add = [&](const char* name, std::optional<std::vector<Index>> shape,
                       const char* flag = nullptr) {
    const bool told = flag && config.contains(flag) && config[flag].is_boolean();
    if (!told || config[flag].get<bool>()) weights.push_back({name, std::move(shape), flag && !told});
  };
  constexpr Index any = KerasWeight::any;
  const Index units = number("units"), filters = number("filters"), multiplier = number("depth_multiplier");
  const Index height = number("kernel_size"), width = number("kernel_size", 1);

  if (layer_class == "dense") {
    add("kernel", {{any, units}});
    add("bias", {{units}}, "use_bias");
  } else if (layer_class == "conv1d") {
    add("kernel", {{height, any, filters}});
    add("bias", {{filters}}, "use_bias");
  } else if (layer_class == "conv2d") {
    add("kernel", {{height, width, any, filters}});
    add("bias", {{filters}}, "use_bias");
  } else if (layer_class == "conv1d_transpose") {
    add("kernel", {{height, filters, any}});
    add("bias", {{filters}}, "use_bias");
  } else if (layer_class == "conv2d_transpose") {
    add("kernel", {{height, width, filters, any}});
    add("bias", {{filters}}, "use_bias");
  } else if (layer_class == "depthwise_conv1d") {
    add("kernel", {{height, any, multiplier}});
    add("bias", {{any}}, "use_bias");
  } else if (layer_class == "depthwise_conv2d") {
    add("kernel", {{height, width, any, multiplier}});
    add("bias", {{any}}, "use_bias");
  } else if (layer_class == "separable_conv1d") {
    add("depthwise_kernel", {{height, any, multiplier}});
    add("pointwise_kernel", {{1, any, filters}});
    add("bias", {{filters}}, "use_bias");
  } else if (layer_class == "separable_conv2d") {
    add("depthwise_kernel", {{height, width, any, multiplier}});
    add("pointwise_kernel", {{1, 1, any, filters}});
    add("bias", {{filters}}, "use_bias");
  } else if (layer_class == "p_re_lu") {
    add("alpha", std::nullopt);
  } else if (layer_class == "layer_scale") {
    add("gamma", {{any}});
  } else if (layer_class == "group_normalization") {
    add("gamma", {{any}}, "scale");
    add("beta", {{any}}, "center");
  } else if (layer_class == "layer_normalization") {
    const auto root = config.find("rms_scaling");
    const bool no_mean = root != config.end() && root->is_boolean() && root->get<bool>();
    add("gamma", std::nullopt, no_mean ? nullptr : "scale");
    if (!no_mean) add("beta", std::nullopt, "center");
  } else if (layer_class == "batch_normalization") {
    add("gamma", {{any}}, "scale");
    add("beta", {{any}}, "center");
    add("moving_mean", {{any}});
    add("moving_variance", {{any}});
  } else if (layer_class == "normalization") {
    if (config.contains("mean") && !config["mean"].is_null())
      return weights;  // given, not adapted: no weights
    add("mean", std::nullopt);
    add("variance", std::nullopt);
    add("count", std::vector<Index>{});
  } else {
    return std::nullopt;
  }
  return weights;
}

}  // namespace tanuki
