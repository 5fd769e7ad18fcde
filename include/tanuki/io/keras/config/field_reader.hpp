#pragma once

// From a layer's config to its options: fields(reader, options) asks for each key by Keras' name. A key that is not
// there leaves the option's default, null too (an optional becomes empty). What nobody asked for is an Error, but for
// what Keras gives to all layers, and what Keras 2 did. Throws Error, naming layer, class and key.

#include <limits>
#include <optional>
#include <set>
#include <vector>

#include "tanuki/core/constraint.hpp"
#include "tanuki/core/initializers.hpp"
#include "tanuki/core/regularizer.hpp"
#include "tanuki/io/keras/config/json.hpp"
#include "tanuki/io/keras/config/own_class.hpp"
#include "tanuki/layers/options.hpp"

namespace tanuki::keras {

class FieldReader {
 public:
  /// `where` stands before each message: "in layer 'x' (Dense): ".
  FieldReader(const Json& config, std::string where) : config_(config), where_(std::move(where)) {
    if (!config.is_object()) fail(where_, "its config is ", shown(config), ", expected an object");
  }

  template <class T>
  void operator()(const char* key, T& value) {
    if (const Json* found = ask(key)) read(*found, where_ + "'" + key + "'", value);
  }

  /// What the config has for the key, which is now asked for; null where it has nothing.
  const Json* ask(const char* key) {
    asked_.insert(key);
    return find_member(config_, key);
  }
  const std::string& where() const { return where_; }

  /// Throws Error for the first key that was not asked for and that changes what the layer does.
  void finish() const {
    static const std::set<std::string, std::less<>> always{"name",
                                                           "trainable",
                                                           "dtype",
                                                           "seed",
                                                           "batch_shape",
                                                           "batch_input_shape",
                                                           "autocast",
                                                           "synchronized",
                                                           "renorm_clipping",
                                                           "renorm_momentum",
                                                           "build_input_shape",
                                                           "value_range",
                                                           "implementation"};
    static const std::set<std::string, std::less<>> empty{"quantization_config",
                                                          "lora_rank",
                                                          "lora_alpha",
                                                          "input_length",
                                                          "input_dim",
                                                          "renorm",
                                                          "dynamic",
                                                          "ragged",
                                                          "sparse",
                                                          "multi_label",
                                                          "num_labels",
                                                          "label_weights"};
    for (const auto& [key, value] : config_.items()) {
      if (asked_.count(key) || always.count(key)) continue;
      if (key == "data_format") {
        if (!value.is_null() && value != "channels_last")
          refuse(where_ + "'data_format'", value, "channels_last");
      } else if (empty.count(key)) {
        if (!value.is_null() && value != false)
          refuse(where_ + "'" + key + "'", value, "null: it is not supported");
      } else if (key == "groups") {  // Keras 2 had it in all convolutions
        if (value != 1) refuse(where_ + "'groups'", value, "1");
      } else if (asked_.count("depthwise_initializer") && key.starts_with("kernel_")) {
        continue;  // which Keras 2 had there too, and did not look at
      } else {
        fail(where_, "its config has '", key, "' (", shown(value), "), which is not known");
      }
    }
  }

 private:
  static void read(const Json& json, const std::string& what, bool& value) {
    if (json.is_null()) return;
    value = boolean(json, what);
  }
  static void read(const Json& json, const std::string& what, Index& value) {
    if (json.is_null()) return;
    value = integer(json.is_array() && json.size() == 1 ? json[0] : json, what);
  }
  static void read(const Json& json, const std::string& what, double& value) {
    if (!json.is_null()) value = number(json, what);
  }
  static void read(const Json& json, const std::string& what, float& value) {
    if (json.is_null()) return;
    const double given = number(json, what);
    if (std::abs(given) > double(std::numeric_limits<float>::max()))
      refuse(what, json, "a number that fits a float32");
    value = float(given);
  }
  /// Also a function, as older files write an activation: {"class_name": "function", "config": "relu"}.
  static void read(const Json& json, const std::string& what, std::string& value) {
    if (json.is_null()) return;
    const Json* type = find_member(json, "class_name");
    const Json* config = find_member(json, "config");
    const bool function = type && *type == "function" && config;
    if (function) refuse_own_class(json, "function", what);
    value = text(function ? *config : json, what);
  }
  template <class T>
  static void read(const Json& json, const std::string& what, std::optional<T>& value) {
    if (json.is_null()) return value.reset();
    T given{};
    read(json, what, given);
    value = std::move(given);
  }
  template <class T>
  static void read(const Json& json, const std::string& what, std::vector<T>& value) {
    if (json.is_null()) return;
    std::vector<T> given;
    if (!json.is_array()) {
      read(json, what, given.emplace_back());
    } else {
      for (const Json& item : json) {
        T element{};
        if constexpr (!requires { element.reset(); }) {
          if (item.is_null()) refuse(what, json, "a list without nulls");
        }
        read(item, what, element);
        given.push_back(std::move(element));
      }
    }
    value = std::move(given);
  }

  /// One number for both, or two.
  template <class Pair>
  static void read_pair(const Json& json, const std::string& what, Pair& value) {
    if (json.is_null()) return;
    if (!json.is_array()) {
      value = Pair(integer(json, what));
    } else if (json.size() == 2) {
      value = Pair(integer(json[0], what), integer(json[1], what));
    } else {
      refuse(what, json, "a number or two");
    }
  }
  static void read(const Json& json, const std::string& what, ops::Size2D& value) {
    read_pair(json, what, value);
  }
  static void read(const Json& json, const std::string& what, ops::Ends& value) {
    read_pair(json, what, value);
  }
  static void read(const Json& json, const std::string& what, ops::Borders& value) {
    if (json.is_null()) return;
    if (!json.is_array()) {
      value = ops::Borders(integer(json, what));
    } else if (json.size() == 2) {
      read(json[0], what, value.rows);
      read(json[1], what, value.columns);
    } else {
      refuse(what, json, "a number, two, or two pairs");
    }
  }

