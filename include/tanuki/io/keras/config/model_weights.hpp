#pragma once

// The weights of a model that was made from config.json, out of the HDF5 file beside it.
//   layers/<class in snake case>[_k]/vars/<i>, and layers/…/layers/… for a model inside the model.
// `_k` counts a class among its parent's layers in their order; the name attribute of `vars`, where there is one, goes
// before it. Beside `vars` some versions of Keras have the state of a layer's random generator, which is not looked at.
// (keras/src/saving/saving_lib.py) Throws Error with the layer and both shapes.

#include <map>
#include <set>

#include "tanuki/core/session.hpp"
#include "tanuki/io/keras/hdf5.hpp"
#include "tanuki/models/model.hpp"

namespace tanuki::keras {

/// A layer that is no model, and its group.
template <class B>
struct LayerPlace {
  const Layer<B>* layer;
  std::string group;
  bool by_name;  ///< found by the name that the file gives it
};

/// Where each layer's weights lie; `by_counters`: without a look at the names in the file.
template <class B>
class LayerPlaces {
 public:
  LayerPlaces(const Hdf5File& file, const Model<B>& model, bool by_counters = false)
      : file_(file), by_counters_(by_counters) {
    find(model, "");
  }

  const std::vector<LayerPlace<B>>& all() const { return places_; }

 private:
  void find(const Model<B>& model, const std::string& path) {
    const std::string group = path.empty() ? "layers" : path + "/layers";
    std::map<std::string, std::string> of_name;
    if (!by_counters_) {
      for (const std::string& child : file_.children(group)) {
        const auto name = file_.text(group + "/" + child + "/vars", "name");
        if (name && !of_name.emplace(*name, child).second)
          file_.refuse(group, "two layers are named '", *name, "'");
      }
    }
    std::map<std::string, int> counters;
    for (const auto& node : model.layers()) {
      if (!node->layer) continue;
      const Layer<B>& layer = *node->layer;
      const std::string type = snake_case(layer.class_name());
      const int count = counters[type]++;
      std::string child = type + (count ? "_" + std::to_string(count) : "");
      const auto named = of_name.find(layer.name());
      if (named != of_name.end()) child = named->second;
      if (!seen_.insert(layer.state().get()).second) continue;
      if (const auto* inner = dynamic_cast<const Model<B>*>(&layer)) {
        find(*inner, group + "/" + child);
      } else {
        places_.push_back({&layer, group + "/" + child, named != of_name.end()});
      }
    }
  }

  const Hdf5File& file_;
  bool by_counters_;
  std::set<const void*> seen_;
  std::vector<LayerPlace<B>> places_;
};

/// A weight out of a dataset, which must be of its shape.
template <class B>
void read_weight(const Hdf5File& file, const std::string& dataset, const Layer<B>& layer,
                 const Weight<B>& weight) {
  const auto refuse = [&](const Shape& shape) {
    file.refuse(dataset, "'", layer.name(), "/", weight.name(), "' has shape ", weight.shape(),
                " by its config, ", shape, " in the file");
  };
  if constexpr (std::same_as<B, Cpu>) {
    file.read(dataset, weight.shape(), weight.edit().data(), refuse);
  } else {
    Tensor<Cpu> value = Tensor<Cpu>::uninitialized(weight.shape());
    file.read(dataset, weight.shape(), value.data(), refuse);
    Memory<B>::from_host(weight.edit().data(), value.data(), std::size_t(value.size()));
  }
}

template <class B>
void read_model_weights(const Hdf5File& file, const Model<B>& model) {
  const LayerPlaces<B> places(file, model);
  for (const auto& [layer, group, by_name] : places.all()) {
    const std::string vars = group + "/vars";
    const auto weights = layer->weights();
    const auto arrays = file.children(vars);
    if (arrays.size() != weights.size()) {
      file.refuse(vars, "'", layer->name(), "' (", layer->class_name(), ") has ", weights.size(),
                  " weights by its config, ", arrays.size(), " are in the file");
    }
    for (std::size_t i = 0; i < weights.size(); ++i)
      read_weight(file, vars + "/" + std::to_string(i), *layer, weights[i]);
  }
}

}  // namespace tanuki::keras
