#pragma once

// A network of layers that can be trained. Functional, as in Keras: Model(inputs, outputs). It is a layer
// too, so models nest. (keras/src/models/functional.py, keras/src/trainers)
//
// A Model is a handle, as every layer is: copies share weights and what compile() made. `const` speaks of the handle and the
// structure; a const Model can be trained. Tensors have the batch as their first axis.

#include <concepts>

#include "tanuki/core/logs.hpp"
#include "tanuki/models/inference_plans.hpp"
#include "tanuki/models/topology.hpp"

namespace tanuki {

template <class B>
struct CompileOptions;  // training/compile.hpp
template <class B>
class Trainer;  // training/trainer.hpp
template <class B>
class FitLoop;  // training/fit_loop.hpp
struct FitOptions;
struct EvaluateOptions;
struct PredictOptions;
struct TrainOnBatchOptions;
struct Batch;
class Batches;
class History;
class Dataset;
struct LoadReport;
struct TrainingReport;
struct LoadWeightsOptions;
struct SaveWeightsOptions;

template <class B = Cpu>
class Model : public LayerOf<Model<B>, B> {
 public:
  using Tensors = std::vector<SymbolicTensor<B>>;

  Model(SymbolicTensor<B> input, SymbolicTensor<B> output, std::string name = {})
      : Model(Tensors{std::move(input)}, Tensors{std::move(output)}, std::move(name)) {}

  /// Throws Error where the outputs do not follow from the inputs, or two layers have one name.
  Model(Tensors inputs, Tensors outputs, std::string name = {})
      : Model("Functional", name.empty() ? unique_name("functional") : std::move(name)) {
    connect(std::move(inputs), std::move(outputs));
  }

  /// A Sequential is no Model by value: it would lose how it is built. Pass it by reference.
  template <class Derived>
  requires(std::derived_from<Derived, Model> && !std::same_as<Derived, Model>) Model(const Derived&)
  = delete;

  /// The layers in Keras' order; an Input is a node without a layer.
  const std::vector<std::shared_ptr<const Node<B>>>& layers() const { return network().topology.layers; }
  /// All calls of the layers, in an order in which they can run; the Inputs are among them.
  const std::vector<std::shared_ptr<const Node<B>>>& nodes() const { return network().topology.nodes; }
  const Tensors& inputs() const { return network().inputs; }
  const Tensors& outputs() const { return network().outputs; }

  /// The names of inputs and outputs, in their order, where they are a dictionary in Keras; else none.
  struct Keys {
    std::vector<std::string> inputs = {}, outputs = {};
  };
  const Keys& keys() const { return network_->keys; }
  void keys(Keys keys) const { network_->keys = std::move(keys); }
  /// What compile settings and logs call the outputs: by their keys where there are any, else by their layers.
  std::vector<std::string> output_names() const {
    if (keys().outputs.size() == outputs().size()) return keys().outputs;
    std::vector<std::string> names;
    for (const auto& output : outputs()) names.push_back(output.node()->name);
    return names;
  }

  /// Throws Error with the names that there are.
  const Layer<B>& get_layer(std::string_view name) const {
    std::string names;
    for (const auto& node : layers()) {
      if (node->layer && node->name == name) return *node->layer;
      if (node->layer) names += (names.empty() ? "" : ", ") + node->name;
    }
    fail("in '", this->name(), "': no layer is named '", name, "'; it has ", names);
  }
  /// What the layer of this name gives where this model calls it first; for a model that ends there.
  SymbolicTensor<B> output_of(std::string_view layer) const {
    for (const auto& node : layers()) {
      if (node->name == layer) return {node, 0};
    }
    get_layer(layer);
    fail("in '", this->name(), "': '", layer, "' has no output");
  }

  // Training: defined in training/, where the options and errors are documented.

  /// Settles optimizer, losses and metrics, and which weights are trained: those that are trainable now. (training/compile.hpp)
  void compile(CompileOptions<B> options) const;

  /// Trains for options.epochs passes over the data; tells the losses and metrics of each. (training/fit.hpp)
  History fit(const Dataset& data, const FitOptions& options) const;
  History fit(const Dataset& data) const;
  History fit(const Tensor<Cpu>& x, const Tensor<Cpu>& y, const FitOptions& options) const;
  History fit(const Tensor<Cpu>& x, const Tensor<Cpu>& y) const;
  History fit(const std::vector<Tensor<Cpu>>& x, const std::vector<Tensor<Cpu>>& y,
              const FitOptions& options) const;
  History fit(const std::vector<Tensor<Cpu>>& x, const std::vector<Tensor<Cpu>>& y) const;

