#pragma once

// The base of every layer and model. A layer is a handle: its copies share one state {name, flag, weights,
// children}; a derived class adds its options, which never change. What it computes it says in call(), as a
// recipe of ops; shapes, gradients, memory and speed follow from the recipe.
//
//   template <class B = Cpu>
//   class Projection final : public LayerOf<Projection<B>, B> {
//    public:
//     Projection() : LayerOf<Projection<B>, B>("Projection") {}
//    private:
//     void do_build(const Shape& in) const override {
//       this->add_weight("kernel", {in.back(), 8}, glorot_uniform());
//     }
//     ops::Value<B> call(ops::Value<B> x, bool) const override {
//       return ops::matmul(x, this->weight("kernel"));
//     }
//   };

#include <set>

#include "tanuki/core/filled_later.hpp"
#include "tanuki/core/initializers.hpp"
#include "tanuki/layers/node.hpp"
#include "tanuki/ops/graph.hpp"

namespace tanuki {

/// A weight with the path of the layer that holds it: "xception/block1_conv1/kernel".
template <class B>
struct NamedWeight {
  std::string path;
  Weight<B> weight;
};

/// What all copies of a layer share.
template <class B>
struct LayerState {
  std::string name;
  bool trainable = true;
  bool built = false;
  Regularizer activity_regularizer = {};
  DtypePolicy dtype_policy = tanuki::dtype_policy();
  std::string from_file = {};  ///< what its file says besides, to write it back (io/keras/config/kept.hpp)
  std::vector<Weight<B>> weights;
  std::vector<std::shared_ptr<LayerState>> children;
};

template <class B = Cpu>
class Layer {
 public:
  using Backend = B;

  virtual ~Layer() = default;
  virtual std::shared_ptr<const Layer> clone() const = 0;

  const std::string& name() const { return state_->name; }
  /// Keras' name of the class: "Dense".
  const std::string& class_name() const { return class_name_; }
  const std::shared_ptr<LayerState<B>>& state() const { return state_; }

  /// Freezes or unfreezes this layer and every layer in it. Statistics never become trainable by it.
  void trainable(bool value) const { set_trainable(*state_, value); }
  bool trainable() const { return state_->trainable; }

  /// What this layer's outputs add to the loss in training: a mean over the batch, as in Keras.
  void activity_regularizer(Regularizer regularizer) const { state_->activity_regularizer = regularizer; }
  Regularizer activity_regularizer() const { return state_->activity_regularizer; }

  /// What its products compute in: the session's when the layer was made, unless set. A model takes it up when it is next
  /// compiled, or where it has not predicted yet; layers inside this one have their own.
  void dtype_policy(DtypePolicy policy) const { state_->dtype_policy = policy; }
  DtypePolicy dtype_policy() const { return state_->dtype_policy; }

  /// Makes the weights for inputs of this shape (without the batch axis); once.
  void build(const Shape& input) const { build(std::span<const Shape>(&input, 1)); }
  void build(std::span<const Shape> inputs) const {
    if (state_->built) return;
    do_build_all(inputs);
    state_->built = true;
  }
  bool built() const { return state_->built; }

  /// All weights: own learned ones, own statistics, then the children's, depth first, each once.
  std::vector<Weight<B>> weights() const {
    return collect([](bool, Role) { return true; });
  }
  /// Those that training moves: none where this layer is frozen, else the learned ones of layers that are not.
  std::vector<Weight<B>> trainable_weights() const {
    return collect([](bool live, Role role) { return live && role == Role::learned; });
  }
  std::vector<Weight<B>> non_trainable_weights() const {
    return collect([](bool live, Role role) { return !live || role == Role::state; });
  }
  /// weights(), with paths that begin below this layer.
  std::vector<NamedWeight<B>> named_weights() const {
    std::vector<NamedWeight<B>> found;
    std::set<const void*> seen;
    walk(*state_, "", true, [&](const std::string& path, bool, const Weight<B>& w) {
      if (seen.insert(w.id()).second) found.push_back({path + w.name(), w});
    });
    return found;
  }
  /// The number of scalars in all weights.
  Index count_params() const {
    Index count = 0;
    for (const auto& w : weights()) count += w.shape().elements();
    return count;
  }

  /// Writes a call down as a node, and builds the layer if need be. Throws Error, naming the layer, where the
  /// inputs do not fit.
  SymbolicTensor<B> operator()(const SymbolicTensor<B>& x, CallOptions options = {}) const {
    return (*this)(std::vector<SymbolicTensor<B>>{x}, options);
  }
  SymbolicTensor<B> operator()(const std::vector<SymbolicTensor<B>>& x, CallOptions options = {}) const {
    auto outputs = apply(x, options);
    if (outputs.size() != 1) fail("in '", name(), "': it has ", outputs.size(), " outputs: use apply()");
    return outputs[0];
  }
  /// The same, for a layer of several outputs.
  std::vector<SymbolicTensor<B>> apply(const std::vector<SymbolicTensor<B>>& x,
                                       CallOptions options = {}) const {
    std::vector<Shape> shapes;
    for (const auto& tensor : x) shapes.push_back(tensor.shape());
    auto node = std::make_shared<Node<B>>();
    node->outputs = output_shapes(shapes);
    node->layer = clone();
    node->name = name();
    node->inputs = x;
    node->training = options.training;
    std::vector<SymbolicTensor<B>> outputs;
    for (std::size_t i = 0; i < node->outputs.size(); ++i) outputs.emplace_back(node, i);
    return outputs;
  }

