#pragma once

// The shape of a model's input in a config, without the batch axis. Sizes that the config leaves open, (None, None, 3), are
// those of what the model is called with; of the outermost model the caller gives them. Throws Error where they are not
// given, or do not fit.

#include <algorithm>
#include <map>
#include <optional>

#include "tanuki/io/keras/config/inbound.hpp"

namespace tanuki::keras {

/// `given`: where sizes are left open, all of the shape; else it is not looked at.
inline Shape input_shape(const Json& batch_shape, const std::optional<Shape>& given) {
  auto extents = extents_without_batch(batch_shape, "its shape");
  const bool open = std::find(extents.begin(), extents.end(), Index(-1)) != extents.end();
  if (!open) return Shape(std::span<const Index>(extents));
  if (!given)
    fail("its shape ", shown(batch_shape),
         " leaves sizes open: give them, load_keras(file, {.input_shape = {…}})");
  const auto fits = [](Index have, Index want) { return want == -1 || want == have; };
  if (!std::equal(given->begin(), given->end(), extents.begin(), extents.end(), fits))
    fail("its shape is ", shown(batch_shape), ", the input_shape ", *given, " does not fit it");
  return *given;
}

/// Where a Sequential without an InputLayer says its input's shape, if anywhere.
inline const Json* said_input_shape(const Json& model, const Json& config, const Json& first) {
  const Json* build = find_member(model, "build_config");
  const Json* first_config = find_member(first, "config");
  for (const Json* shape :
       {find_member(config, "build_input_shape"), build ? find_member(*build, "input_shape") : nullptr,
        first_config ? find_member(*first_config, "batch_input_shape") : nullptr,
        first_config ? find_member(*first_config, "batch_shape") : nullptr}) {
    if (shape && shape->is_array()) return shape;
  }
  return nullptr;
}

/// The shapes that a functional model's inputs are given, by the names of its InputLayers; `given` in the order of its
/// input_layers. One alone that the caller gave goes to all.
class InputSizes {
 public:
  InputSizes() = default;
  InputSizes(const Json& config, const std::vector<Shape>& given, bool outermost) {
    if (given.empty()) return;
    const auto inputs = references(member(config, "input_layers", "the model"), "its input_layers");
    const bool one_for_all = outermost && given.size() == 1;
    if (!one_for_all && inputs.size() != given.size())
      fail("it has ", inputs.size(), " inputs, ", given.size(),
           outermost ? " input_shapes were given" : " were given");
    for (std::size_t i = 0; i < inputs.size(); ++i) of_[inputs[i].layer] = given[one_for_all ? 0 : i];
  }

  /// The shape for the InputLayer of this name, where one was given.
  std::optional<Shape> of(const std::string& name) const {
    const auto place = of_.find(name);
    return place == of_.end() ? std::nullopt : std::optional(place->second);
  }

 private:
  std::map<std::string, Shape> of_;
};

}  // namespace tanuki::keras
