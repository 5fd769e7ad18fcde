#pragma once

// Writes a model's weights in the legacy .h5 form: the attribute layer_names; a group for each layer with the attribute
// weight_names, what is trainable first, and the arrays of these names. A list of names that is too long for an object's
// header is split. (keras/src/legacy/saving/legacy_h5_format.py)

#include <map>

#include "tanuki/io/keras/hdf5_writer.hpp"
#include "tanuki/models/model.hpp"

namespace tanuki::keras {

template <class B>
class LegacyWeightsWriter {
 public:
  explicit LegacyWeightsWriter(const Hdf5Writer& file) : file_(file) {}

  void write(const Model<B>& model, const char* version) const {
    std::vector<std::string> names;
    for (const auto& node : model.layers()) {
      if (!node->layer && model.class_name() == "Sequential") continue;  // as Keras does
      names.push_back(node->name);
      write_layer(*node);
    }
    write_names("", "layer_names", names);
    file_.text("", "backend", "tensorflow");
    file_.text("", "keras_version", version);
    file_.group("top_level_model_weights");
    file_.texts("top_level_model_weights", "weight_names", {});
  }

 private:
  static constexpr std::size_t largest_attribute = 64512;

  void write_layer(const Node<B>& node) const {
    if (node.name.find('/') != std::string::npos)
      fail("in layer '", node.name, "': a name with a '/' is not possible in a legacy .h5");
    file_.group(node.name);
    std::vector<std::string> names;
    std::vector<Weight<B>> weights;
    if (node.layer) {
      std::map<const void*, std::string> paths;
      for (const auto& named : node.layer->named_weights()) paths[named.weight.id()] = named.path;
      weights = node.layer->trainable_weights();
      const auto others = node.layer->non_trainable_weights();
      weights.insert(weights.end(), others.begin(), others.end());
      for (const auto& weight : weights) names.push_back(node.name + "/" + paths.at(weight.id()));
    }
    write_names(node.name, "weight_names", names);
    for (std::size_t i = 0; i < names.size(); ++i)
      file_.array(node.name + "/" + names[i], weights[i].value());
  }

  void write_names(const std::string& path, const std::string& attribute,
                   std::span<const std::string> names) const {
    std::size_t width = 1;
    for (const std::string& name : names) width = std::max(width, name.size());
    const std::size_t most = std::max<std::size_t>(1, largest_attribute / width);
    if (names.size() <= most) return file_.texts(path, attribute, names);
    for (std::size_t i = 0; i * most < names.size(); ++i) {
      const auto part = names.subspan(i * most, std::min(most, names.size() - i * most));
      file_.texts(path, attribute + std::to_string(i), part);
    }
  }

  const Hdf5Writer& file_;
};

}  // namespace tanuki::keras
