#pragma once

// What goes into a model and what comes out, by its file, before it is loaded: that takes the sizes of what goes in.

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "tanuki/io/npy.hpp"
#include "tanuki/keras.hpp"
#include "tanuki/reading_limit.hpp"

namespace tool {

struct Ports {
  struct Input {
    std::string name;                    ///< empty where there is one alone
    std::vector<tanuki::Index> extents;  ///< without the batch axis; -1: left open
    bool known = false;                  ///< the file says its extents

    bool takes(const tanuki::Shape& example) const {
      const auto fits = [](tanuki::Index want, tanuki::Index have) { return want == -1 || want == have; };
      return !known || std::equal(extents.begin(), extents.end(), example.begin(), example.end(), fits);
    }
    bool open() const { return std::find(extents.begin(), extents.end(), -1) != extents.end(); }
    /// (N, 150, 150, 3), or (any, any, 3) without a `batch`.
    std::string str(const std::string& batch = {}) const {
      std::string text = batch;
      for (const auto extent : extents)
        text += (text.empty() ? "" : ", ") + (extent == -1 ? "any" : std::to_string(extent));
      return "(" + text + ")";
    }
  };
  std::vector<Input> inputs;
  std::size_t outputs = 1;

  /// "1 input and 2 outputs"
  std::string counts() const {
    const auto counted = [](std::size_t count, const char* what) {
      return std::to_string(count) + what + (count == 1 ? "" : "s");
    };
    return counted(inputs.size(), " input") + " and " + counted(outputs, " output");
  }
};

namespace detail {

using tanuki::keras::find_member, tanuki::keras::Json;

/// An InputLayer's shape; null where `layer` says none.
inline const Json* shape_of_input(const Json& layer) {
  const Json* config = find_member(layer, "config");
  if (!config) return nullptr;
  const Json* shape = find_member(*config, "batch_shape");
  return shape ? shape : find_member(*config, "batch_input_shape");
}

inline Ports::Input input(const std::string& name, const Json* shape) {
  if (!shape || !shape->is_array()) return {name, {}, false};
  return {name, tanuki::keras::extents_without_batch(*shape, "the shape of its input"), true};
}

inline Ports ports_of(const Json& model) {
  using tanuki::keras::references;
  const Json* config = find_member(model, "config");
  if (!config) return {{{}}};
  const Json* layers = config->is_array() ? config : find_member(*config, "layers");
  const Json* inputs = find_member(*config, "input_layers");
  if (!layers || !layers->is_array() || layers->empty()) return {{{}}};
  if (!inputs) {
    const Json& first = layers->front();
    const Json* kind = find_member(first, "class_name");
    return {
        {input("", kind && *kind == "InputLayer" ? shape_of_input(first)
                                                 : tanuki::keras::said_input_shape(model, *config, first))}};
  }
  Ports ports;
  for (const auto& reference : references(*inputs, "its input_layers")) {
    const auto found = std::find_if(layers->begin(), layers->end(), [&](const Json& layer) {
      const Json* inner = find_member(layer, "config");
      const Json* name = inner ? find_member(*inner, "name") : nullptr;
      return name && *name == reference.layer;
    });
    ports.inputs.push_back(input(reference.layer, found == layers->end() ? nullptr : shape_of_input(*found)));
  }
  if (ports.inputs.size() == 1) ports.inputs[0].name = "";
  if (const Json* outputs = find_member(*config, "output_layers"))
    ports.outputs = references(*outputs, "its output_layers").size();
  return ports;
}

}  // namespace detail

inline Ports ports_of(const std::string& model_file) {
  const ReadingLimit limit(model_file);
  return tanuki::keras::of_file(model_file, [&] {
    if (tanuki::keras::is_zip(model_file)) return detail::ports_of(tanuki::KerasArchive(model_file).config());
    const auto mapped = std::make_shared<const tanuki::MappedFile>(model_file);
    return detail::ports_of(
        tanuki::keras::legacy_config(tanuki::Hdf5File(mapped->bytes(), model_file, mapped)));
  });
}

/// A .npy file for an input. Throws Error, naming it, where it holds no batch that fits.
inline tanuki::Tensor<> read_batch(const std::string& file, const Ports::Input& input) {
  auto x = tanuki::read_npy(file);
  const auto& shape = x.shape();
  if (shape.rank() == 0) tanuki::fail("'", file, "' holds a single number, expected a batch");
  if (input.takes(shape.without_batch())) return x;
  const std::string of = input.name.empty() ? "" : " for the input '" + input.name + "'";
  if (input.takes(shape))
    tanuki::fail("'", file, "' is ", shape, ", a single example; expected a batch ", input.str("N"), of,
                 ", of one example ", shape.with_batch(1));
  tanuki::fail("'", file, "' is ", shape, ", expected ", input.str("N"), of);
}

}  // namespace tool
