#pragma once

// Checked access to a config's JSON. `what` names the thing that is read, "in layer 'x' (Conv2D): 'filters'", and stands
// in the Error where it is missing or of another type; whoever knows the file puts its name in front.

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "tanuki/core/shape.hpp"

namespace tanuki::keras {

using Json = nlohmann::json;

/// The value as a message shows it: short, whatever it is.
inline std::string shown(const Json& value) {
  if (value.is_object())
    return value.contains("class_name") ? "an object of " + value["class_name"].dump() : "an object";
  std::string text;
  try {
    text = value.dump();
  } catch (const Json::exception&) {
    return "text that is not UTF-8";
  }
  return text.size() > 60 ? text.substr(0, 57) + "..." : text;
}

[[noreturn]] inline void refuse(const std::string& what, const Json& value, std::string_view expected) {
  fail(what, " is ", shown(value), ", expected ", expected);
}

inline const Json& member(const Json& object, const char* key, const std::string& what) {
  if (!object.is_object()) refuse(what, object, "an object");
  const auto place = object.find(key);
  if (place == object.end()) fail(what, " has no '", key, "'");
  return *place;
}
inline const Json* find_member(const Json& object, const char* key) {
  const auto place = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && place != object.end() ? &*place : nullptr;
}

inline const Json& list(const Json& value, const std::string& what) {
  if (!value.is_array()) refuse(what, value, "a list");
  return value;
}
inline std::string text(const Json& value, const std::string& what) {
  if (!value.is_string()) refuse(what, value, "text");
  return value.get<std::string>();
}
inline bool boolean(const Json& value, const std::string& what) {
  if (!value.is_boolean()) refuse(what, value, "true or false");
  return value.get<bool>();
}
inline double number(const Json& value, const std::string& what) {
  if (!value.is_number()) refuse(what, value, "a number");
  return value.get<double>();
}

/// A whole number below 2^53, also one that is written 3.0.
inline Index integer(const Json& value, const std::string& what) {
  constexpr double most = 9007199254740992.0;
  const double given = number(value, what);
  if (!(std::abs(given) < most) || given != std::floor(given)) refuse(what, value, "a whole number");
  return Index(given);
}

/// The extents after the batch's of [null, 150, 150, 3]; -1 where one is null.
inline std::vector<Index> extents_without_batch(const Json& value, const std::string& what) {
  if (list(value, what).empty() || value.size() > Shape::max_rank)
    refuse(what, value, "a shape with a batch axis");
  std::vector<Index> extents;
  for (std::size_t i = 1; i < value.size(); ++i) {
    extents.push_back(value[i].is_null() ? -1 : integer(value[i], what));
    if (extents.back() < -1 || extents.back() == 0 || (extents.back() == -1 && !value[i].is_null()))
      refuse(what, value, "sizes of at least 1, or null");
  }
  return extents;
}

inline Json shape_json(const Shape& shape) {
  Json json = Json::array({nullptr});
  for (Index extent : shape) json.push_back(extent);
  return json;
}

}  // namespace tanuki::keras
