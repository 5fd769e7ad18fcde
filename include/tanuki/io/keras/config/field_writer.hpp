#pragma once

// From a layer's options to its config, with Keras' spelling: fields(writer, options).

#include <charconv>
#include <optional>

#include "tanuki/core/constraint.hpp"
#include "tanuki/core/initializers.hpp"
#include "tanuki/core/regularizer.hpp"
#include "tanuki/io/keras/config/json.hpp"
#include "tanuki/layers/options.hpp"

namespace tanuki::keras {

/// {"module": "keras.initializers", "class_name": "Zeros", "config": {}, "registered_name": null}
inline Json object_json(std::string_view module, std::string_view class_name, Json config) {
  return {{"module", module},
          {"class_name", class_name},
          {"config", std::move(config)},
          {"registered_name", nullptr}};
}

/// The shortest decimal number that is this float32: 0.3, where a cast would give 0.30000001192092896.
inline double shortest(float value) {
  if (!std::isfinite(value)) return double(value);
  char digits[32];
  const char* end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  double number = 0;
  std::from_chars(digits, end, number);
  return number;
}

class FieldWriter {
 public:
  explicit FieldWriter(Json& config) : config_(config) {}

  template <class T>
  void operator()(const char* key, const T& value) {
    config_[key] = json(value);
    if (std::string_view(key).ends_with("activation") && config_[key] == "") config_[key] = "linear";
  }

 private:
  static Json json(bool value) { return value; }
  static Json json(Index value) { return value; }
  static Json json(double value) { return value; }
  static Json json(float value) { return shortest(value); }
  static Json json(const std::string& value) { return value; }
  static Json json(const ops::Size2D& value) { return {value.height, value.width}; }
  static Json json(const ops::Ends& value) { return {value.before, value.after}; }
  static Json json(const ops::Borders& value) { return {json(value.rows), json(value.columns)}; }
  static Json json(const Shape& value) {
    Json list = Json::array();
    for (Index extent : value) list.push_back(extent);
    return list;
  }
  template <class T>
  static Json json(const std::optional<T>& value) {
    return value ? json(*value) : Json();
  }
  template <class T>
  static Json json(const std::vector<T>& value) {
    Json list = Json::array();
    for (const T& item : value) list.push_back(json(item));
    return list;
  }
  static Json json(const PerChannel& value) {
    if (value.empty()) return nullptr;
    const auto numbers = value.expand(Index(value.size()), "");
    return numbers.size() == 1 ? json(numbers[0]) : json(numbers);
  }
  static Json numbers(const std::vector<std::pair<std::string, double>>& config) {
    Json object = Json::object();
    for (const auto& [key, value] : config) {
      object[key] = value;
      if (key == "axis") object[key] = Index(value);
    }
    return object;
  }
  static Json json(const Initializer& value) {
    Json config = numbers(value.config);
    for (const auto& [key, word] : value.words) config[key] = word;
    return object_json("keras.initializers", value.class_name, std::move(config));
  }
  static Json json(const Regularizer& value) {
    if (!value) return nullptr;
    if (value.orthogonal != 0) {
      return object_json(
          "keras.regularizers", "OrthogonalRegularizer",
          {{"factor", shortest(value.orthogonal)}, {"mode", value.columns ? "columns" : "rows"}});
    }
    const Json l1 = shortest(value.l1), l2 = shortest(value.l2);
    if (value.l1 == 0) return object_json("keras.regularizers", "L2", {{"l2", l2}});
    if (value.l2 == 0) return object_json("keras.regularizers", "L1", {{"l1", l1}});
    return object_json("keras.regularizers", "L1L2", {{"l1", l1}, {"l2", l2}});
  }
  static Json json(const Constraint& value) {
    if (!value) return nullptr;
    Json config = numbers(value.config);
    if (value.class_name != "NonNeg" && !config.contains("axis")) {
      config["axis"] = value.axes.size() == 1 ? json(value.axes[0])
                       : value.axes.empty()   ? Json()
                                              : json(value.axes);
    }
    return object_json("keras.constraints", value.class_name, std::move(config));
  }

  Json& config_;
};

}  // namespace tanuki::keras
