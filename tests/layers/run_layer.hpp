#pragma once

// One layer run through a plan, as a model would, but so that the gradients of its inputs come out as well:
// each input passes a probe, x + w with w = 0, and the gradient of w is that of x.

#include "tanuki/tanuki.hpp"

namespace tanuki::test {

namespace detail {

class ProbeOp final : public ops::Op<Cpu> {
 public:
  explicit ProbeOp(Weight<Cpu> probe) : probe_(std::move(probe)) {}

  std::string_view name() const override { return "probe"; }
  Shape output_shape(std::span<const Shape> inputs) const override { return inputs[0]; }
  std::vector<Weight<Cpu>> weights() const override { return {probe_}; }
  ops::Reads reads(ops::Wanted) const override { return {}; }
  void forward(const ops::ForwardPass<Cpu>& pass) const override {
    for (Index i = 0; i < pass.output.size(); ++i) {
      pass.output.data[i] = pass.inputs[0].data[i] + probe_.value().data()[i];
    }
  }
  void backward(const ops::BackwardPass<Cpu>& pass) const override {
    std::copy_n(pass.gradient.data, pass.gradient.size(), pass.weight_gradients[0].data);
  }

 private:
  Weight<Cpu> probe_;
};

}  // namespace detail

class LayerRun {
 public:
  /// `inputs` carry the batch axis. Gradients: of the inputs too, unless the layer has none.
  LayerRun(const Layer<Cpu>& layer, std::vector<Tensor<Cpu>> inputs, bool training,
           bool input_gradients = true)
      : inputs_(std::move(inputs)) {
    ops::Graph<Cpu> graph;
    std::vector<ops::Value<Cpu>> values;
    for (const auto& input : inputs_) {
      auto value = graph.input(input.shape().without_batch());
      if (input_gradients) {
        probes_.emplace_back("probe", Role::learned, Tensor<Cpu>(input.shape()));
        value = graph.emit(std::make_shared<detail::ProbeOp>(probes_.back()), value);
      }
      values.push_back(value);
    }
    auto trainable = probes_;
    const auto outputs = layer.trace(values, training);
    for (const auto& weight : layer.trainable_weights()) trainable.push_back(weight);
    plan_ = std::make_unique<Plan<Cpu>>(std::move(graph), std::vector<int>{outputs.at(0).id}, trainable);
  }

  const std::vector<Tensor<Cpu>>& inputs() const { return inputs_; }
  /// For finite differences: what is added to input i.
  const std::vector<Weight<Cpu>>& probes() const { return probes_; }

  Tensor<Cpu> forward(Context<Cpu>& context = default_context<Cpu>(), Random random = {3, 4}) {
    std::vector<ConstTensorView<Cpu>> views;
    for (const auto& input : inputs_) views.push_back(input.view());
    const auto output = plan_->forward(context, views, random)[0];
    return {output.shape, std::span<const float>(output.data, std::size_t(output.size()))};
  }

  /// After forward(), from the gradient of the output.
  void backward(const Tensor<Cpu>& gradient, Context<Cpu>& context = default_context<Cpu>()) {
    const auto to = plan_->output_gradient(0);
    std::copy_n(gradient.data(), gradient.size(), to.data);
    plan_->backward(context);
  }

  /// After backward(). Throws where the plan gives none for this weight.
  Tensor<Cpu> gradient(const Weight<Cpu>& weight) {
    const auto gradients = plan_->weight_gradients();
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      if (!(plan_->trainable_weights()[i] == weight)) continue;
      const std::span<const float> values(gradients[i].data, std::size_t(gradients[i].size()));
      return {gradients[i].shape, values};
    }
    fail("no gradient of '", weight.name(), "'");
  }

  Plan<Cpu>& plan() { return *plan_; }

 private:
  std::vector<Tensor<Cpu>> inputs_;
  std::vector<Weight<Cpu>> probes_;
  std::unique_ptr<Plan<Cpu>> plan_;
};

}  // namespace tanuki::test
