#pragma once

// Writes a model's weights, and its optimizer's state, as Keras lays them out beside config.json and in a .weights.h5; the
// counterpart of model_weights.hpp and optimizer_state.hpp.

#include <map>
#include <set>

#include "tanuki/core/session.hpp"
#include "tanuki/io/keras/config/optimizer_state.hpp"
#include "tanuki/io/keras/hdf5_writer.hpp"
#include "tanuki/models/model.hpp"

namespace tanuki::keras {

template <class B>
class ModelWeightsWriter {
 public:
  explicit ModelWeightsWriter(const Hdf5Writer& file) : file_(file) {}

  void write(const Model<B>& model, const std::string& place = "") {
    const std::string group = place + "layers";
    make_vars(place, model.name());
    file_.group(group);
    std::map<std::string, int> counters;
    for (const auto& node : model.layers()) {
      if (!node->layer && model.class_name() == "Sequential") continue;  // as Keras does
      const std::string type = node->layer ? snake_case(node->layer->class_name()) : "input_layer";
      const int count = counters[type]++;
      const std::string inner = group + "/" + type + (count ? "_" + std::to_string(count) : "") + "/";
      if (!node->layer) {
        make_vars(inner, node->name);
        continue;
      }
      const Layer<B>& layer = *node->layer;
      if (!seen_.insert(layer.state().get()).second) continue;
      if (const auto* nested = dynamic_cast<const Model<B>*>(&layer)) {
        write(*nested, inner);
      } else {
        make_vars(inner, layer.name());
        const auto weights = layer.weights();
        for (std::size_t i = 0; i < weights.size(); ++i)
          file_.array(inner + "vars/" + std::to_string(i), weights[i].value());
      }
    }
  }

  /// Behind the weights.
  void write(AnyOptimizer<B>& optimizer) {
    make_vars("optimizer/", optimizer.name());
    write_optimizer_state(
        optimizer, [&](const std::string& name, const Tensor<B>& value) { file_.array(name, value); },
        [&](const std::string& name, Index number) { file_.integer(name, number); });
  }

 private:
  void make_vars(const std::string& place, const std::string& name) const {
    file_.group(place + "vars");
    file_.text(place + "vars", "name", name);
  }

  const Hdf5Writer& file_;
  std::set<const void*> seen_;
};

}  // namespace tanuki::keras
