#pragma once

// The curves of a training as JSON, {"loss": [0.5, 0.4], "val_loss": [0.6, null]}, and back; the keys keep
// their order. JSON knows no NaN: it is written as null. Made for History::series(), and History(series).

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tanuki/core/error.hpp"

namespace tanuki {

using HistorySeries = std::vector<std::pair<std::string, std::vector<double>>>;

inline nlohmann::ordered_json history_json(const HistorySeries& series) {
  auto json = nlohmann::ordered_json::object();
  for (const auto& [key, values] : series) {
    auto& list = json[key] = nlohmann::ordered_json::array();
    for (double value : values)
      list.push_back(std::isfinite(value) ? nlohmann::ordered_json(value) : nullptr);
  }
  return json;
}

/// Throws Error where `json` is not of that form.
inline HistorySeries history_from_json(const nlohmann::ordered_json& json) {
  if (!json.is_object()) fail("[history] ", json.type_name(), " was given, expected an object of lists");
  HistorySeries series;
  for (const auto& [key, list] : json.items()) {
    if (!list.is_array()) fail("[history] '", key, "' is a ", list.type_name(), ", expected a list");
    std::vector<double> values;
    for (const auto& value : list) {
      if (!value.is_number() && !value.is_null()) {
        fail("[history] '", key, "' holds a ", value.type_name(), ", expected numbers");
      }
      values.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>());
    }
    series.emplace_back(key, std::move(values));
  }
  return series;
}

}  // namespace tanuki