  static void read(const Json& json, const std::string& what, Shape& value) {
    if (json.is_null()) return;
    if (list(json, what).size() > Shape::max_rank) refuse(what, json, "at most 8 axes");
    std::vector<Index> extents;
    for (const Json& extent : json) extents.push_back(integer(extent, what));
    value = Shape(std::span<const Index>(extents));
  }
  /// A number, a list of numbers, or a list in lists of one: Keras writes Normalization's mean as [[a, b, c]].
  static void read(const Json& json, const std::string& what, PerChannel& value) {
    if (json.is_null()) return;
    const Json* numbers = &json;
    const Json* tensor = find_member(json, "config");
    if (tensor && json.contains("class_name") &&
        (json["class_name"] == "__numpy__" || json["class_name"] == "__tensor__"))
      numbers = &member(*tensor, "value", what);
    while (numbers->is_array() && numbers->size() == 1 && (*numbers)[0].is_array()) numbers = &(*numbers)[0];
    std::vector<float> given;
    read(*numbers, what, given);
    value = PerChannel(std::move(given));
  }

  /// The class and the numbers of {"class_name": "L2", "config": {"l2": 0.01}}, or of "l2" alone.
  struct Object {
    std::string class_name;
    std::vector<std::pair<std::string, double>> numbers;
    std::vector<std::pair<std::string, std::string>> words;
  };
  static Object read_object(const Json& json, const std::string& what) {
    Object object;
    if (json.is_string()) return object.class_name = text(json, what), object;
    object.class_name = text(member(json, "class_name", what), what + "'s 'class_name'");
    refuse_own_class(json, object.class_name, what);
    const Json* config = find_member(json, "config");
    if (!config || config->is_null()) return object;
    if (!config->is_object()) refuse(what + "'s config", *config, "an object");
    for (const auto& [key, value] : config->items()) {
      if (value.is_null() || key == "seed" || key == "dtype" || key == "name") continue;
      if (value.is_string()) {
        object.words.emplace_back(key, value.get<std::string>());
      } else {
        const Json& one = value.is_array() && value.size() == 1 ? value[0] : value;
        object.numbers.emplace_back(key, number(one, what + "'s '" + key + "'"));
      }
    }
    return object;
  }
  static void read(const Json& json, const std::string& what, Initializer& value) {
    if (json.is_null()) return;
    const Object object = read_object(json, what);
    try {
      value = find_initializer(object.class_name, object.numbers, object.words);
    } catch (const Error& error) {
      fail(what, ": ", error.what());
    }
  }
  static void read(const Json& json, const std::string& what, Regularizer& value) {
    if (json.is_null()) return;
    const Object object = read_object(json, what);
    const std::string& name = object.class_name;
    if (name == "OrthogonalRegularizer" || name == "orthogonal_regularizer")
      return read_orthogonal(object, what, value);
    const bool both = name == "L1L2" || name == "l1_l2";
    if (!both && name != "L1" && name != "l1" && name != "L2" && name != "l2")
      refuse(what, json, "L1, L2, L1L2 or OrthogonalRegularizer");
    const bool one = name == "L1" || name == "l1", two = name == "L2" || name == "l2";
    value = {.l1 = one || (both && json.is_string()) ? 0.01f : 0.0f,
             .l2 = two || (both && json.is_string()) ? 0.01f : 0.0f};
    for (const auto& [key, number] : object.numbers) {
      if (!(number >= 0 && number <= double(std::numeric_limits<float>::max())))
        fail(what, " has ", key, " ", number, ", expected a number of at least 0");
      if (key == "l1" && !two) {
        value.l1 = float(number);
      } else if (key == "l2" && !one) {
        value.l2 = float(number);
      } else {
        fail(what, " of class ", name, " has no '", key, "'");
      }
    }
  }
  static void read_orthogonal(const Object& object, const std::string& what, Regularizer& value) {
    value = {.orthogonal = 0.01f};
    for (const auto& [key, number] : object.numbers) {
      if (key != "factor") fail(what, " of class ", object.class_name, " has no '", key, "'");
      if (!(number >= 0 && number <= double(std::numeric_limits<float>::max())))
        fail(what, " has factor ", number, ", expected a number of at least 0");
      value.orthogonal = float(number);
    }
    for (const auto& [key, word] : object.words) {
      if (key != "mode" || (word != "rows" && word != "columns"))
        fail(what, " has ", key, " '", word, "', expected mode 'rows' or 'columns'");
      value.columns = word == "columns";
    }
  }
  static void read(const Json& json, const std::string& what, Constraint& value) {
    if (json.is_null()) return;
    Json rest = json;
    std::vector<Index> axes{0};
    if (Json* config = json.is_object() && rest.contains("config") ? &rest["config"] : nullptr;
        config && config->is_object() && config->contains("axis")) {
      const Json& axis = (*config)["axis"];
      if (axis.is_null()) axes.clear();  // all
      read(axis, what + "'s 'axis'", axes);
      if (!axis.is_null() && axes.empty()) refuse(what + "'s 'axis'", axis, "at least one axis");
      config->erase("axis");
    }
    Object object = read_object(rest, what);
    if (!object.words.empty()) fail(what, " has '", object.words[0].first, "', which is not known");
    try {
      value = find_constraint(object.class_name, std::move(object.numbers), std::move(axes));
    } catch (const Error& error) {
      fail(what, ": ", error.what());
    }
  }

  const Json& config_;
  std::string where_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace tanuki::keras
