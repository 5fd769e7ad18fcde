#pragma once

// The cases of losses.safetensors, and options read from a Keras config.

#include <nlohmann/json.hpp>

#include "tests/losses/check_loss.hpp"

namespace tanuki::tests {

inline const nlohmann::json& golden_cases() {
  static const auto cases = nlohmann::json::parse(
      SafetensorsFile(std::string(TANUKI_GOLDENS) + "/losses.safetensors").metadata().at("cases"));
  return cases;
}

/// A field of options that is in the config takes its value.
struct FromConfig {
  const nlohmann::json& config;

  template <class T>
  void operator()(const char* name, T& value) const {
    if (config.contains(name)) read(config.at(name), value);
  }

 private:
  template <class T>
  static void read(const nlohmann::json& json, T& value) {
    value = json.get<T>();
  }
  template <class T>
  static void read(const nlohmann::json& json, std::optional<T>& value) {
    if (!json.is_null()) value = json.get<T>();
  }
};

template <class Options>
Options options_from(const nlohmann::json& config) {
  Options options;
  FromConfig field{config};
  fields(field, options);
  return options;
}

}  // namespace tanuki::tests