  /// Losses and metrics over all of the data; changes nothing. (training/evaluate.hpp)
  Logs evaluate(const Dataset& data, const EvaluateOptions& options) const;
  Logs evaluate(const Dataset& data) const;
  Logs evaluate(const Tensor<Cpu>& x, const Tensor<Cpu>& y, const EvaluateOptions& options) const;
  Logs evaluate(const Tensor<Cpu>& x, const Tensor<Cpu>& y) const;
  Logs evaluate(const std::vector<Tensor<Cpu>>& x, const std::vector<Tensor<Cpu>>& y,
                const EvaluateOptions& options) const;
  Logs evaluate(const std::vector<Tensor<Cpu>>& x, const std::vector<Tensor<Cpu>>& y) const;

  /// The output for each example, in inference mode. (training/predict.hpp)
  Tensor<Cpu> predict(const Tensor<Cpu>& x, const PredictOptions& options) const;
  Tensor<Cpu> predict(const Tensor<Cpu>& x) const;
  Tensor<Cpu> predict(const Dataset& data, const PredictOptions& options) const;
  Tensor<Cpu> predict(const Dataset& data) const;
  /// The same for several inputs or outputs.
  std::vector<Tensor<Cpu>> predict_all(const std::vector<Tensor<Cpu>>& x,
                                       const PredictOptions& options) const;
  std::vector<Tensor<Cpu>> predict_all(const std::vector<Tensor<Cpu>>& x) const;
  std::vector<Tensor<Cpu>> predict_all(const Dataset& data, const PredictOptions& options) const;
  std::vector<Tensor<Cpu>> predict_all(const Dataset& data) const;

  /// One step of the optimizer; losses and metrics of the batch as it was before. (training/evaluate.hpp)
  Logs train_on_batch(const Tensor<Cpu>& x, const Tensor<Cpu>& y, const TrainOnBatchOptions& options) const;
  Logs train_on_batch(const Tensor<Cpu>& x, const Tensor<Cpu>& y) const;
  Logs train_on_batch(const std::vector<Tensor<Cpu>>& x, const std::vector<Tensor<Cpu>>& y,
                      const TrainOnBatchOptions& options) const;
  Logs train_on_batch(const std::vector<Tensor<Cpu>>& x, const std::vector<Tensor<Cpu>>& y) const;

  /// The batch's losses and metrics; of the options only sample_weight counts.
  Logs test_on_batch(const Tensor<Cpu>& x, const Tensor<Cpu>& y) const;
  Logs test_on_batch(const Tensor<Cpu>& x, const Tensor<Cpu>& y, const EvaluateOptions& options) const;
  Logs test_on_batch(const std::vector<Tensor<Cpu>>& x, const std::vector<Tensor<Cpu>>& y,
                     const EvaluateOptions& options) const;
  Logs test_on_batch(const std::vector<Tensor<Cpu>>& x, const std::vector<Tensor<Cpu>>& y) const;

  /// compile() was called.
  bool compiled() const { return network().trainer != nullptr; }
  /// What compile() made. Throws Error when it was not called.
  Trainer<B>& trainer() const;

  // What is trained; documented and defined in models/freezing.hpp.
  Index freeze(const std::string& pattern) const;
  Index unfreeze(const std::string& pattern) const;
  void unfreeze_last(Index count) const;
  TrainingReport what_will_train() const;

  /// Keras' table of layers, shapes and counts; defined in models/summary.hpp.
  std::string summary_text() const;
  void summary(std::ostream& out) const;
  void summary() const;

  // Weights in files; documented and defined in io/.
  void save_weights(const std::string& path) const;
  void save_weights(const std::string& path, const SaveWeightsOptions& options) const;
  LoadReport load_weights(const std::string& path) const;
  LoadReport load_weights(const std::string& path, const LoadWeightsOptions& options) const;

  /// The whole recipe as a graph, its outputs' ids in `outputs`.
  ops::Graph<B> graph(bool training, std::vector<int>& outputs) const {
    ops::Graph<B> graph;
    std::vector<ops::Value<B>> values;
    for (const auto& input : inputs()) values.push_back(graph.input(input.shape()));
    for (const auto& value : this->call_all(values, training)) outputs.push_back(value.id);
    return graph;
  }

  /// The plan for inference, for one thread; made at the first use.
  Plan<B>& inference_plan() const {
    return network().plans.first([&] { return make_inference_plan(); });
  }

