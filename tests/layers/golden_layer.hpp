#pragma once

// A layer from Keras' config, read through the layer's own fields().

#include <nlohmann/json.hpp>

#include "tanuki/tanuki.hpp"

namespace tanuki::test {

/// What fields() calls. A name that the config lacks leaves the option at its default.
class ConfigReader {
 public:
  explicit ConfigReader(const nlohmann::json& config) : config_(config) {}

  template <class T>
  void operator()(const char* name, T& option) {
    if (config_.contains(name)) read(config_.at(name), option);
  }

 private:
  using Json = nlohmann::json;
  template <class T>
  static void read(const Json& json, T& option) {
    json.get_to(option);
  }
  static void read(const Json& json, Index& option) { (json.is_array() ? json.at(0) : json).get_to(option); }
  static void read(const Json& json, ops::Size2D& size) {
    read(json.at(0), size.height), read(json.at(1), size.width);
  }
  static void read(const Json& json, ops::Ends& ends) {
    read(json.at(0), ends.before), read(json.at(1), ends.after);
  }
  static void read(const Json& json, ops::Borders& borders) {
    read(json.at(0), borders.rows), read(json.at(1), borders.columns);
  }
  template <class T>
  static void read(const Json& json, std::optional<T>& option) {
    if (!json.is_null()) read(json, option.emplace());
  }
  static void read(const Json&, Initializer&) {}
  static void read(const Json&, Regularizer&) {}
  static void read(const Json&, Constraint&) {}

  const Json& config_;
};

template <class L, class Options>
std::shared_ptr<const Layer<Cpu>> golden_layer(Options options, const nlohmann::json& config) {
  ConfigReader reader(config);
  fields(reader, options);
  return L(options).clone();
}

}  // namespace tanuki::test
