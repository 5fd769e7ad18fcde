#pragma once

// From a model to Keras' config.json: functional, Sequential, nested, shared layers. Throws Error for a layer whose class
// is not known to Keras or not registered. (keras/src/models/functional.py: get_config)

#include "tanuki/core/session.hpp"
#include "tanuki/io/keras/config/kept.hpp"
#include "tanuki/io/keras/config/operations.hpp"
#include "tanuki/io/keras/config/own_layers.hpp"
#include "tanuki/models/model.hpp"

namespace tanuki::keras {

template <class B>
class ModelWriter {
 public:
  /// The whole object: module, class_name, config, registered_name, build_config.
  Json write(const Model<B>& model) const {
    return model.class_name() == "Sequential" ? write_sequential(model) : write_functional(model, true);
  }

 private:
  using NodePtr = std::shared_ptr<const Node<B>>;

  /// `outermost`: the calls of a model inside have its inputs as a list.
  Json write_functional(const Model<B>& model, bool outermost) const {
    const Calls calls(model);
    Json layers = Json::array();
    for (const NodePtr& node : model.layers()) {
      Json layer = node->layer ? write_layer(*node->layer, *node) : write_input(*node, model);
      layer["name"] = node->name;
      layer["inbound_nodes"] = Json::array();
      if (node->layer) {
        for (const Node<B>* call : calls.of(*node))
          layer["inbound_nodes"].push_back(write_call(*call, calls));
      }
      layers.push_back(std::move(layer));
    }
    Json config{
        {"name", model.name()}, {"trainable", model.state()->trainable}, {"layers", std::move(layers)}};
    const auto none = std::vector<std::string>();
    config["input_layers"] = structure(model.inputs(), outermost ? model.keys().inputs : none, calls);
    config["output_layers"] = structure(model.outputs(), model.keys().outputs, calls);
    return {{"module", "keras.src.models.functional"},
            {"class_name", "Functional"},
            {"config", std::move(config)},
            {"registered_name", "Functional"},
            {"build_config", {{"input_shape", nullptr}}}};
  }

  Json write_sequential(const Model<B>& model) const {
    Json layers = Json::array();
    for (const NodePtr& node : model.layers())
      layers.push_back(node->layer ? write_layer(*node->layer, *node) : write_input(*node, model));
    const Json shape = write_input(*model.inputs()[0].node(), model)["config"]["batch_shape"];
    Json json = object_json("keras", "Sequential",
                            {{"name", model.name()},
                             {"trainable", model.state()->trainable},
                             {"dtype", dtype(model)},
                             {"layers", std::move(layers)},
                             {"build_input_shape", shape}});
    json["build_config"] = {{"input_shape", shape}};
    return json;
  }

  Json write_input(const Node<B>& node, const Model<B>& model) const {
    Json config{{"batch_shape", shape_json(node.outputs[0])},
                {"dtype", "float32"},
                {"sparse", false},
                {"ragged", false},
                {"name", node.name}};
    put_kept_of_input(node.from_file, config, !model.state()->from_file.empty());
    return object_json("keras.layers", "InputLayer", std::move(config));
  }

  Json write_layer(const Layer<B>& layer, const Node<B>& first_call) const {
    if (const auto* model = dynamic_cast<const Model<B>*>(&layer))
      return model->class_name() == "Sequential" ? write_sequential(*model) : write_functional(*model, false);
    if (Json operation = write_operation(layer); !operation.is_null()) return operation;
    const auto* recipe = layer_registry<B>().of_layer(layer);
    if (!recipe) {
      fail("in layer '", layer.name(), "' (", layer.class_name(),
           "): this class is not known, or not as one called so; a program's own are made known by "
           "register_layer<",
           layer.class_name(), ">(\"", layer.class_name(), "\")");
    }
    Json config{{"name", layer.name()}, {"dtype", dtype(layer)}};
    const bool takes_flag = !layer.class_name().starts_with("SpatialDropout");  // Keras' has no such argument
    if (takes_flag) config["trainable"] = layer.trainable();
    FieldWriter writer(config);
    recipe->write(writer, layer);
    if (layer.activity_regularizer()) writer("activity_regularizer", layer.activity_regularizer());
    Json json = object_json("keras.layers", layer.class_name(), std::move(config));
    const std::string& module = recipe->module;
    json["module"] = module.empty() ? Json() : Json(module);
    const std::string& registered_name = recipe->registered_name;
    if (!registered_name.empty()) json["registered_name"] = registered_name;
    put_kept_of_layer(layer.state()->from_file, json);
    if (!layer.weights().empty()) json["build_config"] = {{"input_shape", input_shapes(first_call)}};
    return json;
  }

  static Json input_shapes(const Node<B>& call) {
    if (call.inputs.size() == 1) return shape_json(call.inputs[0].shape());
    Json shapes = Json::array();
    for (const auto& input : call.inputs) shapes.push_back(shape_json(input.shape()));
    return shapes;
  }

  static Json dtype(const Layer<B>& layer) {
    return object_json("keras", "DTypePolicy", {{"name", to_string(layer.dtype_policy())}});
  }

  /// All calls of each layer in a model, in an order in which they can run.
  class Calls {
   public:
    explicit Calls(const Model<B>& model) {
      for (const NodePtr& node : model.nodes()) calls_[node->name].push_back(node.get());
    }
    const std::vector<const Node<B>*>& of(const Node<B>& node) const { return calls_.at(node.name); }
    std::size_t index(const SymbolicTensor<B>& tensor) const {
      const auto& calls = of(*tensor.node());
      return std::size_t(std::find(calls.begin(), calls.end(), tensor.node().get()) - calls.begin());
    }

   private:
    std::map<std::string, std::vector<const Node<B>*>> calls_;
  };

  static Json write_call(const Node<B>& call, const Calls& calls) {
    Json tensors = Json::array();
    for (const auto& input : call.inputs) {
      const Json history = Json::array({input.node()->name, calls.index(input), input.index()});
      tensors.push_back(
          {{"class_name", "__keras_tensor__"},
           {"config",
            {{"shape", shape_json(input.shape())}, {"dtype", "float32"}, {"keras_history", history}}}});
    }
    Json kwargs = Json::object();
    if (call.training) kwargs["training"] = *call.training;
    if (Json args = operation_arguments(*call.layer, tensors); !args.is_null())
      return {{"args", std::move(args)}, {"kwargs", std::move(kwargs)}};
    Json args = Json::array();
    args.push_back(tensors.size() == 1 ? tensors[0] : tensors);
    return {{"args", std::move(args)}, {"kwargs", std::move(kwargs)}};
  }

  /// ["x", 0, 0], or a list of such, or with `keys` a dictionary. A nested functional model's calls are counted from 1
  /// here.
  static Json structure(const std::vector<SymbolicTensor<B>>& tensors, const std::vector<std::string>& keys,
                        const Calls& calls) {
    Json list = Json::array();
    for (const auto& tensor : tensors) {
      const auto* model = dynamic_cast<const Model<B>*>(tensor.node()->layer.get());
      const bool counted = model && model->class_name() != "Sequential";
      list.push_back(Json::array({tensor.node()->name, calls.index(tensor) + counted, tensor.index()}));
    }
    if (keys.size() == list.size()) {
      Json dictionary = Json::object();
      for (std::size_t i = 0; i < keys.size(); ++i) dictionary[keys[i]] = list[i];
      return dictionary;
    }
    return list.size() == 1 ? list[0] : list;
  }
};

}  // namespace tanuki::keras