  /// The shapes that a call gives, found by writing its recipe down once. Builds the layer if need be.
  std::vector<Shape> output_shapes(std::span<const Shape> inputs) const {
    ops::Graph<B> graph;
    std::vector<ops::Value<B>> values;
    for (const auto& shape : inputs) values.push_back(graph.input(shape));
    std::vector<Shape> shapes;
    for (const auto& value : trace(values, false)) shapes.push_back(value.shape());
    return shapes;
  }

  /// Writes the recipe into the values' graph, under this layer's name.
  std::vector<ops::Value<B>> trace(const std::vector<ops::Value<B>>& inputs, bool training) const {
    if (inputs.empty()) fail("in '", name(), "': called without an input");
    return inputs[0].graph->within(name(), [&] {
      std::vector<Shape> shapes;
      for (const auto& value : inputs) shapes.push_back(value.shape());
      build(shapes);
      auto outputs =
          inputs[0].graph->with_dtype_policy(dtype_policy(), [&] { return call_all(inputs, training); });
      for (const auto& output : outputs) output.graph->penalize(output, activity_regularizer());
      return outputs;
    });
  }

 protected:
  Layer(std::string class_name, std::string name)
      : class_name_(std::move(class_name)), state_(std::make_shared<LayerState<B>>()) {
    state_->name = name.empty() ? unique_name(snake_case(class_name_)) : std::move(name);
    if (state_->name.find('/') != std::string::npos) fail("layer name '", state_->name, "' contains a '/'");
  }
  Layer(const Layer&) = default;
  Layer& operator=(const Layer&) = default;

  /// Makes the weights. Override the first; a layer of several inputs the second.
  virtual void do_build(const Shape& input) const { (void)input; }
  virtual void do_build_all(std::span<const Shape> inputs) const { do_build(inputs[0]); }

  /// The recipe. Override the first; a layer of several inputs or outputs the second. `training` is settled:
  /// the call's own argument, else the surrounding call's, else false.
  virtual ops::Value<B> call(ops::Value<B> x, bool training) const { return (void)training, x; }
  virtual std::vector<ops::Value<B>> call_all(const std::vector<ops::Value<B>>& inputs, bool training) const {
    if (inputs.size() != 1) fail("[", class_name(), "] takes one input, ", inputs.size(), " were given");
    return {call(inputs[0], training)};
  }

  /// Throws Error where there is no room for it.
  void add_weight(const std::string& name, const Shape& shape, const Initializer& initializer,
                  Role role = Role::learned, Regularizer regularizer = {}, Constraint constraint = {}) const {
    const Random random = unique_random(this->name() + "/" + name);
    const auto refuse = [&] { fail("weight '", name, "' of shape ", shape, " does not fit into memory"); };
    try {
      const auto value = [&] {
        if (!FilledLater::current()) return Tensor<B>(shape, initializer(shape, random));
        FilledLater::current()->take(name, shape);
        return Tensor<B>::uninitialized(shape);
      };
      state_->weights.emplace_back(name, role, value(), regularizer, std::move(constraint));
    } catch (const std::bad_alloc&) {
      refuse();
    } catch (const std::length_error&) {
      refuse();
    }
  }
  /// One of this layer's own weights; an empty handle where it has none of that name.
  Weight<B> weight(std::string_view name) const {
    for (const auto& w : state_->weights) {
      if (w.name() == name) return w;
    }
    return {};
  }

 private:
  static void set_trainable(LayerState<B>& state, bool value) {
    state.trainable = value;
    for (auto& child : state.children) set_trainable(*child, value);
  }

  template <class Visit>
  static void walk(const LayerState<B>& state, const std::string& path, bool live, const Visit& visit) {
    for (Role role : {Role::learned, Role::state}) {
      for (const auto& w : state.weights) {
        if (w.role() == role) visit(path, live && state.trainable, w);
      }
    }
    for (const auto& child : state.children) walk(*child, path + child->name + "/", live, visit);
  }

  template <class Want>
  std::vector<Weight<B>> collect(Want want) const {
    std::vector<Weight<B>> found;
    std::set<const void*> seen;
    walk(*state_, "", state_->trainable, [&](const std::string&, bool live, const Weight<B>& w) {
      if (want(live, w.role()) && seen.insert(w.id()).second) found.push_back(w);
    });
    return found;
  }

  std::string class_name_;
  std::shared_ptr<LayerState<B>> state_;
};

/// What a layer class derives from: `class Dense final : public LayerOf<Dense<B>, B>`. It makes copies of
/// itself.
template <class Derived, class B>
class LayerOf : public Layer<B> {
 public:
  std::shared_ptr<const Layer<B>> clone() const override {
    return std::make_shared<Derived>(static_cast<const Derived&>(*this));
  }

 protected:
  explicit LayerOf(std::string class_name, std::string name = {})
      : Layer<B>(std::move(class_name), std::move(name)) {}
};

}  // namespace tanuki
