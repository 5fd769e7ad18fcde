#pragma once

// A plain stack of layers. Built when its input's shape is known: at once when it begins with an Input, else
// at the first call or build(). (keras/src/models/sequential.py)

#include <initializer_list>

#include "tanuki/models/model.hpp"

namespace tanuki {

/// Any layer, or an Input, as an element of a list.
template <class B>
class AnyLayer {
 public:
  template <class L>
  requires std::derived_from<L, Layer<B>> AnyLayer(const L& layer) : layer_(layer.clone()) {}
  AnyLayer(SymbolicTensor<B> input) : input_(std::move(input)) {}

  const std::shared_ptr<const Layer<B>>& layer() const { return layer_; }
  const std::optional<SymbolicTensor<B>>& input() const { return input_; }

 private:
  std::shared_ptr<const Layer<B>> layer_;
  std::optional<SymbolicTensor<B>> input_;
};

template <class B = Cpu>
class Sequential final : public Model<B> {
 public:
  explicit Sequential(std::initializer_list<AnyLayer<B>> layers = {}, std::string name = {})
      : Model<B>("Sequential", std::move(name)), layers_(std::make_shared<std::vector<AnyLayer<B>>>()) {
    for (const auto& layer : layers) add(layer);
  }
  /// The same for a list that was made elsewhere; connected once.
  explicit Sequential(std::vector<AnyLayer<B>> layers, std::string name = {})
      : Model<B>("Sequential", std::move(name)),
        layers_(std::make_shared<std::vector<AnyLayer<B>>>(std::move(layers))) {
    for (std::size_t i = 0; i < layers_->size(); ++i) {
      const auto& layer = (*layers_)[i];
      if (layer.input() && i > 0) fail("in '", this->name(), "': an Input must come first");
      if (layer.layer()) this->state()->children.push_back(layer.layer()->state());
    }
    if (!layers_->empty() && layers_->front().input()) chain(*layers_->front().input());
  }

  std::shared_ptr<const Layer<B>> clone() const override { return std::make_shared<Sequential>(*this); }

  /// Appends a layer; a model that has been built is built again, and must be compiled again. Throws Error,
  /// and leaves the model as it was, for an Input that is not first, for a layer that does not fit, and for the
  /// model itself or what contains it.
  void add(const AnyLayer<B>& layer) {
    if (layer.input() && !layers_->empty()) fail("in '", this->name(), "': an Input must come first");
    if (layer.layer() && contains(*layer.layer()->state(), this->state().get()))
      fail("in '", this->name(), "': adding '", layer.layer()->name(), "' would make it contain itself");
    const auto input = layer.input() ? layer.input() : this->built() ? first_input() : std::nullopt;
    auto& children = this->state()->children;
    layers_->push_back(layer);
    if (layer.layer()) children.push_back(layer.layer()->state());
    try {
      if (input) chain(*input);
    } catch (const Error&) {
      layers_->pop_back();
      if (layer.layer()) children.pop_back();
      throw;
    }
  }

 private:
  static bool contains(const LayerState<B>& layer, const LayerState<B>* wanted) {
    return &layer == wanted || std::any_of(layer.children.begin(), layer.children.end(),
                                           [&](const auto& child) { return contains(*child, wanted); });
  }

  std::optional<SymbolicTensor<B>> first_input() const { return this->inputs()[0]; }

  void chain(const SymbolicTensor<B>& input) const {
    SymbolicTensor<B> x = input;
    for (const auto& layer : *layers_) {
      if (layer.layer()) x = (*layer.layer())(x);
    }
    this->connect({input}, {x});
  }

  void do_build(const Shape& input) const override { chain(Input<B>(input)); }

  /// Unlike a functional model it takes any shape that its layers take.
  std::vector<ops::Value<B>> call_all(const std::vector<ops::Value<B>>& inputs,
                                      bool training) const override {
    auto values = inputs;
    for (const auto& layer : *layers_) {
      if (layer.layer()) values = layer.layer()->trace(values, training);
    }
    return values;
  }

  std::shared_ptr<std::vector<AnyLayer<B>>> layers_;
};

Sequential()->Sequential<Cpu>;
Sequential(std::initializer_list<AnyLayer<Cpu>>, std::string = {})->Sequential<Cpu>;
Sequential(std::vector<AnyLayer<Cpu>>, std::string = {})->Sequential<Cpu>;

}  // namespace tanuki