 protected:
  struct Network {
    Tensors inputs, outputs;
    Keys keys;
    Topology<B> topology;
    InferencePlans<B> plans;
    std::shared_ptr<Trainer<B>> trainer;
    Index fits = 0;  ///< calls of fit()
  };

  /// A model that is connected later (Sequential).
  Model(std::string class_name, std::string name)
      : LayerOf<Model<B>, B>(std::move(class_name), std::move(name)), network_(std::make_shared<Network>()) {}

  void connect(Tensors inputs, Tensors outputs) const {
    auto& net = *network_;
    net.plans.clear();
    net.trainer.reset();
    net.topology = find_topology(inputs, outputs);
    net.inputs = std::move(inputs);
    net.outputs = std::move(outputs);
    this->state()->children.clear();
    for (const auto& node : net.topology.layers) {
      if (node->layer) this->state()->children.push_back(node->layer->state());
    }
    this->state()->built = true;
  }

  /// Throws Error, naming the model and its Input, unless `x` is a batch for this input, of at least so many examples.
  void check_batch(const Shape& x, Index examples = 1, std::size_t which = 0) const {
    const auto& input = inputs()[which];
    const auto start = [&] {
      return "in '" + this->name() + "': Input '" + input.node()->name + "' takes batches of ";
    };
    if (x == input.shape())
      fail(start(), input.shape(), ", a single example ", x, " was given: batch() the data");
    if (x.rank() == 0 || !(x.without_batch() == input.shape()))
      fail(start(), input.shape(), ", ", x, " was given, expected ",
           input.shape().with_batch(x.rank() ? x[0] : 1));
    if (x[0] < examples) fail(start(), input.shape(), ", ", x, " was given: no examples are in it");
  }

  std::shared_ptr<Plan<B>> make_inference_plan() const {
    std::vector<int> outputs;
    auto recipe = graph(false, outputs);
    return std::make_shared<Plan<B>>(std::move(recipe), std::move(outputs));
  }

  // Defined in training/.
  void check_batch(const Batch& batch) const;
  void recompile() const;
  History fit_tensors(Batch data, const FitOptions& options) const;
  History fit_batches(const Batches& data, const Batches* validation_data, const FitOptions& options) const;
  Logs evaluate_batches(const Batches& data, Index epoch, Index steps,
                        std::string* not_finite = nullptr) const;
  Logs test_batch(const Batch& batch) const;
  std::vector<Tensor<Cpu>> predict_tensors(const std::vector<const Tensor<Cpu>*>& x,
                                           const PredictOptions& options, Index done = 0) const;
  void check_one_output() const;
  Logs train_batch(Batch batch, const TrainOnBatchOptions& options) const;

  Network& network() const {
    if (network_->outputs.empty()) {
      fail("in '", this->name(),
           "': the model has not been built: call it, or build() it with an input shape");
    }
    return *network_;
  }

  /// Runs the recorded calls on other values.
  std::vector<ops::Value<B>> call_all(const std::vector<ops::Value<B>>& given, bool training) const override {
    const auto& net = network();
    if (given.size() != net.inputs.size()) {
      fail("[model] takes ", net.inputs.size(), " inputs, ", given.size(), " were given");
    }
    std::map<const Node<B>*, std::vector<ops::Value<B>>> values;
    for (std::size_t i = 0; i < given.size(); ++i) {
      if (!(given[i].shape() == net.inputs[i].shape())) {
        fail("[model] input ", given[i].shape(), " does not fit Input '", net.inputs[i].node()->name, "' ",
             net.inputs[i].shape());
      }
      values[net.inputs[i].node().get()] = {given[i]};
    }
    for (std::size_t i = 0; i < net.topology.nodes.size(); ++i) {
      const auto& node = net.topology.nodes[i];
      if (!node->layer) continue;
      std::vector<ops::Value<B>> inputs;
      for (const auto& input : node->inputs) inputs.push_back(values.at(input.node().get())[input.index()]);
      const auto trace = [&] { return node->layer->trace(inputs, node->training.value_or(training)); };
      values[node.get()] = given[0].graph->in_turn(net.topology.turns[i], trace);
    }
    std::vector<ops::Value<B>> outputs;
    for (const auto& output : net.outputs) outputs.push_back(values.at(output.node().get())[output.index()]);
    return outputs;
  }

 private:
  friend class FitLoop<B>;
  std::shared_ptr<Network> network_;
};

}  // namespace tanuki
